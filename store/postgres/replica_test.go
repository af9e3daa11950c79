package postgres_test

import (
	"context"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/core/coretest"
	"github.com/dragoman-gateway/dragoman/store/postgres"
	"github.com/dragoman-gateway/dragoman/store/storetest"
	"github.com/dragoman-gateway/dragoman/store/storetest/pgtest"
)

func TestReplicas(t *testing.T) {
	coretest.NeedLong(t)
	storetest.Run(t, func(t *testing.T) core.Store {
		dsn := pgtest.Prepared(t, prepare)
		return storetest.Hop(open(t, dsn), open(t, dsn), open(t, dsn))
	})
}

func TestReplicasModel(t *testing.T) {
	t.Parallel()
	storetest.RunModel(t, func() (core.Store, func()) {
		dsn, done := pgtest.Borrow(t, prepare)
		var stores []core.Store
		for range 3 {
			s, err := postgres.Open(context.Background(), dsn)
			if err != nil {
				t.Fatal(err)
			}
			stores = append(stores, s)
		}
		s := storetest.Hop(stores...)
		return s, func() {
			if err := s.Close(); err != nil {
				t.Error(err)
			}
			done()
		}
	})
}

func rename(t *testing.T, s core.Store, name string) {
	t.Helper()
	err := s.Update(context.Background(), func(tx core.StoreTx) error {
		u, err := tx.GetUser(core.ByID(core.MainRealm, 1))
		if err != nil {
			u = &core.User{Realm: core.MainRealm, UID: "u"}
		}
		u.Username = name
		u.Revision++
		return tx.PutUser(u)
	})
	if err != nil {
		t.Fatal(err)
	}
}

func nameIn(t *testing.T, s core.Store) (name string) {
	t.Helper()
	err := s.View(context.Background(), func(tx core.StoreTx) error {
		u, err := tx.GetUser(core.ByID(core.MainRealm, 1))
		if err == nil {
			name = u.Username
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return name
}

func command(t *testing.T, dsn, sql string) {
	t.Helper()
	c, err := pgx.Connect(context.Background(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close(context.Background())
	if _, err := c.Exec(context.Background(), sql); err != nil {
		t.Fatal(err)
	}
}

func TestReplicaThatFellBehindTheLogForgetsEverything(t *testing.T) {
	dsn := pgtest.DSN(t)
	a, b := open(t, dsn), open(t, dsn)
	rename(t, a, "ann")
	if name := nameIn(t, b); name != "ann" {
		t.Fatalf("the other sees %q", name)
	}
	rename(t, a, "bob")
	rename(t, a, "cat")
	command(t, dsn, "delete from states where version < (select max(version) from states)")
	if name := nameIn(t, b); name != "cat" {
		t.Errorf("the other sees %q", name)
	}
	rename(t, b, "dan")
	if name := nameIn(t, a); name != "dan" {
		t.Errorf("the first sees %q", name)
	}
}

func TestDatabaseThatWentBackIsFollowed(t *testing.T) {
	dsn := pgtest.DSN(t)
	a, b := open(t, dsn), open(t, dsn)
	for _, name := range []string{"ann", "bob", "cat"} {
		rename(t, a, name)
		nameIn(t, a)
		nameIn(t, b)
	}
	command(t, dsn, `update users set username = 'ann', username_key = 'ann', revision = 1;
		delete from states where version > (select min(version) + 1 from states)`)
	for _, s := range []core.Store{a, b} {
		if name := nameIn(t, s); name != "ann" {
			t.Errorf("it sees %q", name)
		}
	}
	rename(t, b, "dan")
	for _, s := range []core.Store{a, b} {
		if name := nameIn(t, s); name != "dan" {
			t.Errorf("it sees %q", name)
		}
	}
}

// TestStateThatReplacesAnotherIsFollowed lets a server go back to an earlier state
// and reach the number of the lost one again, while a replica does not look.
func TestStateThatReplacesAnotherIsFollowed(t *testing.T) {
	dsn := pgtest.DSN(t)
	a, b, c := open(t, dsn), open(t, dsn), open(t, dsn)
	rename(t, a, "ann")
	goBack := "update users set username = 'ann', username_key = 'ann', revision = 1; delete from states where version > 2"
	nameIn(t, b)
	rename(t, a, "bob")
	nameIn(t, c)
	command(t, dsn, goBack)
	rename(t, b, "dan")
	for i, s := range []core.Store{a, b, c} {
		if name := nameIn(t, s); name != "dan" {
			t.Errorf("%d sees %q, not the state of another writer", i, name)
		}
	}
	command(t, dsn, goBack)
	for _, s := range []core.Store{a, b} {
		if name := nameIn(t, s); name != "ann" {
			t.Errorf("it sees %q", name)
		}
	}
	rename(t, b, "eve")
	for i, s := range []core.Store{a, b, c} {
		if name := nameIn(t, s); name != "eve" {
			t.Errorf("%d sees %q, not the new state of the same writer", i, name)
		}
	}
}

// TestNumbersOfALostStateAreNotUsed lets a server forget kinds, and gives their
// numbers to others.
func TestNumbersOfALostStateAreNotUsed(t *testing.T) {
	dsn := pgtest.DSN(t)
	a, b := open(t, dsn), open(t, dsn)
	put := func(s core.Store, kind string) {
		t.Helper()
		err := s.Update(context.Background(), func(tx core.StoreTx) error {
			return tx.PutGroup(&core.Group{Realm: core.MainRealm, Kind: kind, UID: kind})
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	put(b, "x")
	put(a, "lost")
	command(t, dsn, `delete from "groups" where uid = 'lost'; delete from kinds where kind = 'lost'; delete from states where version > 2;
		select setval(pg_get_serial_sequence('kinds', 'no'), (select max(no) from kinds))`)
	put(b, "other")
	put(a, "lost")
	for _, s := range []core.Store{a, b} {
		err := s.View(context.Background(), func(tx core.StoreTx) error {
			for _, kind := range []string{"lost", "other"} {
				gs, err := tx.ListGroups(core.GroupQuery{Realm: core.MainRealm, Kind: kind})
				if err != nil || len(gs) != 1 || gs[0].UID != kind {
					t.Errorf("%s: %+v %v", kind, gs, err)
				}
			}
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	}
}
