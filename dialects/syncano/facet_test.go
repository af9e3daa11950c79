package syncano_test

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/core/coretest"
	"github.com/dragoman-gateway/dragoman/dialects/syncano"
)

// TestUserShowsWhatTheProfileSays: a user and the URL of the profile show
// the same after every write.
func TestUserShowsWhatTheProfileSays(t *testing.T) {
	w := newWorld(t, nil)
	w.must(ownerKey, "PATCH", main+"classes/user_profile/", `{"schema": [{"name": "age", "type": "integer"}]}`)
	w.must(ownerKey, "POST", main+"groups/", `{}`)
	w.must(ownerKey, "POST", users, `{"username": "ann", "password": "x", "profile": {"age": 1, "channel_room": "r"}}`)
	w.born(coretest.User("bea"))
	w.must(ownerKey, "GET", users, "")
	const object = main + "classes/user_profile/objects/1/"
	for _, write := range []struct{ method, path, body string }{
		{"PATCH", users + "1/", `{"profile": {"group_permissions": "read"}}`},
		{"PATCH", users + "1/", `{"profile": {"age": 2}}`},
		{"PUT", users + "1/", `{"username": "ann", "password": "x", "profile": {"age": 3}}`},
		{"PATCH", object, `{"other_permissions": "read"}`},
		{"PATCH", object, `{"age": {"_increment": 1}, "group": 1}`},
		{"POST", object, `{}`},
		{"DELETE", main + "groups/1/", ``},
		{"POST", users + "1/reset_key/", `{}`},
		{"PATCH", "/v2/instances/main/users/1/", `{"age": 9, "acl": {"*": ["read"]}}`},
		{"PATCH", main + "classes/user_profile/", `{"schema": []}`},
	} {
		w.must(ownerKey, write.method, write.path, write.body)
		var user struct{ Profile json.RawMessage }
		if err := json.Unmarshal(w.do(ownerKey, "GET", users+"1/", "").Body.Bytes(), &user); err != nil {
			t.Fatal(err)
		}
		if own := w.do(ownerKey, "GET", object, "").Body.String(); own != string(user.Profile) {
			t.Errorf("after %s %s %s\nthe user shows %s\nthe object is  %s", write.method, write.path, write.body, user.Profile, own)
		}
	}
}

// TestProfilesOfADeletedInstanceAreNotShown: the people of a shared realm get
// new profiles when an instance speaks for it again.
func TestProfilesOfADeletedInstanceAreNotShown(t *testing.T) {
	w := newWorld(t, nil)
	w.must(ownerKey, "POST", users, `{"username": "ann", "password": "x", "profile": {"other_permissions": "read"}}`)
	w.must(ownerKey, "DELETE", "/v1.1/instances/main/", "")
	again := syncano.Seed{Instances: []syncano.SeedInstance{{Name: "main", Owner: "full@example.com"}}}
	if err := w.d.Seed(t.Context(), again); err != nil {
		t.Fatal(err)
	}
	profile := w.must(fullRoleKey, "GET", users+"1/", "")["profile"].(map[string]any)
	if profile["id"] != 2.0 || profile["other_permissions"] != "none" {
		t.Errorf("the old profile is still shown: %v", profile)
	}
	w.must(fullRoleKey, "GET", main+"classes/user_profile/objects/2/", "")
}

// TestOtherDialectsCarryTheProfileThrough: a foreign save must not cost the profile.
func TestOtherDialectsCarryTheProfileThrough(t *testing.T) {
	w := newWorld(t, nil)
	w.must(ownerKey, "POST", users, `{"username": "ann", "password": "x", "profile": {"other_permissions": "read"}}`)
	before := w.do(ownerKey, "GET", users+"1/", "").Body.String()
	w.change(1, func(u *core.User) { u.Email = "ann@example.com" })
	if after := w.do(ownerKey, "GET", users+"1/", "").Body.String(); after != before {
		t.Errorf("the user became %s", after)
	}
}

