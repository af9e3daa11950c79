package adoption_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/core/archive"
	"github.com/dragoman-gateway/dragoman/core/passwd"
	"github.com/dragoman-gateway/dragoman/dialects/adoption"
	"github.com/dragoman-gateway/dragoman/dialects/internal/vendor"
)

// refusing is a vendor who says no.
type refusing struct {
	archive.Completer
	asked atomic.Int64
}

func (v *refusing) Prove(context.Context, core.Credential) ([]*archive.Line, error) {
	v.asked.Add(1)
	return nil, nil
}

func (*refusing) Keep(*core.Tx, *core.User, core.Credential, string) error { return nil }

// A client with ever new names leaves half of the vendor's rate to the others.
func TestOneClientDoesNotUseTheVendorUp(t *testing.T) {
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	v := &refusing{}
	a := adoption.New(adoption.Config{Rate: 4, Now: func() time.Time { return now }})
	a.Add("onapp", core.MainRealm, v)
	ask := func(client string, i int) {
		a.Adopt(passwd.WithClient(t.Context(), client), core.Credential{Dialect: "onapp", Realm: core.MainRealm, Login: strconv.Itoa(i), Secret: "x"})
	}
	for i := range 20 {
		ask("a", i)
	}
	if n := v.asked.Load(); n != 2 {
		t.Errorf("one client asks the vendor %d times", n)
	}
	ask("b", 100)
	if n := v.asked.Load(); n != 3 {
		t.Errorf("another client then makes it %d times", n)
	}
}

// asking is a vendor who does with a question what its function does.
type asking struct {
	refusing
	answer func(ctx context.Context, login string) error
}

func (v *asking) Prove(ctx context.Context, c core.Credential) ([]*archive.Line, error) {
	v.asked.Add(1)
	return nil, v.answer(ctx, c.Login)
}

// adopt asks about a login at OnApp, of a client.
func adopt(ctx context.Context, a *adoption.Adopter, client, login string) {
	a.Adopt(passwd.WithClient(ctx, client), core.Credential{Dialect: "onapp", Realm: core.MainRealm, Login: login, Secret: "x"})
}

// A client that asks a slow vendor all the time waits behind itself.
func TestOneClientLeavesHalfOfThePlaces(t *testing.T) {
	arrived, wait := make(chan bool, 100), make(chan bool)
	v := &asking{answer: func(_ context.Context, login string) error {
		if login != "victim" {
			arrived <- true
			<-wait
		}
		return nil
	}}
	a := adoption.New(adoption.Config{Rate: 1000, Timeout: time.Hour})
	a.Add("onapp", core.MainRealm, v)
	var ended sync.WaitGroup
	for i := range 30 {
		ended.Go(func() { adopt(t.Context(), a, "flood", strconv.Itoa(i)) })
	}
	for range adoption.Places / 2 {
		<-arrived
	}
	adopt(t.Context(), a, "other", "victim")
	if n := v.asked.Load(); n != adoption.Places/2+1 {
		t.Errorf("the vendor has %d questions", n)
	}
	close(wait)
	ended.Wait()
}

// Only what is the vendor's failure makes the gateway leave it alone.
func TestOnlyTheVendorsFailuresCount(t *testing.T) {
	for name, c := range map[string]struct {
		err    error
		counts bool
	}{
		"a malformed credential": {&vendor.Error{Status: 400}, false},
		"an unknown path":        {&vendor.Error{Status: 404}, false},
		"no connection":          {&vendor.Error{}, true},
		"the vendor fails":       {&vendor.Error{Status: 502}, true},
		"nonsense":               {&vendor.Error{Status: 200}, true},
		"too many requests":      {&vendor.Error{Status: 429}, true},
		"the gateway's own key":  {&vendor.Error{Status: 401}, true},
		"no answer in time":      {context.DeadlineExceeded, true},
		"another failure":        {errors.New("broken"), true},
	} {
		leftAlone(t, name, c.counts, func(context.Context, func()) error { return c.err })
	}
	leftAlone(t, "the client leaves", false, func(ctx context.Context, leave func()) error { leave(); return ctx.Err() })
}

// leftAlone wants the vendor to be asked no more after some answers, or still.
func leftAlone(t *testing.T, name string, want bool, answer func(ctx context.Context, leave func()) error) {
	t.Helper()
	v := &asking{}
	a := adoption.New(adoption.Config{Rate: 1000, Timeout: time.Hour})
	a.Add("onapp", core.MainRealm, v)
	for i := range 7 {
		ctx, leave := context.WithCancel(t.Context())
		v.answer = func(ctx context.Context, _ string) error { return answer(ctx, leave) }
		adopt(ctx, a, "", strconv.Itoa(i))
		leave()
	}
	before := v.asked.Load()
	v.answer = func(context.Context, string) error { return nil }
	adopt(t.Context(), a, "", "last")
	if got := v.asked.Load() == before; got != want {
		t.Errorf("%s: the vendor is left alone: %v, want %v", name, got, want)
	}
}

