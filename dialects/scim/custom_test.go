package scim

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

// What has no name or type in SCIM is shown as JSON text, and survives.
func TestCustomAttributes(t *testing.T) {
	w := newWorld(t)
	w.want(201, `"ann"`, "POST", "/scim/v2/Users", `{"userName": "ann"}`)
	var id string
	w.update(func(tx *core.Tx) error {
		u, err := tx.User(core.ByUsername(core.MainRealm, "ann"))
		if err != nil {
			return err
		}
		id = u.UID
		u.Attributes = core.Attributes{{Name: "level", Value: `"seven"`}, {Name: "home address", Value: `{"a": 1}`}, {Name: "Size", Value: "1.50"}, {Name: "size", Value: "2"}}
		return tx.SaveUser(u)
	})
	path := "/scim/v2/Users/" + id
	const other = `"other":[{"name":"level","json":"\"seven\""},{"name":"home address","json":"{\"a\": 1}"},{"name":"size","json":"2"}]`
	w.want(200, `"Size":1.50,`+other, "GET", path, "")
	w.want(200, `"Size":3,`+other, "PUT", path, `{"userName": "ann", "`+urnCustom+`": {"SIZE": 3, "other": []}}`)
	w.want(400, "mutability", "PATCH", path, `{"Operations": [{"op": "remove", "path": "`+urnCustom+`:other"}]}`)
}

// update changes the store behind the dialect's back.
func (w *world) update(do func(*core.Tx) error) {
	w.t.Helper()
	if err := w.dir.Update(context.Background(), core.Operator(), do); err != nil {
		w.t.Fatal(err)
	}
}

// A date of another dialect that has passed is ended by enabling the user.
func TestEnablingEndsAPassedDate(t *testing.T) {
	w := newWorld(t)
	w.update(func(tx *core.Tx) error {
		u, err := tx.User(core.ByUID(core.MainRealm, "admin-uid"))
		if err != nil {
			return err
		}
		u.EnabledUntil = tx.Now().Add(-time.Hour)
		return tx.SaveUser(u)
	})
	const path = "/scim/v2/Users/admin-uid"
	w.want(200, `"active":false`, "GET", path, "")
	w.want(200, `"totalResults":1`, "GET", "/scim/v2/Users?filter=active+eq+false", "")
	w.want(200, `"active":true`, "PATCH", path, `{"Operations": [{"op": "replace", "value": {"active": true}}]}`)
}

func TestFilterThatLooksAtTooManyUsers(t *testing.T) {
	w := newWorld(t)
	w.cfg.MaxScan = 1
	w.want(201, `"ann"`, "POST", "/scim/v2/Users", `{"userName": "ann"}`)
	w.want(400, `"tooMany"`, "GET", "/scim/v2/Users?filter=title+pr", "")
	w.want(200, `"totalResults":1`, "GET", "/scim/v2/Users?filter=userName+eq+ann+and+not+(title+pr)", "")
}

// Two thousand members in one request, each in an operation of its own.
func TestLargeGroup(t *testing.T) {
	w := newWorld(t)
	w.cfg.MaxBody = 4 << 20
	const members = 2000
	w.update(func(tx *core.Tx) error {
		for i := range members {
			u := &core.User{Realm: core.MainRealm, UID: fmt.Sprint("u", i), Username: fmt.Sprint("user", i), Enabled: true}
			if err := tx.AddUser(u); err != nil {
				return err
			}
		}
		return nil
	})
	w.want(201, `"members":[]`, "POST", "/scim/v2/Groups", `{"displayName": "all"}`)
	var id string
	w.update(func(tx *core.Tx) error {
		g, err := tx.Group(core.GroupRef{Realm: core.MainRealm, Kind: kindGroup, Key: "all"})
		id = g.UID
		return err
	})
	ops := make([]string, members)
	for i := range ops {
		ops[i] = fmt.Sprintf(`{"op":"add","path":"members","value":[{"value":"u%d"}]}`, i)
	}
	w.want(204, "", "PATCH", "/scim/v2/Groups/"+id, `{"Operations":[`+strings.Join(ops, ",")+`]}`)
	w.want(200, `"value":"u1999"`, "GET", "/scim/v2/Groups/"+id, "")
	w.want(200, `"totalResults":1`, "GET", "/scim/v2/Groups?filter=members+eq+%22u7%22+and+id+eq+%22"+id+"%22&excludedAttributes=members", "")
}

// What is not shown by its name is replaced by name too, and what is not sent goes only
// if it was shown.
func TestCustomAttributesAreReplacedByName(t *testing.T) {
	value := func(text string) wire.Value {
		v, err := wire.ParseJSON([]byte(text), wire.Limits{})
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	u := &core.User{Attributes: core.Attributes{{Name: "Team", Value: `"a"`}, {Name: "level", Value: `"high"`}, {Name: "gone", Value: "1"}, {Name: "hidden", Value: "{}"}, {Name: "same", Value: "1.0"}}}
	applyCustom(u, value(`{"Team": "a", "gone": 1, "same": 1.0}`), value(`{"same": 1.0, "team": "b", "new": 2, "level": 3, "other": 4}`))
	if got := fmt.Sprint(u.Attributes); got != `[{Team "b"} {level 3} {hidden {}} {same 1.0} {new 2}]` {
		t.Errorf("got %s", got)
	}
}
