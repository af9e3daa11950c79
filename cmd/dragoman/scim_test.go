package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

const seedToken = "6b1f0d2c9a8e7f4b5c3d6b1f0d2c9a8e"

// scim sends a request of an identity provider.
func (g *gatewayRun) scim(t *testing.T, method, path, body string) answer {
	t.Helper()
	return g.do(t, method, "/scim/v2"+path, body, "Authorization", "Bearer "+seedToken, "Content-Type", "application/scim+json")
}

// asAdmin sends a request of the seed's administrator, which must succeed.
func (g *gatewayRun) asAdmin(t *testing.T, method, path, body string) string {
	t.Helper()
	got := g.do(t, method, path, body, append([]string{"Content-Type", "application/json"}, admin...)...)
	if got.status >= 300 {
		t.Fatalf("%s %s: %d %s", method, path, got.status, got.body)
	}
	return got.body
}

// scimID creates an object and returns its id.
func (g *gatewayRun) scimID(t *testing.T, path, body string) string {
	t.Helper()
	got := g.scim(t, "POST", path, body)
	var made struct{ ID string }
	if err := json.Unmarshal([]byte(got.body), &made); err != nil || got.status != 201 {
		t.Fatalf("%d %s", got.status, got.body)
	}
	return made.ID
}

// logins says which of Syncano, eContext and OnApp take a user's password.
func (g *gatewayRun) logins(t *testing.T, application, name, password string) (in [3]bool) {
	t.Helper()
	got := g.do(t, "POST", "/v1.1/instances/main/user/auth/", fmt.Sprintf(`{"username": %q, "password": %q}`, name, password),
		"Content-Type", "application/json", "X-API-KEY", seedAPIKey)
	in[0] = got.status == 200
	got = g.do(t, "POST", "/api/authenticate", fmt.Sprintf(`{"type": "username", "application": %q, "credential": {"username": %q, "password": %q}}`, application, name, password),
		append([]string{"Content-Type", "application/json"}, admin...)...)
	in[1] = got.status == 200 && strings.Contains(got.body, `"authenticated": true`)
	in[2] = g.do(t, "GET", "/profile.json", "", "Authorization", basic(name+":"+password)).status == 200
	return in
}

// A user whom an identity provider creates logs in everywhere; the bytes that Entra ID sends
// end that at once; and a change in OnApp moves the version.
func TestAUserOfAnIdentityProvider(t *testing.T) {
	t.Parallel()
	g := startSeeded(t)
	id := g.scimID(t, "/Users", `{"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "externalId": "e1", "userName": "ann", "active": true,
		"password": "first-password", "emails": [{"primary": true, "type": "work", "value": "ann@example.com"}],
		"name": {"givenName": "Ann", "familyName": "Lee"}, "meta": {"resourceType": "User"}, "roles": []}`)
	// eContext lets in who is in the application.
	app := regexp.MustCompile(`"id": "([^"]*)"`).FindStringSubmatch(g.asAdmin(t, "POST", "/api/applications/application", `{"name": "Spare"}`))[1]
	g.asAdmin(t, "PUT", "/api/users/user/"+id, `{"applications": ["`+app+`"]}`)
	if in := g.logins(t, app, "ann", "first-password"); in != [3]bool{true, true, true} {
		t.Errorf("created by SCIM: logins to Syncano, eContext, OnApp: %v", in)
	}
	for value, want := range map[string]bool{"False": false, "True": true} {
		got := g.scim(t, "PATCH", "/Users/"+id, `{"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": [{"op": "Replace", "path": "active", "value": "`+value+`"}]}`)
		if got.status != 200 {
			t.Fatalf("%d %s", got.status, got.body)
		}
		if in := g.logins(t, app, "ann", "first-password"); in != [3]bool{want, want, want} {
			t.Errorf("active %s: logins to Syncano, eContext, OnApp: %v", value, in)
		}
	}
	before := g.scim(t, "GET", "/Users/"+id, "")
	number := regexp.MustCompile(`"id":(\d+)`).FindStringSubmatch(g.asAdmin(t, "GET", "/users.json?q=ann", ""))[1]
	g.asAdmin(t, "PUT", "/users/"+number+".json", `{"user": {"last_name": "Kim"}}`)
	after := g.scim(t, "GET", "/Users/"+id, "")
	if tag := before.header.Get("ETag"); tag == "" || tag == after.header.Get("ETag") || !strings.Contains(after.body, `"familyName":"Kim"`) {
		t.Errorf("version %s, then %s: %s", tag, after.header.Get("ETag"), after.body)
	}
	if got := g.do(t, "PUT", "/scim/v2/Users/"+id, `{"userName": "ann"}`, "Authorization", "Bearer "+seedToken, "If-Match", before.header.Get("ETag")); got.status != 412 {
		t.Errorf("a write on the old version: %d %s", got.status, got.body)
	}
}

