package scim

import (
	"context"
	"encoding/json"
	"strings"
	"testing"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

// What a viewer shows is what GET shows, and an importer makes the same of it again.
func TestViewerAndImporter(t *testing.T) {
	w := newWorld(t)
	w.want(201, `"ann"`, "POST", "/scim/v2/Users", `{"userName": "ann", "externalId": "x1", "active": false, "name": {"formatted": "Ann", "middleName": "M"},
		"emails": [{"value": "a@example.com"}, {"value": "b@example.com", "primary": true}], "title": "T"}`)
	w.want(201, `"all"`, "POST", "/scim/v2/Groups", `{"displayName": "all", "externalId": "x2", "members": [{"value": "admin-uid"}]}`)
	w.cfg.BaseURL = "http://example.com"
	view := w.View(Token{Name: "idp", Realm: core.MainRealm})
	for path, list := range map[string]func(*core.Tx, int64, int) ([]Shown, error){"/Users": view.Users, "/Groups": view.Groups} {
		var have []Shown
		if err := w.dir.View(context.Background(), func(tx *core.Tx) (err error) { have, err = list(tx, 0, 10); return err }); err != nil {
			t.Fatal(err)
		}
		var want struct{ Resources []json.RawMessage }
		if err := json.Unmarshal(w.ask("GET", "/scim/v2"+path, "").Body.Bytes(), &want); err != nil {
			t.Fatal(err)
		}
		for i, s := range have {
			if string(s.JSON) != string(want.Resources[i]) {
				t.Errorf("%s\nhave %s\nwant %s", path, s.JSON, want.Resources[i])
			}
		}
		if len(have) != len(want.Resources) {
			t.Errorf("%s: %d of %d", path, len(have), len(want.Resources))
		}
	}
}

// The extensions and the version of another server are kept, as far as they can be.
func TestImporterKeepsWhatItDoesNotKnow(t *testing.T) {
	v, err := wire.ParseJSON([]byte(`{"id": "7", "userName": "ann", "urn:example:User": {"badge": [1, {"a": "b"}]}, "password": "secret",
		"meta": {"version": "W/\"a330bc54f0671c9\"", "created": "2020-01-02T03:04:05Z", "lastModified": "2019-01-01T00:00:00Z"}}`), wire.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	u, err := NewImporter("idp").User(v)
	if err != nil {
		t.Fatal(err)
	}
	if text, _ := u.Attributes.Get("urn:example:User:badge"); text != `[1,{"a":"b"}]` {
		t.Errorf("attributes: %v", u.Attributes)
	}
	if !u.Enabled || u.UID != "7" || u.Revision != 1 || u.Password != "" || !u.UpdatedAt.Equal(u.CreatedAt) || u.CreatedAt.Year() != 2020 {
		t.Errorf("%+v", u)
	}
	v, err = wire.ParseJSON([]byte(`{"id": "g", "displayName": "G", "members": [{"value": "7"}, {"value": "h", "type": "Group"}]}`), wire.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	g, err := NewImporter("idp").Group(v)
	if err != nil || len(g.Members) != 1 || g.Nested != 1 || g.Group.Key != "g" {
		t.Errorf("%+v, %v", g, err)
	}
}

// A user whom an import brought is found by externalId and further addresses once the
// program has started.
func TestImportedUsersAreFound(t *testing.T) {
	w := newWorld(t)
	w.want(201, `"ann"`, "POST", "/scim/v2/Users", `{"userName": "ann", "externalId": "x1", "emails": [{"value": "a@example.com", "primary": true}, {"value": "b@example.com"}]}`)
	w.update(func(tx *core.Tx) error {
		u, err := tx.User(core.ByUsername(core.MainRealm, "ann"))
		if err != nil {
			return err
		}
		copied := u.Clone()
		copied.ID, copied.UID, copied.Username, copied.Email = 0, "copy", "copy", ""
		copied.Facets.Set(Name, []byte(strings.ReplaceAll(string(u.Facets.Get(Name).Text()), `"x1"`, `"x9"`)))
		if err := tx.ImportUser(copied); err != nil {
			return err
		}
		return tx.ProvisionAgain(core.MainRealm, copied.ID)
	})
	if err := w.dir.ProvisionExisting(context.Background()); err != nil {
		t.Fatal(err)
	}
	w.want(200, `"copy"`, "GET", "/scim/v2/Users?filter=externalId+eq+%22x9%22", "")
	w.want(200, `"totalResults":2`, "GET", "/scim/v2/Users?filter=emails+eq+%22b@example.com%22", "")
}
