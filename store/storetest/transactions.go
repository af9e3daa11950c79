package storetest

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"testing"
	"time"

	"github.com/dragoman-gateway/dragoman/core"
)

var transactionCases = []claim{
	{"what fails leaves nothing", rollback},
	{"a panic is the caller's and leaves nothing", panics},
	{"a goroutine that ends in the middle leaves nothing", goexits},
	{"an update reads what it wrote", readsOwnWrites},
	{"what an update reads and puts is its own", privateObjects},
	{"a view refuses to write", viewIsReadOnly},
	{"a view stays on one state", viewIsConsistent},
	{"a view that has read nothing but memory stays on one state", warmViewIsConsistent},
	{"a snapshot runs once on one state", snapshotIsOneState},
	{"a context that ends stops what has not begun", cancelled},
	{"a transaction that is over does nothing", overIsOver},
	{"a closed store does nothing", closed},
}

func rollback(t *testing.T, s core.Store) {
	put(t, s, person("ann"))
	err := s.Update(context.Background(), func(tx core.StoreTx) error {
		u, err := tx.GetUser(core.ByID(core.MainRealm, 1))
		must(t, err)
		u.Username, u.Revision = "changed", 2
		must(t, tx.PutUser(u))
		must(t, tx.PutUser(person("bob")))
		must(t, tx.PutGroup(&core.Group{Realm: there, Kind: "g", UID: "u"}))
		must(t, tx.PutRecord(&core.Record{Realm: core.MainRealm, Kind: "r", Revision: 1}))
		return errUndo
	})
	if !errors.Is(err, errUndo) {
		t.Fatalf("got %v", err)
	}
	onlyAnn(t, s)
	populate(t, s, there)
	everythingIn(t, s, there)
}

// onlyAnn finds one user, as it was put, and nothing else.
func onlyAnn(t *testing.T, s core.Store) {
	t.Helper()
	view(t, s, func(tx core.StoreTx) {
		users, err := tx.ListUsers(core.UserQuery{Realm: core.MainRealm})
		must(t, err)
		n, err := tx.CountUsers(core.UserQuery{Realm: core.MainRealm})
		must(t, err)
		u, err := tx.GetUser(core.ByUsername(core.MainRealm, "ann"))
		must(t, err)
		if len(users) != 1 || n != 1 || users[0].Username != "ann" || u.Revision != 1 {
			t.Errorf("found %v (%d), %+v", usernames(users), n, u)
		}
		_, err = tx.GetUser(core.ByUsername(core.MainRealm, "bob"))
		refused(t, "a user that was undone", err, core.NotFound)
		_, err = tx.GetGroup(core.GroupRef{Realm: there, Kind: "g", UID: "u"})
		refused(t, "a group that was undone", err, core.NotFound)
		rs, err := tx.CountRecords(core.RecordQuery{Realm: core.MainRealm, Kind: "r"})
		must(t, err)
		if rs != 0 {
			t.Errorf("%d records", rs)
		}
	})
}

func panics(t *testing.T, s core.Store) {
	put(t, s, person("ann"))
	func() {
		defer func() {
			if r := recover(); r != "boom" {
				t.Errorf("recovered %v", r)
			}
		}()
		_ = s.Update(context.Background(), func(tx core.StoreTx) error {
			must(t, tx.PutUser(person("bob")))
			panic("boom")
		})
	}()
	func() {
		defer func() { _ = recover() }()
		_ = s.View(context.Background(), func(tx core.StoreTx) error {
			_, err := tx.ListUsers(core.UserQuery{Realm: core.MainRealm})
			must(t, err)
			panic("boom")
		})
	}()
	onlyAnn(t, s)
	put(t, s, person("bob"))
}

func goexits(t *testing.T, s core.Store) {
	put(t, s, person("ann"))
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = s.Update(context.Background(), func(tx core.StoreTx) error {
			if err := tx.PutUser(person("bob")); err != nil {
				t.Error(err)
			}
			runtime.Goexit()
			return nil
		})
	}()
	<-done
	onlyAnn(t, s)
	put(t, s, person("bob"))
}

func readsOwnWrites(t *testing.T, s core.Store) {
	update(t, s, func(tx core.StoreTx) {
		u := full()
		must(t, tx.PutUser(u))
		u.Username, u.Revision = "other", 2
		must(t, tx.PutUser(u))
		found, err := tx.GetUser(core.ByUsername(u.Realm, "other"))
		must(t, err)
		if found.ID != u.ID {
			t.Errorf("found %d", found.ID)
		}
		_, err = tx.GetUser(core.ByUsername(u.Realm, "ann"))
		refused(t, "the former name", err, core.NotFound)
		must(t, tx.DropUser(u.Realm, u.ID))
		_, err = tx.GetUser(core.ByUID(u.Realm, u.UID))
		refused(t, "the dropped user", err, core.NotFound)
	})
}

