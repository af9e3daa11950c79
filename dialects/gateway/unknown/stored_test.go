package unknown

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/store"
)

var errFull = errors.New("full")

func TestGatewaysOfAStoreCountTogether(t *testing.T) {
	t.Parallel()
	s, err := store.Open(t.Context(), "sqlite::memory:")
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	save := func(r *Requests, now time.Time) {
		t.Helper()
		if err := r.Save(t.Context(), s, now); err != nil {
			t.Fatal(err)
		}
	}
	expect := func(want ...Request) {
		t.Helper()
		all, err := Load(t.Context(), s)
		if diff := cmp.Diff(append([]Request{}, want...), all.Requests); err != nil || diff != "" {
			t.Errorf("%v:\n%s", err, diff)
		}
	}
	var a, b Requests
	expect()
	a.Note("onapp", "GET", "/backups.json", at)
	b.Note("onapp", "GET", "/backups.json", at.Add(-time.Hour))
	b.Note("econtext", "GET", "/api/nothing", at)
	save(&a, at)
	save(&a, at)
	save(&b, at)
	twice := Request{"onapp", "GET", "/backups.json", 2, at.Add(-time.Hour), at}
	expect(twice, Request{"econtext", "GET", "/api/nothing", 1, at, at})

	failing := full{s}
	if a.Note("onapp", "GET", "/backups.json", at.Add(time.Hour)); a.Save(t.Context(), failing, at) == nil {
		t.Error("saved in a store that takes no changes")
	}
	save(&a, at.Add(forgottenAfter+time.Minute))
	twice.Count, twice.Last = 1, at.Add(time.Hour)
	twice.First = twice.Last
	expect(twice)
}

// full is a store that takes no changes.
type full struct{ core.Store }

func (full) Update(context.Context, func(core.StoreTx) error) error { return errFull }
