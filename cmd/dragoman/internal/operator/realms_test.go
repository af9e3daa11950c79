package operator_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/dragoman-gateway/dragoman/cmd/dragoman/internal/operator"
	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/core/coretest"
	"github.com/dragoman-gateway/dragoman/store"
)

// countedStore counts the transactions that remove users.
type countedStore struct {
	core.Store
	removals int
}

func (s *countedStore) Update(ctx context.Context, fn func(core.StoreTx) error) error {
	tx := &countedTx{}
	err := s.Store.Update(ctx, func(inner core.StoreTx) error {
		*tx = countedTx{StoreTx: inner}
		return fn(tx)
	})
	if err == nil && tx.removes {
		s.removals++
	}
	return err
}

type countedTx struct {
	core.StoreTx
	removes bool
}

func (t *countedTx) DropUser(realm core.Realm, id int64) error {
	t.removes = true
	return t.StoreTx.DropUser(realm, id)
}

// A gateway can write between the steps of a large realm's removal.
func TestALargeRealmIsDroppedInSteps(t *testing.T) {
	opened, err := store.Open(t.Context(), "sqlite::memory:")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = opened.Close() })
	s := &countedStore{Store: opened}
	dir, _ := coretest.Directory(t, s)
	err = dir.Update(t.Context(), core.Operator(), func(tx *core.Tx) error {
		for i := range 600 {
			if err := tx.AddUser(&core.User{Realm: "tests", Username: fmt.Sprintf("user%d", i), Enabled: true}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	drop := &operator.DropRealm{Realm: operator.Realm{Name: "tests"}, Yes: true}
	result, err := drop.Do(t.Context(), &operator.Store{Raw: s, Directory: dir})
	if err != nil || len(result.Lines) != 1 || result.Lines[0] != "tests: dropped with 600 users" {
		t.Errorf("have %q, %v", result.Lines, err)
	}
	if s.removals < 2 {
		t.Errorf("%d transactions removed the users", s.removals)
	}
	left := 0
	err = dir.View(t.Context(), func(tx *core.Tx) (err error) {
		left, err = tx.CountUsers(core.UserQuery{Realm: "tests", Deleted: true})
		return err
	})
	if left != 0 || err != nil {
		t.Errorf("%d users are left, %v", left, err)
	}
}
