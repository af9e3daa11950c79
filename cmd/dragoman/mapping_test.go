package main

import (
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/dragoman-gateway/dragoman/dialects/dialecttest"
	"github.com/dragoman-gateway/dragoman/dialects/gateway"
)

const mappingSeed = `users:
  - {username: admin, email: admin@example.com, password: changeme1}
syncano:
  accounts: [{email: admin@example.com, account_key: 0f2b7c1de4a95863b0f2b7c1de4a95863b0f2b70}]
  instances:
    - name: main
      owner: admin@example.com
      api_keys: [{key: ` + seedAPIKey + `, ignore_acl: true, allow_user_create: true}]
      map: {mail: email, first: given_name}
econtext: {members: [admin]}
onapp:
  administrators: [{username: admin}]
  map: {surname: family_name}
`

// A profile field that is mapped to the address is the address in every dialect, with
// the rules of each.
func TestMappedFieldsAreOneValueInAllDialects(t *testing.T) {
	env := dialecttest.NewEnv(t, dialecttest.SQLite())
	g, _ := gatewayOn(t, env.Dir)
	seed, err := gateway.ParseSeed("seed.yaml", []byte(mappingSeed), gateway.Table())
	if err != nil {
		t.Fatal(err)
	}
	for range 2 { // a second start changes nothing
		if err := g.ApplySeed(t.Context(), seed); err != nil {
			t.Fatal(err)
		}
	}
	ask := func(line, body string, want int, parts ...string) {
		t.Helper()
		method, path, _ := strings.Cut(line, " ")
		r := httptest.NewRequest(method, path, strings.NewReader(body))
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set(admin[0], admin[1])
		if strings.HasPrefix(path, "/v1.1/") {
			r.Header.Set("X-Api-Key", "0f2b7c1de4a95863b0f2b7c1de4a95863b0f2b70")
			r.Header.Del(admin[0])
		}
		rec := httptest.NewRecorder()
		g.Dialects().ServeHTTP(rec, r)
		if rec.Code != want {
			t.Fatalf("%s %s: %d %s", line, body, rec.Code, rec.Body)
		}
		for _, part := range parts {
			if !strings.Contains(rec.Body.String(), part) {
				t.Errorf("%s %s lacks %s: %s", line, body, part, rec.Body)
			}
		}
	}
	const syncano, onapp, profile = "/v1.1/instances/main/users/2/", "/users/2.json", "/v1.1/instances/main/classes/user_profile/"
	ask("PATCH "+profile, `{"schema":[{"name":"mail","type":"string","filter_index":true},{"name":"first","type":"string"}]}`, 200)
	ask("POST /user_additional_fields.json", `{"user_additional_field":{"name":"surname"}}`, 201)

	ask("POST /v1.1/instances/main/users/", `{"username":"ann","password":"first-password","profile":{"mail":"Ann@example.com","first":"Ann"}}`, 201)
	ask("GET "+onapp, "", 200, `"email":"Ann@example.com"`, `"first_name":"Ann"`)
	ask("GET /api/users", "", 200, `"email": "Ann@example.com"`)

	ask("PUT "+onapp, `{"user":{"email":"ann@example.org","first_name":"Anna","additional_fields":{"surname":"Lee"}}}`, 204)
	ask("GET "+syncano, "", 200, `"mail":"ann@example.org"`, `"first":"Anna"`)
	ask("GET "+onapp, "", 200, `"last_name":"Lee"`)
	ask("GET "+profile+`objects/?query={"mail":{"_eq":"ann@example.org"}}`, "", 200, `"first":"Anna"`)

	ask("PATCH "+syncano, `{"profile":{"mail":"admin@example.com"}}`, 400, `"email":["This field must be unique."]`)
	ask("PATCH "+syncano, `{"profile":{"mail":"nobody"}}`, 400, `"email":`)
	ask("PATCH "+syncano, `{"profile":{"first":null}}`, 200, `"first":null`)
	ask("GET "+onapp, "", 200, `"first_name":""`, `"email":"ann@example.org"`)

	// A field of the schema goes, the address of everybody stays.
	ask("PATCH "+profile, `{"schema":[]}`, 200)
	ask("GET "+onapp, "", 200, `"email":"ann@example.org"`)

	// The key of an application does not change the address of an administrator by its other name.
	ask("PATCH "+profile, `{"schema":[{"name":"mail","type":"string"}]}`, 200, "mail")
	ask("PATCH /v1.1/instances/main/users/1/", `{"profile":{"mail":"mine@example.com"}}`, 403)
}

func TestMappingsAreChangedByCommands(t *testing.T) {
	dsn := "sqlite:" + t.TempDir() + "/d.db"
	for _, c := range []struct {
		args string
		code int
		want string
	}{
		{"mapping add mail email", exitOK, "mail is email"},
		{"mapping list", exitOK, "mail  email"},
		{"mapping add post email", exitFailed, "mapped already"},
		{"mapping add a password", exitFailed, "not a field"},
		{"mapping remove mail", exitOK, "only an attribute"},
		{"mapping remove mail", exitFailed, "not found"},
	} {
		code, out, log := runCommand(t, append(strings.Fields(c.args), "--store", dsn)...)
		if code != c.code || !strings.Contains(out+log, c.want) {
			t.Errorf("%s: %d %s%s", c.args, code, out, log)
		}
	}
}
