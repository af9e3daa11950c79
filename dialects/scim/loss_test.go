package scim

import (
	"strings"
	"testing"

	"github.com/dragoman-gateway/dragoman/core"
)

// lossHash is a hash of no password.
const lossHash = "$2a$04$abcdefghijklmnopqrstuuN2JKqPMhdoGUpRDPpYbPMEQH6gaMyIS"

// vendorUser stores a user with all that the other dialects keep and SCIM cannot carry.
func (w *world) vendorUser() {
	w.update(func(tx *core.Tx) error {
		u := &core.User{
			Realm: core.MainRealm, UID: "vendor", Username: "ann", Enabled: true, Password: lossHash,
			Handles: []core.Handle{{Kind: "onapp.api_key", Value: "secret-key"}},
			Facets:  core.Facets{{Dialect: "econtext", Doc: core.NewDocument([]byte(`{"status": "UNVERIFIED"}`))}, {Dialect: "onapp", Doc: core.NewDocument([]byte(`{"locked":1}`))}},
		}
		if err := tx.AddUser(u); err != nil {
			return err
		}
		return tx.SaveRecord(&core.Record{Realm: u.Realm, Kind: "syncano.object/thing", Key: "o", Owner: u.ID, Body: core.NewDocument([]byte(`{"private":"object"}`))})
	})
}

// inStore reads the user whom vendorUser stored.
func (w *world) inStore(check func(*core.Tx, *core.User)) {
	w.update(func(tx *core.Tx) error {
		u, err := tx.UserIncludingDeleted(core.ByUID(core.MainRealm, "vendor"))
		if err == nil {
			check(tx, u)
		}
		return err
	})
}

// What SCIM cannot carry is not shown, and survives its writes.
func TestWhatSCIMCannotCarryStays(t *testing.T) {
	const path = "/scim/v2/Users/vendor"
	losses := map[string]struct {
		hidden string // is in no answer
		stays  func(*core.Tx, *core.User) bool
	}{
		"password hashes": {lossHash, func(_ *core.Tx, u *core.User) bool { return u.Password == lossHash }},
		"keys":            {"secret-key", func(_ *core.Tx, u *core.User) bool { return u.Handle("onapp.api_key") == "secret-key" }},
		"status": {"UNVERIFIED", func(_ *core.Tx, u *core.User) bool {
			return string(u.Facets.Get("econtext").Text()) == `{"status": "UNVERIFIED"}`
		}},
		"lock": {"locked", func(_ *core.Tx, u *core.User) bool { return string(u.Facets.Get("onapp").Text()) == `{"locked":1}` }},
		"objects": {"private", func(tx *core.Tx, u *core.User) bool {
			r, err := tx.Records(core.RecordQuery{Realm: u.Realm, Kind: "syncano.object/thing"})
			return err == nil && len(r) == 1 && r[0].Owner == u.ID
		}},
	}
	for name, loss := range losses {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.vendorUser()
			for _, ask := range [][3]string{
				{"GET", path, ""}, {"GET", "/scim/v2/Users", ""}, {"PUT", path, `{"userName": "ann", "title": "T"}`},
				{"PATCH", path, `{"Operations": [{"op": "replace", "value": {"active": true, "title": "U"}}]}`},
			} {
				rec := w.ask(ask[0], ask[1], ask[2])
				if rec.Code != 200 || strings.Contains(rec.Body.String(), loss.hidden) {
					t.Errorf("%s: %d %s", ask[0], rec.Code, rec.Body)
				}
			}
			w.inStore(func(tx *core.Tx, u *core.User) {
				if !loss.stays(tx, u) {
					t.Errorf("it is lost: %+v", u)
				}
			})
		})
	}
}

// A user whom OnApp marked as deleted is not shown; the name stays taken.
func TestUsersMarkedAsDeletedAreNotShown(t *testing.T) {
	w := newWorld(t)
	w.vendorUser()
	w.update(func(tx *core.Tx) error {
		u, err := tx.User(core.ByUID(core.MainRealm, "vendor"))
		if err == nil {
			u.DeletedAt = tx.Now()
			err = tx.SaveUser(u)
		}
		return err
	})
	w.want(404, textNotFound, "GET", "/scim/v2/Users/vendor", "")
	w.want(200, `"totalResults":0`, "GET", "/scim/v2/Users?filter=userName+eq+%22ann%22", "")
	w.want(409, "uniqueness", "POST", "/scim/v2/Users", `{"userName": "Ann"}`)
}

// Roles, entitlements and groups of SCIM are words: no right follows from them.
func TestRolesOfSCIMConferNothing(t *testing.T) {
	w := newWorld(t)
	w.vendorUser()
	w.want(200, `"roles"`, "PUT", "/scim/v2/Users/vendor", `{"userName": "ann", "roles": [{"value": "administrator"}], "entitlements": [{"value": "everything"}]}`)
	w.want(201, "", "POST", "/scim/v2/Groups", `{"displayName": "administrators", "members": [{"value": "vendor"}]}`)
	w.inStore(func(tx *core.Tx, u *core.User) {
		if a, err := tx.Authority(u); err != nil || !a.Empty() {
			t.Errorf("%v, %v", a, err)
		}
	})
}

// No limit is set by default: Entra ID asks an application to bear 25 requests a second. A
// token that has ended gets 401.
func TestEntraIDIsNotSlowedDown(t *testing.T) {
	w := newWorld(t)
	for range 100 {
		w.want(200, `"totalResults":0`, "GET", "/scim/v2/Users?filter=externalId+eq+%22e1%22", "")
	}
	w.update(func(tx *core.Tx) error { _, err := RevokeToken(tx, Digest(token)[:idLength]); return err })
	rec := w.ask("GET", "/scim/v2/Users", "")
	if rec.Code != 401 || rec.Header().Get("WWW-Authenticate") != `Bearer realm="scim", error="invalid_token"` {
		t.Errorf("%d %s", rec.Code, rec.Header())
	}
}
