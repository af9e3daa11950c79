package econtext

import (
	"bytes"
	"fmt"
	"strconv"
	"testing"
	"time"

	"github.com/dragoman-gateway/dragoman/core/coretest"
	"github.com/dragoman-gateway/dragoman/dialects/dialecttest"
)

func newFailures(t *testing.T) (*failureCounter, *coretest.Clock) {
	t.Helper()
	env := dialecttest.NewEnv(t, dialecttest.SQLite())
	return newFailureCounter(env.Dir), env.Clock
}

func try(i int) attempt { return attempt{kind: "username", username: "ann", password: strconv.Itoa(i)} }

func TestFailureCounterForgetsTheOldestBeyondFifty(t *testing.T) {
	f, clock := newFailures(t)
	for range failuresOfCredential {
		f.note(try(0))
		f.note(try(1))
	}
	clock.Advance(time.Second)
	for i := 2; i <= 50; i++ {
		f.note(try(i))
	}
	if f.blocks(try(0)) {
		t.Error("the oldest of fifty-one is blocked still")
	}
	if !f.blocks(try(1)) || len(f.credentials) != 50 {
		t.Errorf("the second oldest is not blocked, with %d entries", len(f.credentials))
	}
}

func TestFailureCounterForgetsAddressesBeyondFifty(t *testing.T) {
	f, _ := newFailures(t)
	tries := 0
	from := func(i int) attempt { // each with a credential of its own
		tries++
		return attempt{password: strconv.Itoa(tries), address: fmt.Sprint("192.0.2.", i)}
	}
	for i := range 51 {
		for range failuresOfAddress {
			f.note(from(i))
		}
	}
	if f.blocks(from(0)) || !f.blocks(from(1)) || len(f.addresses) != 50 {
		t.Errorf("blocked are the oldest: %t, the next: %t, with %d entries", f.blocks(from(0)), f.blocks(from(1)), len(f.addresses))
	}
}

// The failure that renews an entry also saves it from being the oldest.
func TestFailureCounterCountsFromTheLatestFailure(t *testing.T) {
	f, clock := newFailures(t)
	for range failuresOfCredential {
		f.note(try(0))
		clock.Advance(failureLife - time.Second)
	}
	if !f.blocks(try(0)) {
		t.Error("three failures, each within five minutes of the one before, do not block")
	}
	clock.Advance(time.Second)
	if f.blocks(try(0)) {
		t.Error("blocked five minutes after the latest failure")
	}
}

func TestFailureCounterTellsTriplesApart(t *testing.T) {
	f, _ := newFailures(t)
	for range failuresOfCredential {
		f.note(attempt{kind: "username", username: "ab", password: "c"})
	}
	for _, other := range []attempt{
		{kind: "username", username: "a", password: "bc"},
		{kind: "apikey", username: "ab", password: "c"},
		{kind: "username", username: "ab", password: "c "},
	} {
		if f.blocks(other) {
			t.Errorf("%+v is blocked for another's failures", other)
		}
	}
}

func TestFailureCounterKeepsNoPassword(t *testing.T) {
	f, _ := newFailures(t)
	f.note(attempt{kind: "username", username: "ann", password: "very-secret", address: "192.0.2.77"})
	var kept []byte
	for _, entry := range append(f.credentials, f.addresses...) {
		kept = append(kept, entry.of[:]...)
	}
	for _, secret := range []string{"very-secret", "ann", "192.0.2.77"} {
		if bytes.Contains(kept, []byte(secret)) {
			t.Errorf("the cache holds %q", secret)
		}
	}
	g, _ := newFailures(t)
	g.note(attempt{kind: "username", username: "ann", password: "very-secret"})
	if f.credentials[0].of == g.credentials[0].of {
		t.Error("the digest is the same in another process: it has no key of its own")
	}
}
