package econtext

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"testing"
	"time"

	"github.com/labstack/echo/v4"
	"golang.org/x/crypto/bcrypt"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/core/coretest"
	"github.com/dragoman-gateway/dragoman/dialects"
	"github.com/dragoman-gateway/dragoman/dialects/dialecttest"
)

const (
	adminPassword = "changeme1"
	carolPassword = "correct-horse"
	bodyLimit     = 64 << 10
)

func TestDocumentedProfile(t *testing.T) { dialecttest.Run(t, spec(ProfileDocumented)) }

func newDialect(dir *core.Directory, profile Profile) *Dialect {
	return New(Config{
		Directory: dir, BaseURL: "https://auth.econtext.ai/", Profile: profile,
		MaxBody: bodyLimit, SecretCost: bcrypt.MinCost, StoreName: "sqlite",
	})
}

// spec is what both profiles have in common.
func spec(profile Profile) dialecttest.Spec {
	return dialecttest.Spec{
		Name:  Name,
		Setup: setup,
		New:   func(dir *core.Directory) dialects.Dialect { return newDialect(dir, profile) },
		Form:  form,
		Words: words,

		Create: "# let id = json:econtext.result.user.id\nPOST /api/users/user\n{auth}\n\n" +
			`{"email": "carol@example.com", "username": "carol", "name": "Carol", "password": "` + carolPassword +
			`", "applications": ["{base}"]}`,
		Show:   "GET /api/users/user/{id}\n{auth}",
		List:   "GET /api/users\n{auth}",
		Update: "PUT /api/users/user/{id}\n{auth}\n\n" + `{"name": "Caro", "password": "` + carolPassword + `2", "status": "ENABLED"}`,
		Delete: "PUT /api/users/user/{id}\n{auth}\n\n{\"status\": \"DISABLED\"}\n====\n" +
			"DELETE /api/users/user/{id}\n{auth}",
		Username: "carol",

		BodyLimit: bodyLimit,
		Refused: []dialecttest.Case{
			{Name: dialecttest.UnknownPath, Request: "GET /api/nothing\n{auth}", Status: 404},
			{Name: dialecttest.WrongMethod, Request: "PATCH /api/users\n{auth}", Status: 405},
			{Name: dialecttest.BrokenBody, Request: "POST /api/users/user\n{auth}\n\n{\"email\":", Status: 500},
			{Name: dialecttest.BigBody, Request: "POST /api/users/user\n{auth}\n\n" + `{"email": "{big}"}`, Status: 413},
			{Name: dialecttest.DeepBody, Request: "POST /api/users/user\n{auth}\n\n" + `{"email": {deep}}`, Status: 413},
			{Name: "unknown id", Request: "GET /api/users/user/nobody\n{auth}", Status: 400},
		},
		Credentials: []dialecttest.Credential{
			{AccessLevel: dialecttest.None, Status: 401},
			{AccessLevel: dialecttest.Wrong, Name: "nobody", Auth: "Authorization: " + dialecttest.Basic("nobody", adminPassword), Status: 401},
			{AccessLevel: dialecttest.Wrong, Name: "wrong password", Auth: "Authorization: " + dialecttest.Basic("admin", "changeme2"), Status: 401},
			{AccessLevel: dialecttest.Wrong, Name: "malformed", Auth: "Authorization: Basic a b", Status: 401},
			{AccessLevel: dialecttest.Weak, Name: "no member", Auth: "{weak}", Status: 401},
			{AccessLevel: dialecttest.Weak, Name: "disabled", Auth: "{disabled}", Status: 401},
			{AccessLevel: dialecttest.OtherRealm, Auth: "{eve}", Status: 401},
			{AccessLevel: dialecttest.Right, Auth: "{auth}", Status: 200},
			{AccessLevel: dialecttest.Right, Name: "by address", Auth: "{byaddress}", Status: 200},
		},
		Revocations: []dialecttest.Revocation{
			{Name: "removed", Revoke: dialecttest.ChangingUser(core.ByUsername(core.MainRealm, "admin"), dialecttest.RemoveUser), Status: 401},
			{Name: "disabled", Revoke: dialecttest.ChangingUser(core.ByUsername(core.MainRealm, "admin"), dialecttest.Disable), Status: 401},
			{Name: "password changed", Revoke: dialecttest.ChangingUser(core.ByUsername(core.MainRealm, "admin"), dialecttest.ForgetPassword), Status: 401},
			{Name: "the same password set", Revoke: dialecttest.SettingPassword(core.ByUsername(core.MainRealm, "admin"), adminPassword)},
			{Name: "no member any more", Revoke: dialecttest.Asking("POST /api/users/user/admin-uid/application/spare\n{auth}\n====\n" +
				"DELETE /api/users/user/admin-uid/application/{base}\n{auth}"), Status: 401},
		},
		Takeovers: takeovers(),
		Harmless:  harmless(),
		Caller:    "admin",
		ID:        func(u *core.User) string { return u.UID },
		Cannot:    map[string]string{"grant": "there is one right, which every caller holds"},
		Presence:  presence(),
		Sealed:    SecretKinds(),
		Secrets:   []string{carolPassword, adminPassword},
	}
}

