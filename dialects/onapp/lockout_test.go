package onapp

import (
	"fmt"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/dialecttest"
)

func (w *fixture) guess(login, password string) string {
	w.t.Helper()
	w.vars["guess"] = "Authorization: " + dialecttest.Basic(login, password)
	return w.as("guess", "GET /version.json", "").Body.String()
}

func TestALockHoldsInEveryProcess(t *testing.T) {
	w := newFixtureWith(t, Config{LockoutAttempts: 3})
	other := &fixture{t: t, d: New(Config{Directory: w.dir, LockoutAttempts: 3}), dir: w.dir, vars: w.vars}
	for _, process := range []*fixture{w, other, w} {
		process.guess("nora", "wrong")
	}
	for _, process := range []*fixture{w, other} {
		if a := process.guess("nora", password); !strings.Contains(a, "has been locked") {
			t.Errorf("let in, or told something else: %s", a)
		}
	}
}

func TestAFloodOfGuessesStopsWriting(t *testing.T) {
	w := newFixtureWith(t, Config{LockoutAttempts: 3})
	before := w.stored("nora")
	for range 20 {
		w.guess("nora", "wrong")
	}
	after := w.stored("nora")
	if writes := after.Revision - before.Revision; writes != 3 {
		t.Errorf("%d writes for 20 guesses", writes)
	}
	if !after.UpdatedAt.Equal(before.UpdatedAt) {
		t.Error("counting moved updated_at")
	}
}

func TestGuessesAtOnceAreAllCounted(t *testing.T) {
	w := newFixtureWith(t, Config{LockoutAttempts: 1000})
	var all sync.WaitGroup
	for range 12 {
		all.Go(func() {
			r := &fixture{t: t, d: w.d, dir: w.dir, vars: dialecttest.Vars{}}
			r.guess("nora", "wrong")
		})
	}
	all.Wait()
	f, err := facetOf(w.stored("nora"))
	if err != nil || f.Failed != 12 {
		t.Errorf("%d of 12 counted, %v", f.Failed, err)
	}
}

func TestARightPasswordStartsTheCountAnew(t *testing.T) {
	w := newFixtureWith(t, Config{LockoutAttempts: 3})
	for range 5 {
		w.guess("nora", "wrong")
		w.guess("nora", "wrong")
		if a := w.guess("nora", password); !strings.Contains(a, "version") {
			t.Fatalf("not let in: %s", a)
		}
	}
}

func TestBelowZeroNothingIsLockedNorWritten(t *testing.T) {
	w := newFixtureWith(t, Config{LockoutAttempts: -1})
	before := w.stored("nora").Revision
	for range 20 {
		w.guess("nora", "wrong")
	}
	if a := w.guess("nora", password); !strings.Contains(a, "version") || w.stored("nora").Revision != before {
		t.Errorf("revision %d, was %d; %s", w.stored("nora").Revision, before, a)
	}
}

func TestTheTokenOfALockTakesItAway(t *testing.T) {
	const token = "moved-in-with-the-lock"
	w := newFixtureWith(t, Config{LockoutAttempts: 3})
	w.change("nora", func(u *core.User) {
		u.Facets.Set(dialectName, []byte(`{"v":1,"failed_attempts":2,"locked_at":"2024-05-06T07:08:09Z","unlock_token":"`+token+`"}`))
	})
	wantStatus(t, w.as("auth", "PUT /users/3.xml", "<user><locale>de</locale></user>"), 204)
	if text := string(w.stored("nora").Facets.Get(dialectName).Text()); strings.Contains(text, token) {
		t.Errorf("the token is kept: %s", text)
	}
	wantStatus(t, w.as("auth", "POST /users/3/unlock_account.xml", "<unlock_token>"+token+"0</unlock_token>"), 422)
	a := w.do("POST /users/3/unlock_account.xml", "<unlock_token>"+token+"</unlock_token>")
	if strings.Contains(a.Body.String(), token) {
		t.Error("the answer shows the token")
	}
	wantStatus(t, w.as("nora", "GET /version.json", ""), 200)
}

