package syncano_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/core/coretest"
	"github.com/dragoman-gateway/dragoman/dialects/syncano"
)

// populate adds more users to the realm than one transaction of a removal takes.
func (w *world) populate(realm core.Realm) {
	w.update(func(tx *core.Tx) error {
		for i := range 300 {
			u := coretest.User(fmt.Sprintf("more%d", i))
			u.Realm = realm
			if err := tx.AddUser(u); err != nil {
				return err
			}
		}
		return nil
	})
}

func (w *world) population(realm core.Realm) (n int) {
	w.t.Helper()
	err := w.dir.View(context.Background(), func(tx *core.Tx) (err error) {
		n, err = tx.CountUsers(core.UserQuery{Realm: realm, Deleted: true})
		return err
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return n
}

func TestALargeInstanceIsRemovedWithItsUsers(t *testing.T) {
	w := newWorld(t, nil)
	w.populate("other")
	w.must(strangerKey, "DELETE", "/v1.1/instances/other/", "")
	w.refused(strangerKey, "GET", "/v1.1/instances/other/users/", "", 404, `{"detail":"Instance was not found."}`)
	if n := w.population("other"); n != 0 {
		t.Errorf("%d users are left", n)
	}
	w.must(strangerKey, "POST", "/v1.1/instances/", `{"name": "other"}`)
	if list := w.must(strangerKey, "GET", "/v1.1/instances/other/users/", ""); len(list["objects"].([]any)) != 0 {
		t.Errorf("the new instance shows the old one's users: %v", list)
	}
}

// The process may be stopped while it removes a realm that the seed names again.
func TestAnInterruptedRemovalIsNotInherited(t *testing.T) {
	w := newWorld(t, nil)
	w.must(strangerKey, "DELETE", "/v1.1/instances/other/", "")
	w.populate("other")
	w.update(func(tx *core.Tx) error { return core.BeginRemoval(tx, "other") })
	err := w.d.Seed(context.Background(), syncano.Seed{Instances: []syncano.SeedInstance{{Name: "other", Owner: "owner@example.com"}}})
	if err != nil {
		t.Fatal(err)
	}
	w.must(ownerKey, "POST", "/v1.1/instances/other/users/", `{"username": "ann", "password": "x"}`)
	if err := core.FinishRemovals(context.Background(), w.dir); err != nil {
		t.Fatal(err)
	}
	if list := w.must(ownerKey, "GET", "/v1.1/instances/other/users/", ""); len(list["objects"].([]any)) != 1 {
		t.Errorf("the new instance shows %v", list)
	}
}
