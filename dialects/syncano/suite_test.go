package syncano_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects"
	"github.com/dragoman-gateway/dragoman/dialects/dialecttest"
	"github.com/dragoman-gateway/dragoman/dialects/syncano"
)

// Keys and passwords that the seed creates. The last digit tells accounts (even)
// from API keys (odd).
const (
	ownerKey    = "0f2b7c1de4a95863b0f2b7c1de4a95863b0f2b70"
	fullRoleKey = "ca11ab1ec0ffee00ca11ab1ec0ffee00ca11ab12"
	writeKey    = "ca11ab1ec0ffee00ca11ab1ec0ffee00ca11ab14"
	readKey     = "ca11ab1ec0ffee00ca11ab1ec0ffee00ca11ab16"
	strangerKey = "ca11ab1ec0ffee00ca11ab1ec0ffee00ca11ab18"
	aclKey      = "3a6e0c9d1f5b72843a6e0c9d1f5b72843a6e0c91"
	plainKey    = "3a6e0c9d1f5b72843a6e0c9d1f5b72843a6e0c93"
	userKey     = "3a6e0c9d1f5b72843a6e0c9d1f5b72843a6e0c95"
	groupKey    = "3a6e0c9d1f5b72843a6e0c9d1f5b72843a6e0c97"
	anonKey     = "3a6e0c9d1f5b72843a6e0c9d1f5b72843a6e0c99"
	otherKey    = "5a6e0c9d1f5b72845a6e0c9d1f5b72845a6e0c91"
	testKey     = "5a6e0c9d1f5b72845a6e0c9d1f5b72845a6e0c93"
	nobodysKey  = "ffffffffffffffffffffffffffffffffffffffff"

	accountPassword = "lock-stock-barrel"
	userPassword    = "tuna-is-good"
)

// seed has an account for each role, and an API key for each flag.
func seed() syncano.Seed {
	account := func(name, key string) syncano.SeedAccount {
		return syncano.SeedAccount{Email: name + "@example.com", Password: accountPassword, AccountKey: key}
	}
	return syncano.Seed{
		Accounts: []syncano.SeedAccount{
			account("owner", ownerKey), account("full", fullRoleKey), account("write", writeKey),
			account("read", readKey), account("stranger", strangerKey),
		},
		Instances: []syncano.SeedInstance{
			{Name: "main", Version: "v2", Owner: "owner@example.com",
				Admins: []syncano.SeedAdmin{
					{Email: "full@example.com", Role: "full"}, {Email: "write@example.com", Role: "write"},
					{Email: "read@example.com", Role: "read"},
				},
				APIKeys: []syncano.SeedAPIKey{
					{Key: aclKey, Description: "ignores rights", IgnoreACL: true}, {Key: plainKey, Description: "no flag"},
					{Key: userKey, AllowUserCreate: true}, {Key: groupKey, AllowGroupCreate: true},
					{Key: anonKey, AllowAnonymousRead: true},
				}},
			{Name: "testinst", Owner: "owner@example.com", APIKeys: []syncano.SeedAPIKey{{Key: testKey}}},
			{Name: "other", Owner: "stranger@example.com", APIKeys: []syncano.SeedAPIKey{{Key: otherKey, IgnoreACL: true}}},
		},
	}
}

func vars() dialecttest.Vars {
	v := dialecttest.Vars{
		"owner_key": ownerKey, "full_key": fullRoleKey, "write_key": writeKey, "read_key": readKey,
		"stranger_key": strangerKey, "acl_key": aclKey, "plain_key": plainKey, "user_create_key": userKey,
		"group_create_key": groupKey, "anon_key": anonKey, "other_key": otherKey, "test_key": testKey, "nobodys_key": nobodysKey,
	}
	v["auth"] = "X-API-KEY: " + ownerKey
	return v
}

// config is what the tests' dialects are made of.
func config(t testing.TB, dir *core.Directory) syncano.Config {
	return syncano.Config{Directory: dir, FilesDir: t.TempDir(), MaxBody: 1 << 20, OpenRegistration: true}
}

func applySeed(t testing.TB, d *syncano.Dialect) {
	t.Helper()
	if err := d.Seed(context.Background(), seed()); err != nil {
		t.Fatal(err)
	}
}

func setup(t testing.TB, dir *core.Directory) dialecttest.Vars {
	applySeed(t, syncano.New(config(t, dir)))
	return vars()
}

