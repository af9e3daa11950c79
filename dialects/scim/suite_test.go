package scim

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http/httptest"
	"strconv"
	"testing"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/core/coretest"
	"github.com/dragoman-gateway/dragoman/dialects"
	"github.com/dragoman-gateway/dragoman/dialects/dialecttest"
)

const (
	token         = "provisioning-token-of-the-tests"
	rotatedToken  = "second-token-of-the-same-connection"
	readToken     = "read-only-token-of-the-tests"
	secondToken   = "token-of-a-second-connection"
	strangerToken = "token-of-another-realm"
	carolPassword = "correct-horse"
	bodyLimit     = 64 << 10
)

func TestSuite(t *testing.T) { dialecttest.Run(t, spec()) }

func newDialect(dir *core.Directory) *Dialect {
	return New(Config{Directory: dir, MaxBody: bodyLimit, Attributes: []Attribute{
		{Name: "level", Type: "integer"}, {Name: "team", Type: "string"}, {Name: "tags", Type: "string", Multi: true},
	}})
}

func spec() dialecttest.Spec {
	return dialecttest.Spec{
		Name:  Name,
		Setup: setup,
		New:   func(dir *core.Directory) dialects.Dialect { return newDialect(dir) },
		Form:  form,
		Words: words,
		Create: "# let id = json:id\nPOST /scim/v2/Users\n{auth}\n\n" +
			`{"userName": "carol", "password": "` + carolPassword + `", "displayName": "Carol", "emails": [{"value": "carol@example.com"}]}`,
		Show:     "GET /scim/v2/Users/{id}\n{auth}",
		List:     "GET /scim/v2/Users\n{auth}",
		Update:   "PATCH /scim/v2/Users/{id}\n{auth}\n\n" + `{"Operations": [{"op": "replace", "value": {"displayName": "Caro", "password": "` + carolPassword + `2"}}]}`,
		Delete:   "DELETE /scim/v2/Users/{id}\n{auth}",
		Username: "carol", BodyLimit: bodyLimit,
		Refused: []dialecttest.Case{
			{Name: dialecttest.UnknownPath, Request: "GET /scim/v2/Nothing\n{auth}", Status: 404},
			{Name: dialecttest.WrongMethod, Request: "PATCH /scim/v2/Users\n{auth}", Status: 405},
			{Name: dialecttest.BrokenBody, Request: "POST /scim/v2/Users\n{auth}\n\n{\"userName\":", Status: 400},
			{Name: dialecttest.BigBody, Request: "POST /scim/v2/Users\n{auth}\n\n" + `{"userName": "{big}"}`, Status: 413},
			{Name: dialecttest.DeepBody, Request: "POST /scim/v2/Users\n{auth}\n\n" + `{"userName": {deep}}`, Status: 400},
			{Name: "unknown id", Request: "GET /scim/v2/Users/nobody\n{auth}", Status: 404},
			{Name: "another version", Request: "GET /scim/v1/Users\n{auth}", Status: 400},
			{Name: "media type", Request: "POST /scim/v2/Users\n{auth}\nContent-Type: text/xml\n\n<a/>", Status: 415},
		},
		Credentials: []dialecttest.Credential{
			{AccessLevel: dialecttest.None, Status: 401},
			{AccessLevel: dialecttest.Wrong, Name: "unknown token", Auth: "Authorization: Bearer nonsense", Status: 401},
			{AccessLevel: dialecttest.Wrong, Name: "Basic", Auth: "Authorization: " + dialecttest.Basic("admin", token), Status: 401},
			{AccessLevel: dialecttest.Wrong, Name: "digest", Auth: "Authorization: Bearer " + Digest(token), Status: 401},
			{AccessLevel: dialecttest.Weak, Auth: "{reader}", Status: 403},
			{AccessLevel: dialecttest.OtherRealm, Auth: "Authorization: Bearer " + strangerToken, Status: 404},
			{AccessLevel: dialecttest.Right, Auth: "{auth}", Status: 200},
			{AccessLevel: dialecttest.Right, Name: "word in capitals", Auth: "Authorization: BEARER " + token, Status: 200},
			{AccessLevel: dialecttest.Right, Name: "rotated", Auth: "Authorization: Bearer " + rotatedToken, Status: 200},
			{AccessLevel: dialecttest.Right, Name: "read-only", Auth: "Authorization: Bearer " + readToken, Status: 200},
		},
		Presence: presence(),
		Secrets:  []string{carolPassword, token, rotatedToken, readToken},
		Cannot: map[string]string{
			"credentials/weak":        "every token may read; TestReadOnlyToken has what one may not write",
			"credentials/other realm": "a token works in its own realm; TestTokensShowTheirRealm has what it does not reach",
			"grant":                   "no group or attribute of SCIM confers rights",
			"takeover/key":            "users have no keys in SCIM",
			"Caller":                  "a token is not a user's",
		},
		Revocations: []dialecttest.Revocation{{Name: "token", Revoke: revokeToken, Status: 401}},
		Takeovers:   takeovers(),
		Harmless: dialecttest.Merge(
			dialecttest.Reads("config.show", "types.list", "types.show", "schemas.list", "schemas.show", "all.list", "all.search",
				"users.list", "users.show", "users.search", "groups.list", "groups.show", "groups.search", "me"),
			dialecttest.Because("a new user holds no rights", "users.create"),
			dialecttest.Because("each of its operations is decided as it is alone; bulk/decides-each-operation", "bulk"),
			dialecttest.Because("SCIM's own groups confer nothing; TestGroupsOfOtherDialectsAreNotWritten has those of others",
				"groups.create", "groups.replace", "groups.patch", "groups.delete"),
		),
		ID: func(u *core.User) string { return u.UID },
	}
}

