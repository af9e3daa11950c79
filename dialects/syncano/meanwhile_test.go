package syncano_test

import (
	"testing"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/core/coretest"
	"github.com/dragoman-gateway/dragoman/dialects/dialecttest"
)

// A request that passed the checks meets another state when it changes the store.
func TestWritesMeetWhatChangedMeanwhile(t *testing.T) {
	const (
		class   = "/v1.1/instances/main/classes/book/"
		objects = class + "objects/"
		number  = `{"name": "book", "schema": [{"name": "title", "type": "integer"}]}`
	)
	for name, c := range map[string]struct {
		meanwhile func(*world)
		method    string
		path      string
		body      string
		status    int
		answer    string
		byUser    bool // sent with the user's key rather than the owner's
	}{
		"an object of a deleted class": {
			func(w *world) { w.must(ownerKey, "DELETE", class, "") },
			"POST", objects, `{"title": "x"}`, 404, `{"detail":"Class was not found."}`, false,
		},
		"an object of a class that was made again": {
			func(w *world) {
				w.must(ownerKey, "DELETE", class, "")
				w.must(ownerKey, "POST", "/v1.1/instances/main/classes/", number)
			},
			"POST", objects, `{"title": "x"}`, 404, `{"detail":"Class was not found."}`, false,
		},
		"an object of a changed class": {
			func(w *world) { w.must(ownerKey, "PUT", class, number) },
			"PATCH", objects + "2/", `{"title": "x"}`, 503, `{"detail":"Service is busy. Try again later."}`, false,
		},
		"an object that the user may no longer change": {
			func(w *world) { w.must(ownerKey, "PATCH", objects+"2/", `{"other_permissions": "none"}`) },
			"PATCH", objects + "2/", `{"title": "y"}`, 404, `{"detail":"Not found"}`, true,
		},
		"an object that the user may no longer delete": {
			func(w *world) { w.must(ownerKey, "PATCH", objects+"2/", `{"other_permissions": "read"}`) },
			"DELETE", objects + "2/", "", 403, `{"detail":"You do not have permission to perform this action."}`, true,
		},
		"rights that the user may no longer give": {
			func(w *world) { w.must(ownerKey, "PATCH", objects+"2/", `{"other_permissions": "write"}`) },
			"PATCH", objects + "2/", `{"other_permissions": "full"}`, 403, `{"detail":"You do not have permission to perform this action."}`, true,
		},
		"an object of a class in which the user may no longer create": {
			func(w *world) { w.must(ownerKey, "PATCH", class, `{"other_permissions": "read"}`) },
			"POST", objects, `{"title": "y"}`, 403, `{"detail":"You do not have permission to perform this action."}`, true,
		},
		"a group that was deleted": {
			func(w *world) { w.must(ownerKey, "DELETE", "/v1.1/instances/main/groups/1/", "") },
			"PUT", "/v1.1/instances/main/groups/1/", `{"label": "x"}`, 404, `{"detail":"Not found"}`, false,
		},
		"a member of a group that was deleted": {
			func(w *world) { w.must(ownerKey, "DELETE", "/v1.1/instances/main/groups/1/", "") },
			"POST", "/v1.1/instances/main/groups/1/users/", `{"user": 1}`, 404, `{"detail":"Group was not found."}`, false,
		},
		"a group of a user who was deleted": {
			func(w *world) { w.must(ownerKey, "DELETE", "/v1.1/instances/main/users/1/", "") },
			"POST", "/v1.1/instances/main/users/1/groups/", `{"group": 1}`, 404, `{"detail":"User was not found."}`, false,
		},
	} {
		t.Run(name, func(t *testing.T) {
			store := &coretest.Interrupted{Store: dialecttest.SQLite().Open(t)}
			w := newWorldOn(t, store, nil)
			user := w.must(ownerKey, "POST", users, `{"username": "geralt", "password": "x"}`)
			w.must(ownerKey, "POST", "/v1.1/instances/main/groups/", `{"label": "witchers"}`)
			w.must(ownerKey, "POST", "/v1.1/instances/main/classes/", `{"name": "book", "schema": [{"name": "title", "type": "string"}]}`)
			w.must(ownerKey, "POST", objects, `{"title": "x", "other_permissions": "full"}`)
			store.Before = func() { c.meanwhile(w) }
			key, path := ownerKey, c.path
			if c.byUser {
				key, path = "", c.path+"?api_key="+plainKey+"&user_key="+user["user_key"].(string)
			}
			w.refused(key, c.method, path, c.body, c.status, c.answer)
			w.update(func(tx *core.Tx) error {
				rows, err := tx.Records(core.RecordQuery{Realm: core.MainRealm, Kind: "syncano.object/book"})
				for _, r := range rows {
					if r.ID != 2 {
						t.Errorf("there is the object %d", r.ID)
					}
				}
				return err
			})
		})
	}
}