// The wait for a place is not the vendor's.
func TestTheWaitForAPlaceDoesNotCount(t *testing.T) {
	wait := make(chan bool)
	arrived := make(chan bool, adoption.Places)
	v := &asking{answer: func(context.Context, string) error { arrived <- true; <-wait; return nil }}
	a := adoption.New(adoption.Config{Rate: 1000, Timeout: time.Millisecond})
	a.Add("onapp", core.MainRealm, v)
	var ended sync.WaitGroup
	for i := range adoption.Places {
		ended.Go(func() { adopt(t.Context(), a, "", strconv.Itoa(i)) })
		<-arrived
	}
	for i := range 7 {
		adopt(t.Context(), a, "", "waits "+strconv.Itoa(i))
	}
	if n := a.Counts.Limited.Load(); n != 7 {
		t.Errorf("%d logins have no place", n)
	}
	close(wait)
	ended.Wait()
	if adopt(t.Context(), a, "", "last"); v.asked.Load() != adoption.Places+1 {
		t.Errorf("the vendor was asked %d times", v.asked.Load())
	}
}

// knowing is a vendor who knows some names.
type knowing struct {
	refusing
	names map[string]bool
	down  error
}

func (v *knowing) Find(_ context.Context, name string) (bool, error) {
	v.asked.Add(1)
	return v.names[name], v.down
}

// All vendors of the realm are asked about a name, each once in a while.
func TestVendorsAreAskedAboutNames(t *testing.T) {
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	one, two, elsewhere := &knowing{}, &knowing{names: map[string]bool{"boss": true}}, &knowing{names: map[string]bool{"ann": true}}
	a := adoption.New(adoption.Config{Rate: 1000, Timeout: time.Hour, Now: func() time.Time { return now }})
	a.Add("onapp", core.MainRealm, one)
	a.Add("econtext", core.MainRealm, &refusing{}) // cannot find users
	a.Add("syncano", core.MainRealm, two)
	a.Add("syncano", "other", elsewhere)
	taken := func(name string) (bool, error) {
		return a.NameTaken(passwd.WithClient(t.Context(), "client"), core.MainRealm, name)
	}
	for range 3 {
		for name, want := range map[string]bool{"boss": true, "ann": false} {
			if got, err := taken(name); got != want || err != nil {
				t.Errorf("%s: %v, %v", name, got, err)
			}
		}
	}
	if n, m := one.asked.Load(), two.asked.Load(); n != 2 || m != 2 || elsewhere.asked.Load() != 0 {
		t.Errorf("asked %d and %d times about two names", n, m)
	}
	now = now.Add(time.Hour)
	two.down = errors.New("broken")
	if _, err := taken("ann"); err == nil || two.asked.Load() != 3 {
		t.Errorf("a remembered answer does not end: %v", err)
	}
	for range 4 {
		_, _ = taken("ann")
	}
	two.down = nil // five failures in a row do not count
	if got, err := taken("ann"); got || err != nil {
		t.Errorf("after failures: %v, %v", got, err)
	}
}

func TestOneClientDoesNotUseUpQuestionsAboutNames(t *testing.T) {
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	a := adoption.New(adoption.Config{Rate: 4, Timeout: time.Hour, Now: func() time.Time { return now }})
	a.Add("onapp", core.MainRealm, &knowing{})
	ask := func(client, name string) error {
		_, err := a.NameTaken(passwd.WithClient(t.Context(), client), core.MainRealm, name)
		return err
	}
	for i := range 10 {
		if err := ask("a", strconv.Itoa(i)); (err == nil) != (i < 2) {
			t.Errorf("name %d: %v", i, err)
		}
	}
	if err := ask("b", "other"); err != nil {
		t.Errorf("another client: %v", err)
	}
}

// lying is a vendor who shows more than a user may have.
type lying struct{ refusing }

func (v *lying) Prove(_ context.Context, c core.Credential) ([]*archive.Line, error) {
	u := &archive.User{Realm: c.Realm, Username: c.Login, Origin: &archive.Origin{Vendor: c.Dialect, ID: "1"}}
	u.Name = strings.Repeat("x", 2<<20)
	return []*archive.Line{{User: u}}, nil
}

func TestAUserOfMuchMoreThanOneMayHaveIsNotAdopted(t *testing.T) {
	var log bytes.Buffer
	a := adoption.New(adoption.Config{Rate: 1000, Timeout: time.Hour, Log: slog.New(slog.NewTextHandler(&log, nil))})
	a.Add("onapp", core.MainRealm, &lying{})
	adopt(t.Context(), a, "", "ann")
	if n := a.Counts.Failed.Load(); n != 1 || !strings.Contains(log.String(), "more of the user than one may have") {
		t.Errorf("%d failures: %s", n, &log)
	}
}