// fillSCIM makes users and groups as identity providers do, and one as OnApp does.
func (g *gatewayRun) fillSCIM(t *testing.T) {
	t.Helper()
	g.asAdmin(t, "POST", "/users.json", `{"user": {"login": "olga", "email": "olga@example.com", "password": "first-password", "first_name": "Olga", "last_name": "Fox"}}`)
	var members []string
	for i := range 12 {
		id := g.scimID(t, "/Users", fmt.Sprintf(`{"userName": "user%d", "active": %v, "displayName": "User %d", "emails": [{"value": "user%d@example.com"}],
			"urn:ietf:params:scim:schemas:extension:dragoman:2.0:User": {"level": %d}}`, i, i%3 > 0, i, i, i))
		members = append(members, `{"value": "`+id+`"}`)
	}
	g.scimID(t, "/Groups", `{"displayName": "Staff", "members": [`+strings.Join(members, ", ")+`]}`)
	g.scimID(t, "/Groups", `{"displayName": "Empty"}`)
}

// scimShows is what SCIM shows, without what each server sets itself: ids, dates and
// versions, and the externalId, by which a push knows its users again.
func (g *gatewayRun) scimShows(t *testing.T) string {
	t.Helper()
	text := g.scim(t, "GET", "/Users?count=200", "").body + g.scim(t, "GET", "/Groups?count=200", "").body
	text = regexp.MustCompile(`,"meta":\{[^}]*\}|"(externalId|\$ref)":"[^"]*",`).ReplaceAllString(text, "")
	for _, m := range regexp.MustCompile(`"id":("[^"]*"),"(?:userName|displayName)":("[^"]*")`).FindAllStringSubmatch(text, -1) {
		text = strings.ReplaceAll(text, m[1], m[2])
	}
	return strings.ReplaceAll(text, `},{"schemas"`, "},\n{\"schemas\"")
}

// A gateway that a push fills, and one that an import fills, show the same as their source.
func TestPushAndImportFillAGateway(t *testing.T) {
	t.Parallel()
	store := dbIn(t)
	from := start(t, "--store", store, "--seed", writeFile(t, "seed.yaml", devSeed))
	from.fillSCIM(t)
	token := writeFile(t, "token", seedToken+"\n")
	to := start(t, "--store", dbIn(t), "--seed", writeFile(t, "empty.yaml", "scim:\n  tokens: [{name: dev, token: "+seedToken+", write: true}]\n"))
	folder := t.TempDir()
	push := []string{"scim", "push", "--store", store, "--to", to.base + "/scim/v2", "--token-file", token, "--state", filepath.Join(folder, "state"), "--rate", "0"}
	for _, step := range []struct {
		flags []string
		words string
	}{
		{[]string{"--dry-run"}, "would be: 17 created, 0 updated, 0 unchanged"},
		{[]string{"--report", filepath.Join(folder, "report")}, "17 created, 0 updated, 0 unchanged"},
		{nil, "0 created, 0 updated, 17 unchanged"},
	} {
		if code, _, said := runCommand(t, append(push, step.flags...)...); code != exitOK || !strings.Contains(said, step.words) || strings.Contains(said, seedToken) {
			t.Fatalf("push %v: exit code %d, %s", step.flags, code, said)
		}
	}
	if n := strings.Count(contents(t, filepath.Join(folder, "report")), `"verdict":"created"}`); n != 17 {
		t.Errorf("the report has %d users and groups", n)
	}
	want := from.scimShows(t)
	if have := to.scimShows(t); have != want || strings.Count(want, "\n") < 15 {
		t.Errorf("pushed:\n%s\nwant:\n%s", have, want)
	}
	copied := dbIn(t)
	if code, _, said := runCommand(t, "import", "--store", copied, "--from", "scim", "--url", from.base+"/scim/v2", "--token-file", token, "--rate", "1000"); code != exitOK {
		t.Fatalf("import: exit code %d, %s", code, said)
	}
	imported := start(t, "--store", copied, "--seed", writeFile(t, "empty.yaml", "scim:\n  tokens: [{name: dev, token: "+seedToken+"}]\n"))
	if have := imported.scimShows(t); have != want {
		t.Errorf("imported:\n%s\nwant:\n%s", have, want)
	}
}

func TestPushSaysHowItIsUsed(t *testing.T) {
	t.Parallel()
	token := writeFile(t, "token", seedToken)
	for _, args := range [][]string{
		{}, {"--to", "https://idp.example", "--token-file", filepath.Join(os.TempDir(), "no-such-file")}, {"--to", "idp.example", "--token-file", token},
		{"--to", "https://idp.example", "--token-file", token, "--delete"}, {"--to", "https://idp.example", "--token-file", writeFile(t, "empty", "\n")},
	} {
		if code, _, said := runCommand(t, append([]string{"scim", "push", "--store", dbIn(t)}, args...)...); code != exitUsage {
			t.Errorf("%v: exit code %d, %s", args, code, said)
		}
	}
}
