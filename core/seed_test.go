package core_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/core/coretest"
)

// rightKind is a group that stands for a right.
const rightKind = "x.right"

// seedRight seeds the right for the user of that name.
func seedRight(d *core.Directory, name string) error {
	return d.Update(context.Background(), core.Operator(), func(tx *core.Tx) error {
		right, err := tx.Group(core.GroupRef{Realm: core.MainRealm, Kind: rightKind, Key: "all"})
		if errors.Is(err, core.ErrNotFound) {
			right = &core.Group{Realm: core.MainRealm, Kind: rightKind, Key: "all", Name: "all"}
			err = tx.SaveGroup(right)
		}
		if err != nil {
			return err
		}
		has := func(u *core.User) (bool, error) {
			n, err := tx.Memberships(core.MembershipQuery{Realm: u.Realm, Kind: rightKind, Users: []int64{u.ID}})
			return len(n) > 0, err
		}
		join := func(u *core.User) error { _, err := tx.Join(u, right); return err }
		return tx.SeedRight(core.MainRealm, name, has, join, "x", "right", name)
	})
}

func hasRight(t *testing.T, d *core.Directory, u *core.User) (has bool) {
	t.Helper()
	err := d.View(context.Background(), func(tx *core.Tx) error {
		n, err := tx.Memberships(core.MembershipQuery{Realm: u.Realm, Kind: rightKind, Users: []int64{u.ID}})
		has = len(n) > 0
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return has
}

func seedUser(d *core.Directory, u *core.User) error {
	return d.Update(context.Background(), core.Operator(), func(tx *core.Tx) error { return tx.SeedUser(u) })
}

func mustSeed(t *testing.T, d *core.Directory, name string) *core.User {
	t.Helper()
	u := coretest.User(name)
	if err := seedUser(d, u); err != nil {
		t.Fatal(err)
	}
	return u
}

func TestASeededUserDoesNotReturn(t *testing.T) {
	d, _ := directory(t)
	ann := mustSeed(t, d, "ann")
	if err := seedRight(d, "ann"); err != nil || !hasRight(t, d, ann) {
		t.Fatalf("the seeded user has no right: %v", err)
	}
	update(t, d, func(tx *core.Tx) error { return tx.RemoveUser(ann) })
	mustSeed(t, d, "Ann")
	if err := seedRight(d, "ann"); err != nil {
		t.Error(err)
	}
	n := 0
	_ = d.View(context.Background(), func(tx *core.Tx) (err error) {
		n, err = tx.CountUsers(core.UserQuery{Realm: core.MainRealm, Deleted: true})
		return err
	})
	if n != 0 {
		t.Errorf("%d users", n)
	}
}

func TestASeededRightDoesNotReturn(t *testing.T) {
	d, _ := directory(t)
	ann := mustSeed(t, d, "ann")
	if err := seedRight(d, "ann"); err != nil {
		t.Fatal(err)
	}
	update(t, d, func(tx *core.Tx) error {
		right, err := tx.Group(core.GroupRef{Realm: core.MainRealm, Kind: rightKind, Key: "all"})
		if err != nil {
			return err
		}
		return tx.Leave(ann, right)
	})
	if err := seedRight(d, "ann"); err != nil || hasRight(t, d, ann) {
		t.Errorf("the right came back, %v", err)
	}
}

// Whoever takes a name before the seed, or after its user is gone, gets nothing.
func TestASeedGivesAStrangerNothing(t *testing.T) {
	d, _ := directory(t)
	ann := mustSeed(t, d, "ann")
	stranger := add(t, d, coretest.User("ops"))
	if err := seedUser(d, coretest.User("OPS")); core.KindOf(err) != core.Invalid || !strings.Contains(err.Error(), "username taken") {
		t.Errorf("a name that is taken: %v", err)
	}
	if err := seedRight(d, "ops"); core.KindOf(err) != core.Forbidden || hasRight(t, d, stranger) {
		t.Errorf("a right of a stranger: %v", err)
	}
	update(t, d, func(tx *core.Tx) error { return tx.RemoveUser(ann) })
	next := add(t, d, coretest.User("ann"))
	if err := seedRight(d, "ann"); core.KindOf(err) != core.Forbidden || hasRight(t, d, next) {
		t.Errorf("a right of the next of that name: %v", err)
	}
	if err := seedRight(d, "zoe"); core.KindOf(err) != core.NotFound {
		t.Errorf("a right of an unknown user: %v", err)
	}
}

// Deletion that can be undone is not an error, and what is undone gets no right.
func TestADeletedUserDoesNotStopASeed(t *testing.T) {
	d, _ := directory(t)
	mustSeed(t, d, "first")
	for _, name := range []string{"ann", "bob"} {
		u := coretest.User(name)
		if name == "ann" {
			u = mustSeed(t, d, name)
		} else {
			add(t, d, u)
		}
		u.DeletedAt = d.Now().Add(-time.Hour)
		update(t, d, func(tx *core.Tx) error { return tx.SaveUser(u) })
		mustSeed(t, d, name)
		if err := seedRight(d, name); err != nil || hasRight(t, d, u) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// What a store had before seeds were remembered is left as it is.
func TestAStoreFromBeforeSeedsWereRemembered(t *testing.T) {
	d, _ := directory(t)
	ann, bob := add(t, d, coretest.User("ann")), add(t, d, coretest.User("bob"))
	err := d.Update(context.Background(), core.Operator(), func(tx *core.Tx) error {
		before, err := tx.BeforeSeeds()
		if !before || err != nil {
			t.Errorf("not from before: %v", err)
		}
		return errors.Join(tx.SeedUser(coretest.User("ann")), tx.SeedUser(coretest.User("new")),
			tx.SeedRight(core.MainRealm, "ann", func(*core.User) (bool, error) { return false, nil },
				func(*core.User) error { return errors.New("granted") }, "x", "right", "ann"))
	})
	if err != nil {
		t.Error(err)
	}
	if err := seedRight(d, "ann"); err != nil || hasRight(t, d, ann) {
		t.Errorf("a right that was taken away: %v", err)
	}
	if err := seedRight(d, "bob"); core.KindOf(err) != core.Forbidden || hasRight(t, d, bob) {
		t.Errorf("a right that is new: %v", err)
	}
	if err := seedRight(d, "new"); err != nil || !hasRight(t, d, read(t, d, core.ByUsername(core.MainRealm, "new"))) {
		t.Errorf("a user that is new: %v", err)
	}
}

func TestSeedOnce(t *testing.T) {
	d, _ := directory(t)
	calls := 0
	for range 3 {
		update(t, d, func(tx *core.Tx) error {
			return tx.SeedOnce(func() error { calls++; return nil }, "x", "entry")
		})
	}
	failed := errors.New("failed")
	for range 2 {
		err := d.Update(context.Background(), core.Operator(), func(tx *core.Tx) error {
			return tx.SeedOnce(func() error { return failed }, "x", "other")
		})
		if !errors.Is(err, failed) {
			t.Error(err)
		}
	}
	if calls != 1 {
		t.Errorf("applied %d times", calls)
	}
}
