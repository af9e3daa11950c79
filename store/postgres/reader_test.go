package postgres_test

import (
	"context"
	"testing"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/store/storetest/pgtest"
)

// TestCancelledReadBreaksNoOther lets a query time out in a view, and asks for
// something else in the same view and in another of the same state.
func TestCancelledReadBreaksNoOther(t *testing.T) {
	t.Parallel()
	dsn := pgtest.DSN(t)
	s := open(t, dsn+"&cache=0&statement_timeout=300ms")
	newCounters(t, s, 1)
	exec(t, connect(t, dsn), "begin; lock table users in access exclusive mode")
	groups := func(tx core.StoreTx) {
		t.Helper()
		_, err := tx.CountRecords(core.RecordQuery{Realm: core.MainRealm, Kind: "k"})
		if err == nil {
			_, err = tx.ListGroups(core.GroupQuery{Realm: core.MainRealm, Kind: "g"})
		}
		busyAtMost(t, err)
	}
	err := s.View(context.Background(), func(tx core.StoreTx) error {
		_, err := tx.GetUser(core.ByUID(core.MainRealm, "0"))
		if core.KindOf(err) != core.Busy || err == nil {
			t.Errorf("the locked table: %v", err)
		}
		groups(tx)
		return s.View(context.Background(), func(tx core.StoreTx) error {
			groups(tx)
			return nil
		})
	})
	if err != nil {
		t.Error(err)
	}
}