// takeovers are changes of the created user's login data.
func takeovers() []dialecttest.Case {
	put := func(name, body string) dialecttest.Case {
		return dialecttest.Case{Name: name, Request: dialecttest.Script("PUT /api/users/user/{id}\n{auth}\n\n" + body), Status: 403}
	}
	const (
		spare = "POST /api/users/user/{id}/application/spare\n{auth}"
		leave = "DELETE /api/users/user/{id}/application/{base}\n{auth}"
		key   = "# let apikey = json:econtext.result.apikey.id\nPOST /api/users/user/{id}/apikey\n{auth}\n\n" + `{"name": "own"}`
	)
	return []dialecttest.Case{
		put(dialecttest.TakePassword, `{"password": "another-horse"}`),
		put(dialecttest.TakeName, `{"email": "mine@example.com"}`),
		{Name: dialecttest.TakeKey, Request: "POST /api/users/user/{id}/apikey\n{auth}\n\n" + `{"name": "mine"}`, Status: 403},
		put(dialecttest.TakeStatus, `{"status": "DISABLED"}`),
		{Name: dialecttest.Remove, Request: "PUT /api/users/user/{id}\n{auth}\n\n{\"status\": \"DISABLED\"}\n====\n" +
			"DELETE /api/users/user/{id}\n{auth}", Status: 403},
		{Name: "right to call", Prepare: spare + "\n====\n" + leave, Request: "POST /api/users/user/{id}/application/{base}\n{auth}", Status: 403},
		{Name: "right to call, taken away", Prepare: spare, Request: leave, Status: 403},
		{Name: "API key changed", Prepare: key, Request: "PUT /api/users/user/{id}/apikey/{apikey}\n{auth}\n\n" + `{"status": "DISABLED"}`, Status: 403},
		{Name: "API key removed", Prepare: key + "\n====\nPUT /api/users/user/{id}/apikey/{apikey}\n{auth}\n\n" + `{"status": "DISABLED"}`,
			Request: "DELETE /api/users/user/{id}/apikey/{apikey}\n{auth}", Status: 403},
	}
}

// harmless are the operations that the core need not decide.
func harmless() map[string]string {
	return dialecttest.Merge(
		dialecttest.Reads("users.list", "users.search", "users.show", "apikeys.show", "applications.list", "applications.show", "applications.users",
			"applications.groups", "groups.list", "groups.show", "groups.users", "organizations.list", "organizations.show", "organizations.users",
			"authenticate", "status", "ping"),
		dialecttest.Because("who may make users may also call, which is the only right", "users.create"),
		dialecttest.Because("groups and organizations confer nothing", "users.groups.join", "users.groups.leave",
			"groups.create", "groups.update", "groups.delete", "organizations.create", "organizations.update", "organizations.delete"),
		dialecttest.Because("only the base application confers a right, which every caller holds", "applications.create", "applications.update", "applications.delete"),
	)
}

// presence is what an update does with each field it writes.
func presence() []dialecttest.Row {
	row := func(field, sample, look string, absent, null, empty dialecttest.Effect) dialecttest.Row {
		return dialecttest.Row{
			Write: "PUT /api/users/user/{id}\n{auth}\n\n{body}", Verb: "PUT", Field: field, Sample: sample,
			Look: look, Absent: absent, Null: null, Empty: empty,
		}
	}
	kept, refused, shown := dialecttest.Kept, dialecttest.Refused, dialecttest.Shown
	const user = "raw:econtext.result.user."
	password := row("password", `"changed-it"`, "json:econtext.result.authenticated", kept(), refused(500), refused(400))
	password.Probe = "POST /api/authenticate\n{auth}\n\n" + `{"type": "username", "application": "{base}", ` +
		`"credential": {"username": "carol", "password": "changed-it"}}`
	return []dialecttest.Row{
		row("email", `"c@example.com"`, user+"email", kept(), refused(500), refused(400)),
		password,
		row("name", `"Carola"`, user+"name", kept(), shown("null"), shown(`""`)),
		row("custom_data", `{"a": 1}`, user+"custom_data", kept(), shown("null"), shown("null")),
		row("status", `"ENABLED"`, user+"status", kept(), refused(400), refused(400)),
		row("applications", `["spare"]`, user+"applications.1.id", kept(), refused(400), refused(400)),
		row("groups", `["staff"]`, user+"groups.0.id", kept(), kept(), kept()),
	}
}

