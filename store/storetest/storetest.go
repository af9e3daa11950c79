// Package storetest is the conformance suite of [core.Store]: what every store
// must do, whatever database it keeps its rows in.
package storetest

import (
	"context"
	"slices"
	"testing"

	"github.com/dragoman-gateway/dragoman/core"
)

// claim is one thing that every store does, and the test of it on an empty one.
type claim struct {
	words string
	run   func(*testing.T, core.Store)
}

// Run runs the suite. The function open returns a new, empty store, and sees to
// it that it is closed when its test ends.
func Run(t *testing.T, open func(t *testing.T) core.Store) {
	for _, c := range slices.Concat(userCases, groupCases, listCases, largeCases, realmCases, transactionCases, concurrencyCases) {
		t.Run(c.words, func(t *testing.T) { c.run(t, open(t)) })
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

// view runs fn in a View that must succeed, while no update runs: fn cannot run again
// after it has failed the test.
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
	must(t, s.View(context.Background(), func(tx core.StoreTx) (err error) {
		u, err = tx.GetUser(ref)
		return err
	}))
	return u
}

// refused fails unless err is the core's, of that kind.
func refused(t testing.TB, what string, err error, kind core.Kind) {
	t.Helper()
	if e := core.AsError(err); e == nil || e.Kind != kind {
		t.Errorf("%s: got %v, want an error of kind %d", what, err, kind)
	}
}