// TestAUserIsProvisionedWhereItIsCreated: no read has to give a user its key and
// profile, whichever dialect created it.
func TestAUserIsProvisionedWhereItIsCreated(t *testing.T) {
	w := newWorld(t, nil)
	u := w.born(coretest.User("ann"))
	stored := w.user(u.ID)
	if len(stored.Handle("syncano.user_key")) != 40 || stored.Facets.Get("syncano") == nil {
		t.Fatalf("the new user has the key %q and the facet %s", stored.Handle("syncano.user_key"), stored.Facets.Get("syncano").Text())
	}
	for _, path := range []string{users + "1/", users, main + "classes/user_profile/objects/", "/v2/instances/main/users/"} {
		w.must(ownerKey, "GET", path, "")
	}
	if after := w.user(u.ID); after.Revision != stored.Revision {
		t.Errorf("reading saved the user: revision %d became %d", stored.Revision, after.Revision)
	}
}

// TestProfileOfAnExistingStoreStaysTheSame: earlier versions stored a profile in
// the record that now only reserves its id. Such a user, who may lack the facet,
// is shown with the same profile after the users of the store are provisioned.
func TestProfileOfAnExistingStoreStaysTheSame(t *testing.T) {
	w := newWorld(t, nil)
	w.must(ownerKey, "PATCH", main+"classes/user_profile/", `{"schema": [{"name": "age", "type": "integer"}]}`)
	w.must(ownerKey, "POST", main+"groups/", `{}`)
	w.must(ownerKey, "POST", users, `{"username": "ann", "password": "x", "profile": {"age": 1}}`)
	w.clock.Advance(time.Hour)
	w.must(ownerKey, "PATCH", users+"1/", `{"profile": {"age": 2, "group": 1, "channel_room": "r", "owner_permissions": "write",
		"group_permissions": "read", "other_permissions": "full"}}`)
	w.must(ownerKey, "PATCH", "/v2/instances/main/users/1/", `{"acl": {"*": ["read"]}}`)
	paths := []string{users + "1/", main + "classes/user_profile/objects/1/", "/v2/instances/main/users/1/"}
	before := map[string]string{}
	for _, path := range paths {
		before[path] = w.do(ownerKey, "GET", path, "").Body.String()
	}
	w.storeProfileInRecord(1, `{"revision":2,"owner_permissions":2,"group":1,"group_permissions":1,"other_permissions":3,`+
		`"channel_room":"r","acl":{"*":["read"]}}`)
	if err := w.dir.ProvisionExisting(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, path := range paths {
		if after := w.do(ownerKey, "GET", path, "").Body.String(); after != before[path] {
			t.Errorf("%s\nshows  %s\nbefore %s", path, after, before[path])
		}
	}
}

// storeProfileInRecord gives the user the stored form of earlier versions: a
// record with the profile, and no facet.
func (w *world) storeProfileInRecord(id int64, body string) {
	w.t.Helper()
	w.update(func(tx *core.Tx) error {
		u, err := tx.User(core.ByID(core.MainRealm, id))
		if err != nil {
			return err
		}
		var facet struct {
			UpdatedAt time.Time `json:"updated_at"`
		}
		if err := json.Unmarshal(u.Facets.Get(syncano.Name).Text(), &facet); err != nil {
			return err
		}
		u.Facets = nil
		if err := tx.SaveUserKeepingUpdatedAt(u); err != nil {
			return err
		}
		row, err := tx.Record(core.RecordRef{Realm: core.MainRealm, Kind: "syncano.object/user_profile", Key: fmt.Sprintf("user %d", id)})
		if err != nil {
			return err
		}
		row.Body, row.UpdatedAt = core.NewDocument([]byte(body)), facet.UpdatedAt
		return tx.SaveRecordKeepingUpdatedAt(row)
	})
}
