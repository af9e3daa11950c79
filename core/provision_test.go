package core_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/core/coretest"
)

// keyed gives each user of its realms a handle, a facet and a record.
type keyed struct {
	calls int
	fail  error
}

func (p *keyed) Name() string { return "x" }

func (p *keyed) Provision(tx *core.Tx, u *core.User) error {
	p.calls++
	if p.fail != nil || u.Handle("x.key") != "" || u.Realm == "unserved" {
		return p.fail
	}
	u.SetHandle("x.key", fmt.Sprint("key ", u.ID))
	u.Facets.Set("x", []byte("{}"))
	return tx.SaveRecord(&core.Record{Realm: u.Realm, Kind: "x.profile", Key: fmt.Sprint(u.ID), Owner: u.ID})
}

// provisioned reports whether the store has all that keyed gives.
func provisioned(t *testing.T, d *core.Directory, realm core.Realm, id int64) bool {
	t.Helper()
	u := read(t, d, core.ByID(realm, id))
	err := d.View(context.Background(), func(tx *core.Tx) error {
		_, err := tx.Record(core.RecordRef{Realm: realm, Kind: "x.profile", Key: fmt.Sprint(id)})
		if err == nil {
			_, err = tx.UserIncludingDeleted(core.ByHandle(realm, "x.key", fmt.Sprint("key ", id)))
		}
		return err
	})
	if err != nil && !errors.Is(err, core.ErrNotFound) {
		t.Fatal(err)
	}
	return err == nil && u.Facets.Get("x") != nil
}

func TestANewUserIsProvisioned(t *testing.T) {
	d, _ := directory(t)
	d.AddProvisioner(&keyed{})
	u := add(t, d, coretest.User("ann"))
	if !provisioned(t, d, u.Realm, u.ID) {
		t.Errorf("the store has %+v", read(t, d, core.ByID(u.Realm, u.ID)))
	}
	if !u.UpdatedAt.Equal(u.CreatedAt) {
		t.Errorf("created at %v, updated at %v", u.CreatedAt, u.UpdatedAt)
	}
	plain := coretest.User("ann")
	plain.Realm = "unserved"
	if add(t, d, plain); plain.Revision != 1 {
		t.Errorf("a user that was given nothing is stored %d times", plain.Revision)
	}
}

func TestAFailedProvisionerCreatesNobody(t *testing.T) {
	d, _ := directory(t)
	p := &keyed{fail: errors.New("no key")}
	d.AddProvisioner(p)
	err := d.Update(context.Background(), core.Operator(), func(tx *core.Tx) error { return tx.AddUser(coretest.User("ann")) })
	if n := count(t, d); !errors.Is(err, p.fail) || n != 0 {
		t.Errorf("%v, and %d users", err, n)
	}
}

// addMany creates users in one transaction.
func addMany(t *testing.T, d *core.Directory, realm core.Realm, n int) {
	t.Helper()
	update(t, d, func(tx *core.Tx) error {
		for range n {
			u := coretest.User(d.NewUID())
			u.Realm, u.DeletedAt = realm, tx.Now()
			if err := tx.AddUser(u); err != nil {
				return err
			}
		}
		return nil
	})
}

func TestExistingUsersAreProvisionedOnce(t *testing.T) {
	d, _ := directory(t)
	const many = 1203 // more than two batches
	addMany(t, d, core.MainRealm, many)
	addMany(t, d, "elsewhere", 1)
	p := &keyed{}
	d.AddProvisioner(p)
	for _, step := range []struct{ add, calls int }{{0, many + 1}, {0, 0}, {2, 4}} {
		p.calls = 0
		addMany(t, d, core.MainRealm, step.add)
		if err := d.ProvisionExisting(context.Background()); err != nil {
			t.Fatal(err)
		}
		if p.calls != step.calls {
			t.Errorf("after %d more users it ran for %d, want %d", step.add, p.calls, step.calls)
		}
	}
	for id := range int64(many + 2) {
		if !provisioned(t, d, core.MainRealm, id+1) {
			t.Fatalf("user %d was left out", id+1)
		}
	}
	if !provisioned(t, d, "elsewhere", 1) {
		t.Error("the other realm was left out")
	}
}

// lateKeyed is another provisioner.
type lateKeyed struct{ keyed }

func (p *lateKeyed) Name() string { return "y" }

// TestEachProvisionerSeesTheUsersThatItHasNotSeen has a store whose users one of two
// provisioners knows, and checks that they look at new users together.
func TestEachProvisionerSeesTheUsersThatItHasNotSeen(t *testing.T) {
	d, _ := directory(t)
	addMany(t, d, core.MainRealm, 700)
	first, late := &keyed{}, &lateKeyed{}
	d.AddProvisioner(first)
	if err := d.ProvisionExisting(t.Context()); err != nil {
		t.Fatal(err)
	}
	update(t, d, func(tx *core.Tx) error { return tx.ProvisionAgain(core.MainRealm, 650) })
	first.calls = 0
	d.AddProvisioner(late)
	for _, want := range [][2]int{{51, 700}, {51, 700}} {
		if err := d.ProvisionExisting(t.Context()); err != nil {
			t.Fatal(err)
		}
		if first.calls != want[0] || late.calls != want[1] {
			t.Errorf("they ran for %d and %d users, want %d and %d", first.calls, late.calls, want[0], want[1])
		}
	}
}

func TestARealmIsProvisionedInOneTransaction(t *testing.T) {
	d, clock := directory(t)
	addMany(t, d, core.MainRealm, 501)
	d.AddProvisioner(&keyed{})
	clock.Advance(time.Hour)
	update(t, d, func(tx *core.Tx) error { return tx.ProvisionRealm(core.MainRealm) })
	if !provisioned(t, d, core.MainRealm, 1) || !provisioned(t, d, core.MainRealm, 501) {
		t.Error("a user was left out")
	}
	if u := read(t, d, core.ByID(core.MainRealm, 1)); !u.UpdatedAt.Equal(coretest.Start) {
		t.Errorf("provisioning shows as an update at %v", u.UpdatedAt)
	}
}