func privateObjects(t *testing.T, s core.Store) {
	u := full()
	put(t, s, u)
	u.Username = "not stored"
	u.Attributes[0].Value = "0"
	u.Handles[0].Value = "not stored"
	spoil := func(tx core.StoreTx) {
		for range 2 {
			found, err := tx.GetUser(core.ByID(core.MainRealm, 1))
			must(t, err)
			if found.Username != "Ann" || found.Attributes[0].Value != "1.0" || found.Handles[0].Value != `k"1` {
				t.Errorf("found %+v", found)
			}
			found.Username, found.Attributes[0].Value, found.Handles[0].Value = "not stored", "0", "not stored"
			found.Facets.Set("onapp", []byte("{}"))
		}
	}
	update(t, s, spoil)
	get(t, s, core.ByID(core.MainRealm, 1))
	update(t, s, spoil)
	if found := get(t, s, core.ByID(core.MainRealm, 1)); found.Username != "Ann" || len(found.Facets.Get("onapp").Text()) < 3 {
		t.Errorf("a change that was not put is seen: %+v", found)
	}
	update(t, s, func(tx core.StoreTx) {
		g, r := &core.Group{Realm: there, Kind: "g", UID: "u"}, &core.Record{Realm: there, Kind: "r", Revision: 1}
		must(t, tx.PutGroup(g))
		must(t, tx.PutRecord(r))
		g.Name, r.Key = "not stored", "not stored"
		g, err := tx.GetGroup(core.GroupRef{Realm: there, Kind: "g", ID: 1})
		must(t, err)
		r, err = tx.GetRecord(core.RecordRef{Realm: there, Kind: "r", ID: 1})
		must(t, err)
		if g.Name != "" || r.Key != "1" {
			t.Errorf("a change that was not put is seen: %+v %+v", g, r)
		}
	})
}

func viewIsReadOnly(t *testing.T, s core.Store) {
	populate(t, s, core.MainRealm)
	writes := []func(core.StoreTx) error{
		func(tx core.StoreTx) error { return tx.PutUser(person("x")) },
		func(tx core.StoreTx) error { return tx.DropUser(core.MainRealm, 1) },
		func(tx core.StoreTx) error {
			return tx.PutGroup(&core.Group{Realm: core.MainRealm, Kind: "g", UID: "x"})
		},
		func(tx core.StoreTx) error { return tx.DropGroup(core.MainRealm, "g", 1) },
		func(tx core.StoreTx) error { return tx.PutRecord(&core.Record{Realm: core.MainRealm, Kind: "r"}) },
		func(tx core.StoreTx) error { return tx.DropRecord(core.MainRealm, "r", 1) },
		func(tx core.StoreTx) error {
			return tx.Join(&core.Membership{Realm: core.MainRealm, Kind: "g", User: 1, Group: 1})
		},
		func(tx core.StoreTx) error {
			return tx.Leave(core.Membership{Realm: core.MainRealm, Kind: "g", User: 1, Group: 1})
		},
		func(tx core.StoreTx) error { return tx.DropRealm(core.MainRealm) },
	}
	view(t, s, func(tx core.StoreTx) {
		for i, write := range writes {
			if write(tx) == nil {
				t.Errorf("write %d went through", i)
			}
		}
	})
	everythingIn(t, s, core.MainRealm)
}

// rename changes user 1's name and group 1's alike, in one transaction.
func rename(t *testing.T, s core.Store, name string) {
	update(t, s, func(tx core.StoreTx) {
		u, err := tx.GetUser(core.ByID(core.MainRealm, 1))
		must(t, err)
		u.Username = name
		u.Revision++
		must(t, tx.PutUser(u))
		g, err := tx.GetGroup(core.GroupRef{Realm: core.MainRealm, Kind: "g", ID: 1})
		must(t, err)
		g.Name = name
		must(t, tx.PutGroup(g))
		must(t, tx.PutUser(person(name+"'s friend")))
	})
}

// consistent fails unless fn sees one state, whatever run of it counts. The name
// that it is given is another one in each run.
func consistent(t *testing.T, s core.Store, fn func(tx core.StoreTx, name string) error) {
	t.Helper()
	run := 0
	for range 3 {
		must(t, s.View(context.Background(), func(tx core.StoreTx) error {
			run++
			return fn(tx, fmt.Sprint("name", run))
		}))
	}
}

func viewIsConsistent(t *testing.T, s core.Store) {
	populate(t, s, core.MainRealm)
	consistent(t, s, func(tx core.StoreTx, name string) error {
		before, err := tx.ListUsers(core.UserQuery{Realm: core.MainRealm, Deleted: true})
		if err != nil {
			return err
		}
		rename(t, s, name)
		return stillSees(t, tx, before[0].Username, len(before))
	})
}