const users = "/v1.1/instances/main/users/"

func TestDialect(t *testing.T) {
	dialecttest.Run(t, dialecttest.Spec{
		Name:  syncano.Name,
		Setup: setup,
		New:   func(dir *core.Directory) dialects.Dialect { return syncano.New(config(t, dir)) },
		Form:  form,
		Words: words,

		Create: "# let id = json:id\n# let person_key = json:user_key\nPOST " + users + "\n{auth}\nContent-Type: application/json\n\n" +
			`{"username": "geralt", "password": "` + userPassword + `"}`,
		Show:     "GET " + users + "{id}/\n{auth}",
		List:     "GET " + users + "\n{auth}",
		Update:   "PATCH " + users + "{id}/\n{auth}\nContent-Type: application/json\n\n" + `{"password": "` + userPassword + `2"}`,
		Delete:   "DELETE " + users + "{id}/\n{auth}",
		Username: "geralt",

		BodyLimit: 1 << 20,
		Refused:   refused(),
		Credentials: []dialecttest.Credential{
			{AccessLevel: dialecttest.None, Status: 403},
			{AccessLevel: dialecttest.Wrong, Auth: "X-API-KEY: {nobodys_key}", Status: 403},
			{AccessLevel: dialecttest.Wrong, Name: "not a key", Auth: "X-API-KEY: letmein", Status: 403},
			{AccessLevel: dialecttest.Wrong, Name: "a user key", Auth: "X-API-KEY: {person_key}", Status: 403},
			{AccessLevel: dialecttest.Weak, Auth: "X-API-KEY: {plain_key}", Status: 403},
			{AccessLevel: dialecttest.Weak, Name: "account without a role", Auth: "X-API-KEY: {stranger_key}", Status: 403},
			{AccessLevel: dialecttest.OtherRealm, Auth: "X-API-KEY: {other_key}", Status: 403},
			{AccessLevel: dialecttest.Right, Name: "account", Auth: "{auth}", Status: 200},
			{AccessLevel: dialecttest.Right, Name: "API key", Auth: "X-API-KEY: {acl_key}", Status: 200},
			{AccessLevel: dialecttest.Right, Name: "the person", Auth: "X-API-KEY: {plain_key}\nX-USER-KEY: {person_key}", Status: 200},
		},
		Revocations: revocations(),
		Takeovers:   takeovers(),
		Grants:      grants(),
		Harmless:    harmless(),
		Cannot: map[string]string{
			"Caller":          "accounts and API keys are not users of the instance",
			"takeover/status": "users have none",
		},
		Presence: presence(),
		Sealed:   syncano.SecretKinds(),
		Secrets:  []string{userPassword, accountPassword, "{acl_key}", "{stranger_key}", "{person_key}"},
		Shows: map[string][]string{
			"Create": {"{person_key}"}, "Show": {"{person_key}"}, "List": {"{person_key}"}, "Update": {"{person_key}"},
		},
	})
}

