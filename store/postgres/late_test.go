package postgres_test

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"sync"
	"testing"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/store/storetest/pgtest"
)

// TestOneThatTheServerRefusesLateFailsAlone shares commits with records that are
// too long for an index of the server: that is known only after their change has
// ended.
func TestOneThatTheServerRefusesLateFailsAlone(t *testing.T) {
	t.Parallel()
	s := open(t, pgtest.DSN(t))
	noise := make([]byte, 8<<10)
	if _, err := rand.Read(noise); err != nil {
		t.Fatal(err)
	}
	const writers, each = 16, 10
	var all sync.WaitGroup
	for w := range writers {
		all.Go(func() {
			for i := range each {
				bad := (w+i)%8 == 0
				key := fmt.Sprint(w, "-", i)
				if bad {
					key = hex.EncodeToString(noise)
				}
				err := s.Update(context.Background(), func(tx core.StoreTx) error {
					return tx.PutRecord(&core.Record{Realm: core.MainRealm, Kind: "r", Key: key, Revision: 1})
				})
				if (err != nil) != bad {
					t.Errorf("%.10s ended with %v", key, err)
				}
			}
		})
	}
	all.Wait()
	err := s.View(context.Background(), func(tx core.StoreTx) error {
		n, err := tx.CountRecords(core.RecordQuery{Realm: core.MainRealm, Kind: "r"})
		if want := writers * each * 7 / 8; n != want {
			t.Errorf("%d records, want %d", n, want)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

// TestChangeThatOverlooksARefusalIsRefused lets a function ignore a failed
// statement.
func TestChangeThatOverlooksARefusalIsRefused(t *testing.T) {
	t.Parallel()
	dsn := pgtest.DSN(t)
	s := open(t, dsn)
	admin := connect(t, dsn)
	put := func(name string, after func(core.StoreTx)) error {
		return s.Update(context.Background(), func(tx core.StoreTx) error {
			if err := tx.PutGroup(&core.Group{Realm: core.MainRealm, Kind: "g", UID: name}); err != nil {
				return err
			}
			after(tx)
			return nil
		})
	}
	nothing := func(core.StoreTx) {}
	if err := put("first", nothing); err != nil {
		t.Fatal(err)
	}
	exec(t, admin, "alter table records rename to elsewhere")
	err := put("second", func(tx core.StoreTx) {
		_, _ = tx.CountRecords(core.RecordQuery{Realm: core.MainRealm, Kind: "g"})
	})
	if err == nil {
		t.Error("it was kept")
	}
	exec(t, admin, "alter table elsewhere rename to records")
	if err := put("third", nothing); err != nil {
		t.Error(err)
	}
	err = s.View(context.Background(), func(tx core.StoreTx) error {
		gs, err := tx.ListGroups(core.GroupQuery{Realm: core.MainRealm, Kind: "g"})
		if len(gs) != 2 || gs[1].UID != "third" || gs[1].ID != 2 {
			t.Errorf("found %+v", gs)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}
