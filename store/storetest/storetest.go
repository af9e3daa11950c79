// Package storetest is the conformance suite of [core.Store]: what every store
// must do, whatever database it keeps its rows in.
package storetest

import (
	"context"
	"testing"

	"github.com/dragoman-gateway/dragoman/core"
)

// Run runs the suite. The function open returns a new, empty store, and sees to
// it that it is closed when its test ends.
func Run(t *testing.T, open func(t *testing.T) core.Store) {
	cases := []struct {
		claim string
		run   func(*testing.T, core.Store)
	}{
		{"a user comes back as it was put", userRoundTrip},
		{"a user is found by every name, whatever the case", userIsFound},
		{"a name that is taken is refused, with its field", userTaken},
	}
	for _, c := range cases {
		t.Run(c.claim, func(t *testing.T) { c.run(t, open(t)) })
	}
}

// update runs fn in an Update that must succeed.
func update(t testing.TB, s core.Store, fn func(core.StoreTx)) {
	t.Helper()
	err := s.Update(context.Background(), func(tx core.StoreTx) error {
		fn(tx)
		return nil
	})
	must(t, err)
}

// view runs fn in a View that must succeed.
func view(t testing.TB, s core.Store, fn func(core.StoreTx)) {
	t.Helper()
	err := s.View(context.Background(), func(tx core.StoreTx) error {
		fn(tx)
		return nil
	})
	must(t, err)
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// put stores the users, one Update for all.
func put(t testing.TB, s core.Store, users ...*core.User) {
	t.Helper()
	update(t, s, func(tx core.StoreTx) {
		for _, u := range users {
			must(t, tx.PutUser(u))
		}
	})
}

// get reads a user that must be there.
func get(t testing.TB, s core.Store, ref core.UserRef) (u *core.User) {
	t.Helper()
	view(t, s, func(tx core.StoreTx) {
		var err error
		u, err = tx.GetUser(ref)
		must(t, err)
	})
	return u
}