// A seed is applied once: it does not take away a lock, as "dragoman user unlock" does.
func TestSeedingAgainLeavesALock(t *testing.T) {
	w := newFixtureWith(t, Config{LockoutAttempts: 1})
	w.guess("ada", "wrong")
	seed(t, w.dir, core.MainRealm, Administrator{Username: "ada", APIKey: "another"})
	wantStatus(t, w.as("auth", "GET /version.json", ""), 401)
	wantStatus(t, w.as("key", "GET /version.json", ""), 200) // the key that was there stays
}

// An unknown login must not be told from a known one by the answers.
func TestUnknownLoginsAreAnsweredLikeKnownOnes(t *testing.T) {
	w := newFixtureWith(t, Config{})
	for i := range 25 {
		known, unknown := w.guess("nora", "wrong"), w.guess("nina", "wrong")
		if known != unknown {
			t.Errorf("after %d failures\n%s\n%s", i, known, unknown)
		}
	}
	if a := w.guess("nina@example.org", "wrong"); !strings.Contains(a, "Invalid login or password.") {
		t.Error(a)
	}
}

// from sends credentials from an address and returns the status.
func (w *fixture) from(address, password string) int {
	r := httptest.NewRequest("GET", "/version.json", nil)
	r.RemoteAddr = address + ":1"
	r.Header.Set("Authorization", dialecttest.Basic("nora", password))
	rec := httptest.NewRecorder()
	w.d.ServeHTTP(rec, r)
	return rec.Code
}

func TestOneAddressDoesNotLockOutAnother(t *testing.T) {
	w := newFixtureWith(t, Config{LockoutAttempts: 3})
	for range 5 { // before any login: all that counts is in the store, and outlives a restart
		w.from("203.0.113.9", "wrong")
	}
	if got := w.from("203.0.113.9", password); got != 401 {
		t.Errorf("the address that made the lock: %d", got)
	}
	for _, address := range []string{"192.0.2.7", "192.0.2.8"} {
		if got := w.from(address, password); got != 200 {
			t.Errorf("from %s: %d", address, got)
		}
	}
	if got := w.from("203.0.113.9", password); got != 401 {
		t.Errorf("the address that made the lock, later: %d", got)
	}
	for range 3 {
		w.from("192.0.2.7", "wrong")
	}
	if got := w.from("192.0.2.7", password); got != 401 {
		t.Errorf("after failures of its own: %d", got)
	}
}

func TestMaskedAddresses(t *testing.T) {
	for email, want := range map[string]string{
		"mia@example.org": "m***@example.org", "ümit@example.org": "ü***@example.org", "": "***", "@x": "***", "nobody": "***",
	} {
		if got := maskEmail(email); got != want {
			t.Errorf("%q became %q", email, got)
		}
	}
}

// A user's facet stays small, and an address that is locked out stays so.
func TestAUserCountsFailuresOfFewAddresses(t *testing.T) {
	w := newFixtureWith(t, Config{LockoutAttempts: 3})
	for range 3 {
		w.from("203.0.113.9", "wrong")
	}
	for i := range 3 * maxFailedFrom {
		w.from(fmt.Sprintf("198.51.100.%d", i), "wrong")
	}
	f, err := facetOf(w.stored("nora"))
	if err != nil || len(f.FailedFrom) != maxFailedFrom {
		t.Errorf("%d addresses, %v", len(f.FailedFrom), err)
	}
	if got := w.from("203.0.113.9", password); got != 401 {
		t.Errorf("the first address is let in: %d", got)
	}
}

// A lock that an older version stored holds for every address until it is taken away.
func TestAnOlderLockHoldsForAll(t *testing.T) {
	w := newFixtureWith(t, Config{LockoutAttempts: 3})
	w.change("nora", func(u *core.User) {
		u.Facets.Set(dialectName, []byte(`{"v":1,"failed_attempts":3,"locked_at":"2024-05-06T07:08:09Z","unlock_token":"t"}`))
	})
	if got := w.from("192.0.2.7", password); got != 401 {
		t.Errorf("let in: %d", got)
	}
}