func warmViewIsConsistent(t *testing.T, s core.Store) {
	populate(t, s, core.MainRealm)
	get(t, s, core.ByID(core.MainRealm, 1))
	consistent(t, s, func(tx core.StoreTx, name string) error {
		before, err := tx.GetUser(core.ByID(core.MainRealm, 1))
		if err != nil {
			return err
		}
		var n int
		view(t, s, func(tx core.StoreTx) { n, _ = tx.CountUsers(core.UserQuery{Realm: core.MainRealm, Deleted: true}) })
		rename(t, s, name)
		rename(t, s, name+"again")
		return stillSees(t, tx, before.Username, n)
	})
}

func snapshotIsOneState(t *testing.T, s core.Store) {
	populate(t, s, core.MainRealm)
	runs := 0
	must(t, s.Snapshot(context.Background(), func(tx core.StoreTx) error {
		runs++
		before, err := tx.ListUsers(core.UserQuery{Realm: core.MainRealm, Deleted: true})
		if err != nil {
			return err
		}
		for _, name := range []string{"once", "twice", "thrice"} {
			rename(t, s, name)
			if err := stillSees(t, tx, before[0].Username, len(before)); err != nil {
				return err
			}
		}
		return nil
	}))
	if u := get(t, s, core.ByID(core.MainRealm, 1)); runs != 1 || u.Username != "thrice" {
		t.Errorf("it ran %d times, and the user is %s", runs, u.Username)
	}
}

// stillSees reports whether every read finds the state in which user 1 had that
// name, or fails.
func stillSees(t *testing.T, tx core.StoreTx, name string, users int) error {
	t.Helper()
	u, err := tx.GetUser(core.ByID(core.MainRealm, 1))
	if err != nil {
		return err
	}
	byName, err := tx.GetUser(core.ByUsername(core.MainRealm, name))
	if err != nil {
		return err
	}
	g, err := tx.GetGroup(core.GroupRef{Realm: core.MainRealm, Kind: "g", ID: 1})
	if err != nil {
		return err
	}
	list, err := tx.ListUsers(core.UserQuery{Realm: core.MainRealm, Deleted: true})
	if err != nil {
		return err
	}
	n, err := tx.CountUsers(core.UserQuery{Realm: core.MainRealm, Deleted: true})
	if err != nil {
		return err
	}
	if u.Username != name || byName.ID != 1 || g.Name != name && g.Name != "n" || len(list) != users || n != users || list[0].Username != name {
		t.Errorf("the view began with %q and %d users; now %q, group %q, %d in the list, %d counted, %q first",
			name, users, u.Username, g.Name, len(list), n, list[0].Username)
	}
	return nil
}

func cancelled(t *testing.T, s core.Store) {
	put(t, s, person("ann"))
	ctx, cancel := context.WithCancel(context.Background())
	err := s.Update(ctx, func(tx core.StoreTx) error {
		must(t, tx.PutUser(person("bob")))
		cancel()
		_, err := tx.ListUsers(core.UserQuery{Realm: core.MainRealm, UsernamePrefix: "b"})
		return err
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("an update in the middle ended with %v", err)
	}
	ctx, cancel = context.WithCancel(context.Background())
	err = s.Update(ctx, func(tx core.StoreTx) error {
		defer cancel()
		return tx.PutUser(person("bob"))
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("an update at its end ended with %v", err)
	}
	ran := false
	err = s.Update(ctx, func(core.StoreTx) error { ran = true; return nil })
	if !errors.Is(err, context.Canceled) || ran {
		t.Errorf("a late update ended with %v; ran: %v", err, ran)
	}
	err = s.View(ctx, func(tx core.StoreTx) error {
		_, err := tx.GetUser(core.ByUsername(core.MainRealm, "nobody"))
		return err
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("a late view ended with %v", err)
	}
	onlyAnn(t, s)
	waitsInVain(t, s)
}

// waitsInVain gives up an update that waits behind another.
func waitsInVain(t *testing.T, s core.Store) {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Millisecond)
	defer cancel()
	err := s.Update(context.Background(), func(core.StoreTx) error {
		late := make(chan error)
		go func() {
			late <- s.Update(ctx, func(tx core.StoreTx) error { return tx.PutUser(person("late")) })
		}()
		return <-late
	})
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("an update that waited too long ended with %v", err)
	}
	onlyAnn(t, s)
}

func overIsOver(t *testing.T, s core.Store) {
	populate(t, s, core.MainRealm)
	var kept [2]core.StoreTx
	view(t, s, func(tx core.StoreTx) { kept[0] = tx })
	update(t, s, func(tx core.StoreTx) { kept[1] = tx })
	for _, tx := range kept {
		if _, err := tx.ListUsers(core.UserQuery{Realm: core.MainRealm}); err == nil {
			t.Error("it listed users")
		}
		if tx.PutUser(person("late")) == nil {
			t.Error("it stored a user")
		}
	}
}