// form holds an error to the envelope's six keys, and the three errors that
// have none of it to theirs.
func form(a *dialecttest.Answer) error {
	switch a.Status {
	case http.StatusUnauthorized:
		return same(a.Body, `{"error": {"description": "Authentication required", "title": "401 Unauthorized"}}`)
	case http.StatusNotFound:
		return same(a.Body, "")
	case http.StatusMethodNotAllowed:
		return same(a.Body, `{"econtext": {"result": null, "elapsed": 0.0}}`)
	}
	var body struct {
		EContext struct {
			Status, Traceback, Errorcode, Error *string
			Elapsed                             *float64
			Result                              map[string]any
		}
	}
	if err := json.Unmarshal(a.Body, &body); err != nil {
		return err
	}
	e := body.EContext
	switch {
	case e.Status == nil || e.Traceback == nil || e.Errorcode == nil || e.Error == nil || e.Elapsed == nil || e.Result == nil:
		return errors.New("one of the six keys is missing")
	case *e.Errorcode != strconv.Itoa(a.Status) || *e.Status != statusText(a.Status):
		return fmt.Errorf("the envelope says %q and %q", *e.Status, *e.Errorcode)
	}
	return nil
}

func same(have []byte, want string) error {
	if string(have) != want {
		return fmt.Errorf("the body is %q, not %q", have, want)
	}
	return nil
}

func words(err error) (status int, body []byte) {
	// A clock that stands: the answer has the time it took, and is compared.
	d := New(Config{Directory: core.New(core.Config{Now: func() time.Time { return coretest.Start }})})
	w := httptest.NewRecorder()
	c := echo.New().NewContext(httptest.NewRequest("GET", "/api/users", nil), w)
	if err := (&call{Context: c, d: d, started: d.dir.Now()}).fail(err); err != nil {
		panic(err)
	}
	return w.Code, w.Body.Bytes()
}

// setup stores an administrator who may call the API, one who may not, a
// disabled one, and a stranger of another realm with a base application of its own.
func setup(t testing.TB, dir *core.Directory) dialecttest.Vars {
	t.Helper()
	hash, err := dir.HashPassword(context.Background(), adminPassword)
	if err != nil {
		t.Fatal(err)
	}
	vars := dialecttest.Vars{"base": DefaultApplicationID}
	realms := map[string]core.Realm{"admin": core.MainRealm, "weak": core.MainRealm, "disabled": core.MainRealm, "eve": "other"}
	err = dir.Update(context.Background(), core.Operator(), func(tx *core.Tx) error {
		for _, name := range []string{"admin", "weak", "disabled", "eve"} {
			u := coretest.User(name)
			u.UID, u.Realm, u.Password, u.Enabled = name+"-uid", realms[name], hash, name != "disabled"
			if err := tx.SeedUser(u); err != nil {
				return err
			}
			vars[name] = "Authorization: " + dialecttest.Basic(name, adminPassword)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	vars["auth"] = vars["admin"]
	vars["byaddress"] = "Authorization: " + dialecttest.Basic("admin@example.com", adminPassword)
	seedFor(t, New(Config{Directory: dir}), "admin", "disabled")
	seedFor(t, New(Config{Directory: dir, Realm: "other"}), "eve")
	addGroups(t, dir)
	return vars
}

func seedFor(t testing.TB, d *Dialect, members ...string) {
	t.Helper()
	if err := d.Seed(context.Background(), Seed{Members: members}); err != nil {
		t.Fatal(err)
	}
}

// addGroups adds the application "spare" with the group "staff".
func addGroups(t testing.TB, dir *core.Directory) {
	t.Helper()
	err := dir.Update(context.Background(), core.Operator(), func(tx *core.Tx) error {
		app := &core.Group{Realm: core.MainRealm, Kind: kindApplication, UID: "spare", Key: "spare", Name: "spare", Body: emptyDocument.with()}
		if err := tx.SaveGroup(app); err != nil {
			return err
		}
		return tx.SaveGroup(&core.Group{
			Realm: core.MainRealm, Kind: kindGroup, UID: "staff", Parent: app.ID, Key: groupKey(app.ID, "staff"), Name: "staff",
			Body: emptyDocument.with(),
		})
	})
	if err != nil {
		t.Fatal(err)
	}
}