// removeRoles takes their roles from all accounts but the owners.
func removeRoles(t testing.TB, dir *core.Directory, _ func(dialecttest.Script)) {
	err := dir.Update(context.Background(), core.Operator(), func(tx *core.Tx) error {
		roles, err := tx.Records(core.RecordQuery{Realm: "syncano:accounts", Kind: "syncano.role"})
		for i := 0; err == nil && i < len(roles); i++ {
			err = tx.RemoveRecord(roles[i])
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

func revocations() []dialecttest.Revocation {
	const keys = "/v1.1/instances/main/api_keys/"
	account := func(path string) func(testing.TB, *core.Directory, func(dialecttest.Script)) {
		return dialecttest.Asking(dialecttest.Script(path + "\nX-API-KEY: {owner_key}"))
	}
	return []dialecttest.Revocation{
		{Name: "instance deleted", Revoke: account("DELETE /v1.1/instances/main/"), Status: 404},
		{Name: "account key changed", Revoke: account("POST /v1.1/account/reset_key/"), Status: 403},
		{Name: "account disabled", Auth: "X-API-KEY: {full_key}",
			Revoke: dialecttest.ChangingUser(core.ByUsername("syncano:accounts", "full@example.com"), dialecttest.Disable), Status: 403},
		{Name: "role taken away", Auth: "X-API-KEY: {write_key}", Revoke: removeRoles, Status: 403},
		{Name: "API key deleted", Auth: "X-API-KEY: {acl_key}", Revoke: account("DELETE " + keys + "1/"), Status: 403},
		{Name: "API key changed", Auth: "X-API-KEY: {acl_key}", Revoke: account("POST " + keys + "1/reset_key/"), Status: 403},
		{Name: "flag taken away", Auth: "X-API-KEY: {acl_key}",
			Revoke: dialecttest.Asking("PATCH " + keys + "1/\nX-API-KEY: {owner_key}\nContent-Type: application/json\n\n" + `{"ignore_acl": false}`), Status: 403},
	}
}

// takeovers are changes of the created user's login data, in every version.
func takeovers() (all []dialecttest.Case) {
	for _, v := range []struct{ root, note string }{{"/v1.1/", ""}, {"/v1/", ", v1"}, {"/v2/", ", v2"}} {
		at := v.root + "instances/main/users/{id}/"
		ask := func(name, line, body string) {
			text := line + "\n{auth}\nContent-Type: application/json\n\n" + body
			all = append(all, dialecttest.Case{Name: name + v.note, Request: dialecttest.Script(text), Status: 403})
		}
		ask(dialecttest.TakePassword, "PATCH "+at, `{"password": "mine"}`)
		ask(dialecttest.TakeName, "PATCH "+at, `{"username": "mine"}`)
		ask(dialecttest.TakeKey, "POST "+at+"reset_key/", "")
		ask(dialecttest.Remove, "DELETE "+at, "")
		ask("all at once", "PUT "+at, `{"username": "geralt", "password": "mine"}`)
	}
	const own = "/v1.1/instances/main/user/\nX-API-KEY: {plain_key}\nX-USER-KEY: {person_key}\nContent-Type: application/json\n\n"
	return append(all,
		dialecttest.Case{Name: "own password, by a user key", Request: "PATCH " + own + `{"password": "mine"}`, Status: 403},
		dialecttest.Case{Name: "own password and name, by a user key", Request: "PUT " + own + `{"username": "geralt", "password": "mine"}`, Status: 403},
	)
}

// grants are requests by those who may write in the instance, but not manage its keys.
func grants() []dialecttest.Grant {
	ask := func(name, line, body string) dialecttest.Grant {
		return dialecttest.Grant{
			Name: name, By: "X-API-KEY: {write_key}", Status: 403,
			Request: dialecttest.Script(line + "\n{auth}\nContent-Type: application/json\n\n" + body),
		}
	}
	const keys = "/v1.1/instances/main/api_keys/"
	return []dialecttest.Grant{
		ask("flag of an API key", "POST "+keys, `{"ignore_acl": true}`),
		ask("flag of an API key there is", "PATCH "+keys+"2/", `{"ignore_acl": true}`),
		ask("all of an API key there is", "PUT "+keys+"2/", `{"ignore_acl": true}`),
		ask("new key of an API key", "POST "+keys+"1/reset_key/", ""),
		ask("end of an API key", "DELETE "+keys+"1/", ""),
		ask("end of the instance", "DELETE /v1.1/instances/main/", ""),
	}
}

// harmless are the operations that the core need not decide.
func harmless() map[string]string {
	return dialecttest.Merge(
		dialecttest.Reads("links.show", "users.list", "users.show", "users.show_schema", "users.show_acl", "groups.show_acl", "own.show", "groups.list", "groups.show", "group_users.list",
			"group_users.show", "user_groups.list", "user_groups.show", "account.show", "instances.list", "instances.show", "api_keys.list", "api_keys.show",
			"classes.list", "classes.show", "objects.list", "objects.show"),
		dialecttest.Because("it logs in by what only the user has", "own.login", "own.social_login", "account.login", "account.social_login"),
		dialecttest.Because("a new user holds no rights", "users.create"),
		dialecttest.Because("each of its requests is decided as it is alone", "batch.run"),
		dialecttest.Because("groups give rights over objects alone, which are data", "groups.create", "groups.patch", "groups.update", "groups.delete",
			"group_users.add", "group_users.remove", "user_groups.add", "user_groups.remove"),
		dialecttest.Because("objects and profiles are data of applications", "objects.create", "objects.update", "objects.patch", "objects.delete",
			"classes.create", "classes.update", "classes.patch", "classes.delete", "users.update_schema", "users.patch_schema"),
		dialecttest.Because("the lists say who may ask; what is asked then is decided", "users.update_acl", "users.patch_acl", "groups.update_acl", "groups.patch_acl"),
		dialecttest.Because("it is the caller's own account, or that of a token which the operator's hook carried", "account.activate", "account.confirm_password",
			"account.password", "account.patch", "account.register", "account.resend_email", "account.reset_key", "account.reset_password",
			"account.set_password", "account.update"),
		dialecttest.Because("a new instance is its maker's; the others change descriptions and names", "instances.create", "instances.patch",
			"instances.update", "instances.rename"),
	)
}

func refused() []dialecttest.Case {
	const head = "\n{auth}\nContent-Type: application/json\n\n"
	return []dialecttest.Case{
		{Name: dialecttest.UnknownPath, Request: "GET /v1.1/instances/main/nothing/\n{auth}", Status: 404},
		{Name: dialecttest.WrongMethod, Request: "PUT " + users + "\n{auth}", Status: 405},
		{Name: "unknown method", Request: "FROB " + users + "\n{auth}", Status: 405},
		{Name: dialecttest.BrokenBody, Request: "POST " + users + head + `{"username":`, Status: 400},
		{Name: dialecttest.BigBody, Request: "POST " + users + head + `{"username": "{big}"}`, Status: 413},
		{Name: dialecttest.DeepBody, Request: "POST " + users + head + `{"username": {deep}}`, Status: 400},
		{Name: "no slash", Request: "GET /v1.1/instances/main/users\n{auth}", Status: 404},
		{Name: "broken body of a refused request", Request: "PUT " + users + "99/" + head + `{"username":`, Status: 400},
	}
}

// presence is what the verbs do with absent, null and empty fields.
func presence() []dialecttest.Row {
	put := dialecttest.Script("PUT " + users + "{id}/\n{auth}\nContent-Type: application/json\n\n{body}")
	patch := dialecttest.Script("PATCH " + users + "{id}/\n{auth}\nContent-Type: application/json\n\n{body}")
	login := dialecttest.Script("POST /v1.1/instances/main/user/auth/\n{auth}\nContent-Type: application/json\n\n" +
		`{"username": "geralt", "password": "roach"}`)
	both := []dialecttest.FieldValue{{Name: "username", Value: `"geralt"`}, {Name: "password", Value: `"roach"`}}
	row := func(verb string, write dialecttest.Script, field, sample string, base []dialecttest.FieldValue) dialecttest.Row {
		return dialecttest.Row{Verb: verb, Write: write, Field: field, Sample: sample, Base: base, Look: "raw:" + field,
			Absent: dialecttest.Refused(400), Null: dialecttest.Refused(400), Empty: dialecttest.Refused(400)}
	}
	rows := []dialecttest.Row{
		row("PUT", put, "username", `"ciri"`, both), row("PUT", put, "password", `"roach"`, both),
		row("PATCH", patch, "username", `"ciri"`, nil), row("PATCH", patch, "password", `"roach"`, nil),
		row("PUT", put, "profile", `{"other_permissions": "read"}`, both),
		row("PATCH", patch, "profile", `{"other_permissions": "read"}`, nil),
	}
	for i := range rows {
		switch r := &rows[i]; {
		case r.Field == "password":
			r.Probe, r.Look = login, "status"
		case r.Field == "profile":
			r.Look, r.Absent = "json:profile.other_permissions", dialecttest.Kept()
		}
		if rows[i].Verb == "PATCH" {
			rows[i].Absent = dialecttest.Kept()
		}
	}
	return rows
}

// form tells why an answer is not an error as this API has them.
func form(a *dialecttest.Answer) error {
	if kind := a.Header.Get("Content-Type"); kind == "text/html" {
		return htmlForm(a)
	} else if kind != "" && kind != "application/json; charset=utf-8" {
		return errors.New("the content type is " + kind)
	}
	if len(a.Body) == 0 || a.Body[0] != '{' {
		return errors.New("no JSON object")
	}
	return nil
}

// htmlForm allows a page for a path that is no route, and nothing else.
func htmlForm(a *dialecttest.Answer) error {
	if a.Status != http.StatusNotFound || !strings.HasPrefix(string(a.Body), "<h1>Not Found</h1>") {
		return errors.New("an HTML page that is not the one for unknown paths")
	}
	return nil
}

func words(err error) (int, []byte) {
	w := httptest.NewRecorder()
	syncano.New(syncano.Config{Directory: core.New(core.Config{})}).Render(w, err)
	return w.Code, w.Body.Bytes()
}