// revokeToken removes the token of {auth}, as the command does.
func revokeToken(t testing.TB, dir *core.Directory, _ func(dialecttest.Script)) {
	err := dir.Update(context.Background(), core.Operator(), func(tx *core.Tx) error {
		_, err := RevokeToken(tx, Digest(token)[:idLength])
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

// takeovers are changes of the created user's login data.
func takeovers() []dialecttest.Case {
	patch := func(name, value string) dialecttest.Case {
		return dialecttest.Case{Name: name, Status: 403, Request: dialecttest.Script("PATCH /scim/v2/Users/{id}\n{auth}\n\n" +
			`{"Operations": [{"op": "replace", "value": ` + value + `}]}`)}
	}
	return []dialecttest.Case{
		patch(dialecttest.TakePassword, `{"password": "another-horse"}`),
		patch(dialecttest.TakeName, `{"userName": "mine"}`),
		patch(dialecttest.TakeStatus, `{"active": false}`),
		{Name: dialecttest.Remove, Request: "DELETE /scim/v2/Users/{id}\n{auth}", Status: 403},
		{Name: dialecttest.TakeName + ", by PUT", Request: "PUT /scim/v2/Users/{id}\n{auth}\n\n" + `{"userName": "mine"}`, Status: 403},
	}
}

// presence is what PUT and PATCH do with each field.
func presence() []dialecttest.Row {
	kept, refused, shown := dialecttest.Kept, dialecttest.Refused, dialecttest.Shown
	gone := shown(dialecttest.Missing)
	put := func(field, sample, look string, absent, null, empty dialecttest.Effect) dialecttest.Row {
		return dialecttest.Row{
			Write: "PUT /scim/v2/Users/{id}\n{auth}\n\n{body}", Verb: "PUT", Field: field, Sample: sample, Look: look,
			Absent: absent, Null: null, Empty: empty, Base: []dialecttest.FieldValue{{Name: "userName", Value: `"carol"`}},
		}
	}
	patch := func(field, sample, look string, null, empty dialecttest.Effect) dialecttest.Row {
		return dialecttest.Row{
			Write: "PATCH /scim/v2/Users/{id}\n{auth}\n\n" + `{"Operations": [{"op": "replace", "value": {body}}]}`,
			Verb:  "PATCH", Field: field, Sample: sample, Look: look, Absent: kept(), Null: null, Empty: empty,
		}
	}
	list := func(row dialecttest.Row) dialecttest.Row { row.EmptyText = "[]"; return row }
	const department = `{"department": "D"}`
	return []dialecttest.Row{
		put("userName", `"caroline"`, "raw:userName", refused(400), refused(400), refused(400)),
		put("displayName", `"C"`, "raw:displayName", gone, gone, shown(`""`)),
		put("name", `{"givenName": "C", "middleName": "M"}`, "raw:name.middleName", gone, gone, refused(400)),
		put("active", "false", "raw:active", kept(), kept(), refused(400)),
		list(put("emails", `[{"value": "c@example.com"}]`, "raw:emails.0.value", gone, gone, gone)),
		put("externalId", `"x1"`, "raw:externalId", gone, gone, gone),
		put(urnEnterprise, department, "re:\"department\":(\"D\")", gone, gone, refused(400)),
		put(urnCustom, `{"level": 7}`, "re:\"level\":(7)", kept(), kept(), refused(400)),
		patch("userName", `"caroline"`, "raw:userName", refused(400), refused(400)),
		patch("displayName", `"C"`, "raw:displayName", gone, shown(`""`)),
		patch("name", `{"givenName": "C", "middleName": "M"}`, "raw:name.middleName", gone, refused(400)),
		patch("active", "false", "raw:active", gone, refused(400)),
		list(patch("emails", `[{"value": "c@example.com"}]`, "raw:emails.0.value", gone, gone)),
		patch("externalId", `"x1"`, "raw:externalId", gone, gone),
		patch(urnEnterprise, department, "re:\"department\":(\"D\")", gone, refused(400)),
		patch(urnCustom, `{"level": 7}`, "re:\"level\":(7)", gone, refused(400)),
	}
}

// form holds an error to the RFC's body.
func form(a *dialecttest.Answer) error {
	var body struct {
		Schemas          []string
		Status, ScimType string
		Detail           *string
	}
	if err := json.Unmarshal(a.Body, &body); err != nil {
		return err
	}
	switch {
	case len(body.Schemas) != 1 || body.Schemas[0] != "urn:ietf:params:scim:api:messages:2.0:Error":
		return fmt.Errorf("schemas are %q", body.Schemas)
	case body.Status != strconv.Itoa(a.Status):
		return fmt.Errorf("the body says status %q", body.Status)
	case body.Detail == nil || *body.Detail == "":
		return errors.New("there is no detail")
	case body.ScimType != "" && a.Status != 400 && a.Status != 409:
		return fmt.Errorf("a scimType with status %d", a.Status)
	}
	return nil
}

func words(err error) (status int, body []byte) {
	w := httptest.NewRecorder()
	(&call{w: w, r: httptest.NewRequest("GET", "/scim/v2/Users", nil)}).fail(err)
	return w.Code, w.Body.Bytes()
}

// setup stores an administrator of another dialect, and tokens.
func setup(t testing.TB, dir *core.Directory) dialecttest.Vars {
	t.Helper()
	err := dir.Update(context.Background(), core.Operator(), func(tx *core.Tx) error {
		u := coretest.User("admin")
		u.UID = "admin-uid"
		return tx.AddUser(u)
	})
	if err != nil {
		t.Fatal(err)
	}
	seed := Seed{Tokens: []SeedToken{
		{Name: "idp", Token: token, Write: true}, {Name: "idp", Token: rotatedToken, Write: true},
		{Name: "reader", Token: readToken}, {Name: "second", Token: secondToken, Write: true},
		{Name: "stranger", Token: strangerToken, Realm: "other", Write: true},
	}}
	if err := New(Config{Directory: dir}).Seed(context.Background(), seed); err != nil {
		t.Fatal(err)
	}
	return dialecttest.Vars{
		"auth": "Authorization: Bearer " + token, "second": "Authorization: Bearer " + secondToken,
		"reader": "Authorization: Bearer " + readToken,
	}
}
