package onapp

import (
	"context"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/core/coretest"
	"github.com/dragoman-gateway/dragoman/dialects"
	"github.com/dragoman-gateway/dragoman/dialects/dialecttest"
)

const (
	password  = "changeme1"
	adminKey  = "5d41402abc4b2a76b9719d911017c592ae3f4c01"
	noraKey   = "7d793037a0760186574b0282f2f435e7fa43b2c1"
	bodyLimit = 64 << 10
)

func TestJSON(t *testing.T) { dialecttest.Run(t, jsonSpec()) }

func TestXML(t *testing.T) {
	s := xmlSpec()
	s.Cannot = map[string]string{"transcripts": "TestJSON plays them", "decided": "TestJSON has the cases of all operations"}
	dialecttest.Run(t, s)
}

func newDialect(dir *core.Directory) dialects.Dialect {
	return New(Config{Directory: dir, MaxBody: bodyLimit, SessionRandom: zeros{}})
}

// zeros is randomness without chance, so that two answers can be compared whole.
type zeros struct{}

func (zeros) Read(b []byte) (int, error) { clear(b); return len(b), nil }

// setup adds the users of every test: ada, the administrator; bob with the role "user"; nora without
// a role; dora, who is disabled. They are the users 1 to 4 and have the same password. eve is an
// administrator of another realm.
func setup(t testing.TB, dir *core.Directory) dialecttest.Vars {
	t.Helper()
	hash, err := dir.HashPassword(context.Background(), password)
	if err != nil {
		t.Fatal(err)
	}
	vars := dialecttest.Vars{"password": password}
	err = dir.Update(context.Background(), core.Operator(), func(tx *core.Tx) error {
		for _, name := range []string{"ada", "bob", "nora", "dora", "eve"} {
			u := coretest.User(name)
			u.UID, u.Password, u.Enabled = name+"-uid", hash, name != "dora"
			if name == "nora" {
				u.SetHandle(handleKey, keyDigest(noraKey))
			}
			if name == "eve" {
				u.Realm = "other"
			}
			if err := tx.SeedUser(u); err != nil {
				return err
			}
			vars[name] = "Authorization: " + dialecttest.Basic(name, password)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	seed(t, dir, core.MainRealm, Administrator{Username: "ada", APIKey: adminKey})
	seed(t, dir, "other", Administrator{Username: "eve"})
	give(t, dir, "bob", 2)
	vars["auth"] = vars["ada"]
	vars["nora_key"] = "Authorization: " + dialecttest.Basic("nora@example.com", noraKey)
	vars["key"] = "Authorization: " + dialecttest.Basic("ada@example.com", adminKey)
	return vars
}

func seed(t testing.TB, dir *core.Directory, realm core.Realm, admins ...Administrator) {
	t.Helper()
	d := New(Config{Directory: dir, Realm: realm})
	if err := d.Seed(context.Background(), Seed{Administrators: admins}); err != nil {
		t.Fatal(err)
	}
}

// give gives the user a role.
func give(t testing.TB, dir *core.Directory, username string, role int64) {
	t.Helper()
	err := dir.Update(context.Background(), core.Operator(), func(tx *core.Tx) error {
		u, err := tx.User(core.ByUsername(core.MainRealm, username))
		if err != nil {
			return err
		}
		_, err = tx.Join(u, &core.Group{Realm: core.MainRealm, Kind: kindRole, ID: role})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

const (
	typeJSON = "Content-Type: application/json\n"
	typeXML  = "Content-Type: application/xml\n"
)

func jsonSpec() dialecttest.Spec {
	s := commonSpec("json", typeJSON)
	s.Create = "# let id = json:user.id\nPOST /users.json\n{auth}\n" + typeJSON + "\n" +
		`{"user":{"login":"carol","email":"carol@example.org","password":"s3cret-pw","first_name":"Carol","role_ids":[2]}}`
	s.Update = "PUT /users/{id}.json\n{auth}\n" + typeJSON + "\n" +
		`{"user":{"first_name":"Caro","password":"s3cret-pw2","time_zone":"London"}}`
	s.Takeovers = takeovers("json", typeJSON, map[string]string{
		dialecttest.TakePassword: `{"user":{"password":"other-pw-1"}}`,
		dialecttest.TakeName:     `{"user":{"email":"mine@example.org"}}`,
	})
	s.Takeovers = append(s.Takeovers, furtherTakeovers()...)
	s.Harmless = harmless()
	s.Grants = grants("json", typeJSON, map[string]string{
		"new user": `{"user":{"login":"dan","email":"dan@example.org","password":"s3cret-pw","role_ids":[1]}}`,
		"user":     `{"user":{"role_ids":[1]}}`,
		"new role": `{"role":{"label":"More","permission_ids":[1]}}`,
		"role":     `{"role":{"label":"Clerks","permission_ids":[1,2,8,31,32]}}`,
	})
	s.Grants = append(s.Grants, furtherGrants()...)
	s.Form = jsonForm
	s.Words = words("/users.json")
	s.Refused = append(s.Refused,
		dialecttest.Case{Name: dialecttest.BrokenBody, Request: "POST /users.json\n{auth}\n" + typeJSON + "\n{\"user\":", Status: 400},
		dialecttest.Case{Name: dialecttest.BigBody, Request: "POST /users.json\n{auth}\n" + typeJSON + "\n" + `{"user":{"login":"{big}"}}`, Status: 413},
		dialecttest.Case{Name: dialecttest.DeepBody, Request: "POST /users.json\n{auth}\n" + typeJSON + "\n" + `{"user":{deep}}`, Status: 400},
	)
	for i := range s.Presence {
		s.Presence[i].Write = "PUT /users/{id}.json\n{auth}\n" + typeJSON + "\n{body}"
		s.Presence[i].Body = jsonBody
	}
	return s
}

func xmlSpec() dialecttest.Spec {
	s := commonSpec("xml", typeXML)
	s.Create = `# let id = re:<id type="integer">(\d+)</id>` + "\nPOST /users.xml\n{auth}\n" + typeXML + "\n" +
		`<user><login>carol</login><email>carol@example.org</email><password>s3cret-pw</password><first_name>Carol</first_name>` +
		`<role_ids type="array"><role_id>2</role_id></role_ids></user>`
	s.Update = "PUT /users/{id}.xml\n{auth}\n" + typeXML + "\n" +
		`<user><first_name>Caro</first_name><password>s3cret-pw2</password><time_zone>London</time_zone></user>`
	s.Takeovers = takeovers("xml", typeXML, map[string]string{
		dialecttest.TakePassword: "<user><password>other-pw-1</password></user>",
		dialecttest.TakeName:     "<user><email>mine@example.org</email></user>",
	})
	s.Grants = grants("xml", typeXML, map[string]string{
		"new user": "<user><login>dan</login><email>dan@example.org</email><password>s3cret-pw</password>" + xmlIDs("role", 1) + "</user>",
		"user":     "<user>" + xmlIDs("role", 1) + "</user>",
		"new role": "<role><label>More</label>" + xmlIDs("permission", 1) + "</role>",
		"role":     "<role><label>Clerks</label>" + xmlIDs("permission", 1, 2, 8, 31, 32) + "</role>",
	})
	s.Form = xmlForm
	s.Words = words("/users.xml")
	s.Refused = append(s.Refused,
		dialecttest.Case{Name: dialecttest.BrokenBody, Request: "POST /users.xml\n{auth}\n" + typeXML + "\n<user><login>", Status: 400},
		dialecttest.Case{Name: dialecttest.BigBody, Request: "POST /users.xml\n{auth}\n" + typeXML + "\n<user><login>{big}</login></user>", Status: 413},
		dialecttest.Case{Name: dialecttest.DeepBody, Request: "POST /users.xml\n{auth}\n" + typeXML + "\n<user>{deepxml}</user>", Status: 400},
		dialecttest.Case{Name: "doctype", Request: "POST /users.xml\n{auth}\n" + typeXML + "\n<!DOCTYPE user><user/>", Status: 400},
	)
	for i := range s.Presence {
		row := &s.Presence[i]
		row.Write = "PUT /users/{id}.xml\n{auth}\n" + typeXML + "\n{body}"
		row.Body = xmlBody
		row.NullText, row.EmptyText = "nil", "empty"
		row.Sample = strings.Trim(row.Sample, `"[]`)
		row.Probe = "GET /users/{id}.json\n{auth}"
		switch row.Field {
		case "password":
			row.Probe = probeLogin
		case "use_gravatar":
			row.Empty = dialecttest.Shown("null") // an empty element is no value, an empty JSON text is a false one
		}
	}
	return s
}

func jsonBody(fields []dialecttest.FieldValue) string {
	var parts []string
	for _, f := range fields {
		parts = append(parts, fmt.Sprintf("%q:%s", f.Name, f.Value))
	}
	return `{"user":{` + strings.Join(parts, ",") + `}}`
}

func xmlBody(fields []dialecttest.FieldValue) string {
	var b strings.Builder
	for _, f := range fields {
		switch {
		case f.Value == "nil":
			b.WriteString("<" + f.Name + ` nil="true"/>`)
		case f.Value == "empty":
			b.WriteString("<" + f.Name + "></" + f.Name + ">")
		case f.Name == "role_ids":
			b.WriteString(`<role_ids type="array"><role_id>` + f.Value + `</role_id></role_ids>`)
		default:
			b.WriteString("<" + f.Name + ">" + f.Value + "</" + f.Name + ">")
		}
	}
	return "<user>" + b.String() + "</user>"
}

func revocations() []dialecttest.Revocation {
	newKey := dialecttest.Asking("POST /users/1/make_new_api_key.json\n{auth}\n" + typeJSON)
	return []dialecttest.Revocation{
		{Name: "removed", Revoke: dialecttest.ChangingUser(core.ByUsername(core.MainRealm, "ada"), dialecttest.RemoveUser), Status: 401},
		{Name: "suspended", Revoke: dialecttest.ChangingUser(core.ByUsername(core.MainRealm, "ada"), dialecttest.Disable), Status: 401},
		{Name: "password changed", Revoke: dialecttest.ChangingUser(core.ByUsername(core.MainRealm, "ada"), dialecttest.ForgetPassword), Status: 401, Counted: true},
		{Name: "the same password set", Revoke: dialecttest.SettingPassword(core.ByUsername(core.MainRealm, "ada"), password)},
		{Name: "API key changed", Auth: "{key}", Revoke: newKey, Status: 401},
		{Name: "role changed", Revoke: dialecttest.Asking("PUT /users/1.json\n{auth}\n" + typeJSON + "\n" + `{"user":{"role_ids":[2]}}`), Status: 403},
	}
}

func commonSpec(suffix, contentType string) dialecttest.Spec {
	return dialecttest.Spec{
		Name:        dialectName,
		Setup:       setup,
		New:         newDialect,
		Show:        dialecttest.Script("GET /users/{id}." + suffix + "\n{auth}"),
		List:        dialecttest.Script("GET /users." + suffix + "\n{auth}"),
		Delete:      dialecttest.Script("DELETE /users/{id}." + suffix + "?force=1\n{auth}"),
		Username:    "carol",
		Caller:      "ada",
		BodyLimit:   bodyLimit,
		Plain:       []core.Rule{core.Malformed, core.Unknown, core.WrongPassword, core.NoSuchUser},
		Presence:    presence(),
		Revocations: revocations(),
		Secrets:     []string{password, "s3cret-pw", adminKey, noraKey},
		Refused: []dialecttest.Case{
			{Name: dialecttest.UnknownPath, Request: dialecttest.Script("GET /nothing." + suffix + "\n{auth}"), Status: 404},
			{Name: dialecttest.WrongMethod, Request: dialecttest.Script("POST /users/{id}." + suffix + "\n{auth}\n" + contentType), Status: 404},
			{Name: "unknown id", Request: dialecttest.Script("GET /users/9999." + suffix + "\n{auth}"), Status: 404},
			{Name: "id that is no number", Request: dialecttest.Script("GET /users/carol." + suffix + "\n{auth}"), Status: 404},
		},
		Credentials: []dialecttest.Credential{
			{AccessLevel: dialecttest.None, Status: 401},
			{AccessLevel: dialecttest.Wrong, Name: "nobody", Auth: "Authorization: " + dialecttest.Basic("nobody", password), Status: 401},
			{AccessLevel: dialecttest.Wrong, Name: "wrong password", Auth: "Authorization: " + dialecttest.Basic("ada", "changeme2"), Status: 401},
			{AccessLevel: dialecttest.Wrong, Name: "key with login", Auth: "Authorization: " + dialecttest.Basic("ada", adminKey), Status: 401},
			{AccessLevel: dialecttest.Wrong, Name: "malformed", Auth: "Authorization: Basic a b", Status: 401},
			{AccessLevel: dialecttest.Weak, Name: "own account only", Auth: "{bob}", Status: 403},
			{AccessLevel: dialecttest.Weak, Name: "no role", Auth: "{nora}", Status: 403},
			{AccessLevel: dialecttest.Wrong, Name: "suspended", Auth: "{dora}", Status: 401},
			{AccessLevel: dialecttest.OtherRealm, Auth: "{eve}", Status: 401},
			{AccessLevel: dialecttest.Right, Auth: "{auth}", Status: 200},
			{AccessLevel: dialecttest.Right, Name: "by address", Auth: "Authorization: " + dialecttest.Basic(" ADA@Example.com", password), Status: 200},
			{AccessLevel: dialecttest.Right, Name: "by key", Auth: "{key}", Status: 200},
		},
	}
}

// takeovers are changes of the created user's login data, with bodies in a format.
func takeovers(suffix, contentType string, bodies map[string]string) []dialecttest.Case {
	ask := func(name, line string) dialecttest.Case {
		path, query, _ := strings.Cut(line, "?")
		text := path + "." + suffix + "?" + query + "\n{auth}"
		if body := bodies[name]; body != "" {
			text += "\n" + contentType + "\n" + body
		}
		return dialecttest.Case{Name: name, Request: dialecttest.Script(text), Status: 403}
	}
	return []dialecttest.Case{
		ask(dialecttest.TakePassword, "PUT /users/{id}"),
		ask(dialecttest.TakeName, "PUT /users/{id}"),
		ask(dialecttest.TakeKey, "POST /users/{id}/make_new_api_key"),
		ask(dialecttest.TakeStatus, "POST /users/{id}/suspend"),
		ask(dialecttest.TakeStatus+" by GET", "GET /users/{id}/suspend"),
		ask(dialecttest.Remove, "DELETE /users/{id}?force=1"),
		ask(dialecttest.Remove+" that can be undone", "DELETE /users/{id}"),
	}
}

// grants are requests by a clerk, who may create and update users and roles alone, with bodies in a
// format.
func grants(suffix, contentType string, bodies map[string]string) []dialecttest.Grant {
	prepare := "POST /roles.json\n{auth}\n" + typeJSON + "\n" + `{"role":{"label":"Clerks","permission_ids":[2,8,31,32]}}` + "\n====\n" +
		"POST /users.json\n{auth}\n" + typeJSON + "\n" +
		`{"user":{"login":"clerk","email":"clerk@example.org","password":"s3cret-pw","role_ids":[3]}}`
	grant := func(name, line string) dialecttest.Grant {
		return dialecttest.Grant{
			Name: name, Prepare: dialecttest.Script(prepare), By: "Authorization: " + dialecttest.Basic("clerk", "s3cret-pw"), Status: 403,
			Request: dialecttest.Script(line + "." + suffix + "\n{auth}\n" + contentType + "\n" + bodies[name]),
		}
	}
	return []dialecttest.Grant{
		grant("new user", "POST /users"), grant("user", "PUT /users/{id}"), grant("new role", "POST /roles"), grant("role", "PUT /roles/3"),
	}
}

// xmlIDs is the array of a noun's ids.
func xmlIDs(noun string, ids ...int) string {
	list := ""
	for _, id := range ids {
		list += fmt.Sprintf("<%s_id>%d</%[1]s_id>", noun, id)
	}
	return "<" + noun + `_ids type="array">` + list + "</" + noun + "_ids>"
}

// probeLogin is a login with the password that presence writes.
var probeLogin = dialecttest.Script("GET /profile.json\nAuthorization: " + dialecttest.Basic("carol", "changed-it"))

// presence is what an update does with each field it writes.
func presence() []dialecttest.Row {
	row := func(field, sample string, null, empty dialecttest.Effect) dialecttest.Row {
		return dialecttest.Row{
			Verb: "PUT", Field: field, Sample: sample, Look: "raw:user." + field,
			Absent: dialecttest.Kept(), Null: null, Empty: empty,
		}
	}
	kept, refused, shown := dialecttest.Kept, dialecttest.Refused, dialecttest.Shown
	secret := row("password", `"changed-it"`, kept(), kept())
	secret.Probe, secret.Look = probeLogin, "status"
	roles := row("role_ids", `["1"]`, shown("[]"), shown("[]"))
	roles.Look = "raw:user.roles"
	boxes := row("display_infoboxes", "false", kept(), kept())
	boxes.Look = "raw:user.infoboxes.display_infoboxes"
	return []dialecttest.Row{
		row("email", `"c@example.com"`, refused(422), refused(422)),
		row("first_name", `"Caroline"`, shown(`""`), shown(`""`)),
		row("last_name", `"Lee"`, shown(`""`), shown(`""`)),
		secret,
		roles,
		row("user_group_id", `"36"`, shown("null"), shown("null")),
		row("bucket_id", `"2"`, shown("1"), shown("1")),
		row("suspend_at", `"2031-08-01 12:47:08"`, shown("null"), shown("null")),
		row("time_zone", `"London"`, shown("null"), shown("null")),
		row("locale", `"de"`, shown(`"en"`), shown(`"en"`)),
		row("system_theme", `"dark"`, shown("null"), shown("null")),
		row("registered_yubikey", `"true"`, shown("false"), shown("false")),
		row("use_gravatar", `"true"`, shown("null"), shown("false")),
		boxes,
	}
}

// jsonForm checks the form of an error: see REFERENCE.md, "Status codes and error bodies".
func jsonForm(a *dialecttest.Answer) error {
	if string(a.Body) == messageDenied {
		return nil
	}
	var body struct {
		Errors any
		Error  *string
		Status *string
	}
	if err := json.Unmarshal(a.Body, &body); err != nil {
		return err
	}
	switch a.Status {
	case http.StatusNotFound, http.StatusUnauthorized, http.StatusUnprocessableEntity:
		return want(body.Errors != nil && body.Error == nil, "errors")
	case http.StatusForbidden:
		return want(body.Errors == nil && body.Error != nil, "error")
	}
	return want(body.Status != nil && *body.Status == fmt.Sprint(a.Status) && body.Error != nil, "status and error")
}

// xmlForm does the same for XML.
func xmlForm(a *dialecttest.Answer) error {
	if string(a.Body) == messageDenied {
		return nil
	}
	var body struct {
		XMLName xml.Name
		Error   []string `xml:"error"`
		Status  string   `xml:"status"`
	}
	if err := xml.Unmarshal(a.Body, &body); err != nil {
		return err
	}
	switch a.Status {
	case 401, 403, 404, 422:
		return want(body.XMLName.Local == "errors" && len(body.Error) > 0 && body.Status == "", "errors")
	}
	return want(body.XMLName.Local == "hash" && body.Status == fmt.Sprint(a.Status), "hash with status")
}

func want(ok bool, what string) error {
	if !ok {
		return errors.New("the body has not the form of " + what)
	}
	return nil
}

func words(path string) func(error) (int, []byte) {
	return func(err error) (int, []byte) {
		d := New(Config{Directory: core.New(core.Config{})})
		r := httptest.NewRequest("GET", path, nil)
		_, f := splitPath(r)
		w := httptest.NewRecorder()
		d.fail(w, r, f, err)
		return w.Code, w.Body.Bytes()
	}
}
