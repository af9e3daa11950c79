package econtext

import (
	"context"
	"net/http"
	"net/http/httptest"
	"regexp"
	"testing"
	"time"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/dialecttest"
)

var elapsedTime = regexp.MustCompile(`"elapsed": [0-9.e-]+`)

// TestUserShownAgainFollowsEveryChange of what is shown of one.
func TestUserShownAgainFollowsEveryChange(t *testing.T) {
	for _, profile := range []Profile{ProfileDocumented, ProfileV2} {
		t.Run(string(profile), func(t *testing.T) {
			w := newWorld(t, profile)
			w.change("weak", func(u *core.User) { u.EnabledUntil = w.clock.Now().Add(time.Hour) })
			host := "one.example.com"
			ask := func(h http.Handler) string {
				r := httptest.NewRequest("GET", "http://"+host+"/api/users/user/weak-uid", nil)
				r.SetBasicAuth("admin", adminPassword)
				rec := httptest.NewRecorder()
				h.ServeHTTP(rec, r)
				return elapsedTime.ReplaceAllString(rec.Body.String(), "")
			}
			fresh := func() http.Handler { return New(Config{Directory: w.dir, Profile: profile}) }
			spare, staff := groupRef(kindApplication, "spare"), groupRef(kindGroup, "staff")
			changes := []dialecttest.Change{
				{Name: "a name", Do: func(testing.TB) { w.change("weak", func(u *core.User) { u.Name.Formatted = "Other" }) }},
				{Name: "an application", Do: w.joining(spare)},
				{Name: "a group", Do: w.joining(staff)},
				{Name: "an application's name", Do: w.renaming(spare)},
				{Name: "a group's name", Do: w.renaming(staff)},
				{Name: "a key", Do: func(testing.TB) { w.ask("POST", "/api/users/user/weak-uid/apikey", `{"name": "k"}`) }},
				{Name: "a key's name", Do: func(testing.TB) { w.renameKey("other") }},
				{Name: "the address of the gateway", Do: func(testing.TB) { host = "two.example.com" }},
				{Name: "the end of the user's time", Do: func(testing.TB) { w.clock.Advance(2 * time.Hour) }},
			}
			if profile == ProfileV2 {
				org := groupRef(kindOrganization, "org")
				w.update(func(tx *core.Tx) error {
					return tx.SaveGroup(&core.Group{Realm: core.MainRealm, Kind: kindOrganization, UID: "org", Key: "org", Name: "org", Body: emptyDocument.with()})
				})
				changes = append(changes, dialecttest.Change{Name: "an organization", Do: w.joining(org)},
					dialecttest.Change{Name: "an organization's name", Do: w.renaming(org)})
			}
			dialecttest.ShownAgain(t, fresh, ask, changes...)
		})
	}
}

func groupRef(kind, uid string) core.GroupRef {
	return core.GroupRef{Realm: core.MainRealm, Kind: kind, UID: uid}
}

// joining lets the user join what ref names.
func (w *world) joining(ref core.GroupRef) func(testing.TB) {
	return func(testing.TB) {
		w.update(func(tx *core.Tx) error {
			u, g, err := weakAnd(tx, ref)
			if err == nil {
				_, err = tx.Join(u, g)
			}
			return err
		})
	}
}

// renaming gives what ref names another name, at the same moment as before.
func (w *world) renaming(ref core.GroupRef) func(testing.TB) {
	return func(testing.TB) {
		w.update(func(tx *core.Tx) error {
			_, g, err := weakAnd(tx, ref)
			if err != nil {
				return err
			}
			g.Name += "2"
			return tx.SaveGroup(g)
		})
	}
}

func weakAnd(tx *core.Tx, ref core.GroupRef) (*core.User, *core.Group, error) {
	u, err := tx.User(core.ByUsername(core.MainRealm, "weak"))
	if err != nil {
		return nil, nil, err
	}
	g, err := tx.Group(ref)
	return u, g, err
}

// update changes the store behind the dialect's back.
func (w *world) update(do func(*core.Tx) error) {
	w.t.Helper()
	if err := w.dir.Update(context.Background(), core.Operator(), do); err != nil {
		w.t.Fatal(err)
	}
}

// renameKey gives every API key another name, as the owner would.
func (w *world) renameKey(name string) {
	w.t.Helper()
	var list struct {
		User struct{ APIKeys []struct{ ID string } }
	}
	w.result("GET", "/api/users/user/weak-uid", "", &list)
	for _, k := range list.User.APIKeys {
		w.ask("PUT", "/api/users/user/weak-uid/apikey/"+k.ID, `{"name": "`+name+`"}`)
	}
}
