package sandbox_test

import (
	"encoding/base64"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/dragoman-gateway/dragoman/dialects/console"
	"github.com/dragoman-gateway/dragoman/dialects/gateway/sandbox"
)

// page asks a manager with a console for a page and returns its status and text.
func page(t *testing.T, h http.Handler, method, path string, form url.Values, headers ...string) (int, string) {
	t.Helper()
	r := httptest.NewRequest(method, path, strings.NewReader(form.Encode()))
	r.Host = "127.0.0.1:8080"
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	body, err := io.ReadAll(w.Body)
	if err != nil {
		t.Fatal(err)
	}
	return w.Code, string(body)
}

func withConsole(t *testing.T, cfg sandbox.Config) *sandbox.Manager {
	t.Helper()
	cfg.Console = true
	m := sandbox.New(cfg)
	t.Cleanup(m.Close)
	if _, err := m.Create(t.Context(), sandbox.Creation{Name: sandbox.DefaultName}); err != nil {
		t.Fatal(err)
	}
	return m
}

func TestConsoleOfAStandInNeedsNoSignIn(t *testing.T) {
	t.Parallel()
	m := withConsole(t, sandbox.Config{})
	if status, text := page(t, m, "GET", console.Prefix+"users", nil); status != 200 || !strings.Contains(text, "admin") || !strings.Contains(text, "Create a user") {
		t.Errorf("%d %s", status, text)
	}
	for claim, headers := range map[string][]string{"another origin": {"Origin", "http://evil.example"}} {
		if status, _ := page(t, m, "GET", console.Prefix+"users", nil, headers...); status != 403 {
			t.Errorf("%s: %d", claim, status)
		}
	}
	r := httptest.NewRequest("GET", console.Prefix+"users", nil)
	r.Host = "evil.example"
	w := httptest.NewRecorder()
	if m.ServeHTTP(w, r); w.Code != 421 {
		t.Errorf("a foreign host name: %d", w.Code)
	}
}

func TestConsoleOfAStandInNeedsItsToken(t *testing.T) {
	t.Parallel()
	m := withConsole(t, sandbox.Config{Token: "a-token-of-the-control-api"})
	if status, _ := page(t, m, "GET", console.Prefix+"users", nil); status != 401 {
		t.Errorf("without the token: %d", status)
	}
	r := httptest.NewRequest("GET", "/", nil)
	r.SetBasicAuth("", "a-token-of-the-control-api")
	if status, _ := page(t, m, "GET", console.Prefix+"users", nil, "Authorization", r.Header.Get("Authorization")); status != 200 {
		t.Errorf("with the token: %d", status)
	}
}

func TestConsoleIsOffUnlessItIsAskedFor(t *testing.T) {
	t.Parallel()
	m := sandbox.New(sandbox.Config{})
	t.Cleanup(m.Close)
	if status, _ := page(t, m, "GET", console.Prefix+"users", nil); status != 404 {
		t.Errorf("status %d", status)
	}
}

func TestSandboxesAreChangedInTheConsole(t *testing.T) {
	t.Parallel()
	m := withConsole(t, sandbox.Config{})
	at := console.Prefix + "sandboxes"
	act := func(path string, form url.Values, status int, texts ...string) {
		t.Helper()
		got, body := page(t, m, "POST", path, form)
		if got != status {
			t.Fatalf("%s: %d, want %d\n%s", path, got, status, body)
		}
		for _, text := range texts {
			if !strings.Contains(body, text) {
				t.Errorf("%s lacks %q:\n%s", path, text, body)
			}
		}
	}
	act(at, url.Values{"name": {"Mine!"}}, 422, "a name is a host label", `value="Mine!"`)
	act(at, url.Values{"name": {"mine"}, "from": {"default"}}, 303)
	act(at, url.Values{"name": {"mine"}}, 422, "there is a sandbox")
	act(at+"/mine/snapshot", url.Values{"snapshot": {"before"}}, 303)
	act(at+"/mine/clock", url.Values{"set": {"tomorrow"}}, 422, "must be like 2030-01-31T12:00:00Z", `value="tomorrow"`)
	act(at+"/mine/clock", url.Values{"advance": {"48h"}, "frozen": {"yes"}}, 303)
	act(at+"/mine/fault", url.Values{"operation": {"none.such"}, "status": {"500"}}, 422, "unknown operation", `value="none.such"`)
	act(at+"/mine/fault", url.Values{"operation": {"users.list"}, "status": {"x"}}, 422, "must be a number")
	act(at+"/mine/fault", url.Values{"dialect": {"onapp"}, "operation": {"users.list"}, "status": {"500"}}, 303)
	s, err := m.Get("mine")
	if err != nil || s.Clock().Now().Before(time.Now().Add(47*time.Hour)) {
		t.Errorf("the clock is at %v, %v", s.Clock().Now(), err)
	}
	if status, text := page(t, m, "GET", at+"/mine", nil); status != 200 || !strings.Contains(text, "before") ||
		!strings.Contains(text, "stands still") || !strings.Contains(text, "dialect onapp, operation users.list, status 500") {
		t.Errorf("%d %s", status, text)
	}
	own := "/_sandbox/mine" + console.Prefix
	if status, text := page(t, m, "GET", own+"users", nil); status != 200 || !strings.Contains(text, `href="`+own+`groups"`) {
		t.Errorf("the console of its own: %d %s", status, text)
	}
	act(own+"users/main/1/disable", nil, 303)
	act(at+"/mine/heal", nil, 303)
	act(at+"/mine/reset", url.Values{"snapshot": {"none"}}, 422, "no snapshot")
	act(at+"/mine/reset", url.Values{"snapshot": {"before"}}, 303)
	if _, text := page(t, m, "GET", own+"users/main/1", nil); !strings.Contains(text, `class="state active"`) {
		t.Errorf("the reset left the user:\n%s", text)
	}
	act(at+"/mine/drop", nil, 303)
	act(at+"/mine/rename", nil, 404)
	if status, _ := page(t, m, "GET", at+"/mine", nil); status != 404 {
		t.Errorf("a dropped sandbox: %d", status)
	}
}

// TestMarkupOfEveryDialectIsText stores markup in the fields of every dialect and looks at
// every page that shows them.
func TestMarkupOfEveryDialectIsText(t *testing.T) {
	t.Parallel()
	const markup = `<script>alert(1)</script>`
	m := withConsole(t, sandbox.Config{})
	basic := func(login string) string {
		return "Basic " + base64.StdEncoding.EncodeToString([]byte(login))
	}
	admin := []string{"Authorization", basic("admin:changeme1")}
	key := []string{"X-Api-Key", "3a6e0c9d1f5b72843a6e0c9d1f5b72843a6e0c91"}
	token := []string{"Authorization", "Bearer 6b1f0d2c9a8e7f4b5c3d6b1f0d2c9a8e"}
	application := "" // of eContext
	for _, call := range []struct {
		method, path, body string
		headers            []string
		status             int
	}{
		{"POST", "/users.json", `{"user":{"login":"o1","email":"o1@example.com","password":"Changeme1!","first_name":"` + markup + `","last_name":"` + markup + `"}}`, admin, 201},
		{"POST", "/roles.json", `{"role":{"label":"` + markup + `"}}`, admin, 201},
		{"POST", "/user_groups.json", `{"user_group":{"label":"` + markup + `"}}`, admin, 201},
		{"POST", "/api/applications/application", `{"name":"` + markup + `","description":"` + markup + `"}`, admin, 200},
		{"POST", "/api/users/user", `{"username":"` + markup + `","password":"Changeme1!","email":"e1@example.com","name":"` + markup + `","applications":["APPLICATION"],"custom_data":{"` + markup + `":"` + markup + `"}}`, admin, 200},
		{"POST", "/api/groups/group", `{"name":"` + markup + `","description":"` + markup + `","application":"APPLICATION"}`, admin, 200},
		{"POST", "/v1.1/instances/main/users/", `{"username":"s1` + markup + `","password":"Changeme1!"}`, key, 201},
		{"POST", "/v1.1/instances/main/groups/", `{"label":"` + markup + `"}`, key, 201},
		{"POST", "/scim/v2/Users", `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"c1` + markup + `","externalId":"` + markup + `","displayName":"` + markup + `","name":{"formatted":"` + markup + `"},"nickName":"` + markup + `"}`, token, 201},
		{"POST", "/scim/v2/Groups", `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"displayName":"` + markup + `","externalId":"` + markup + `"}`, token, 201},
		{"GET", "/users/" + markup + ".json?q=" + url.QueryEscape(markup), "", []string{"Authorization", basic(markup + ":x"), "X-Request-Id", markup}, 401},
	} {
		r := httptest.NewRequest(call.method, "/", strings.NewReader(strings.ReplaceAll(call.body, "APPLICATION", application)))
		r.URL, _ = url.Parse("http://127.0.0.1:8080" + strings.ReplaceAll(call.path, markup, url.PathEscape(markup)))
		r.Host, r.RequestURI = "127.0.0.1:8080", r.URL.RequestURI()
		r.Header.Set("Content-Type", "application/json")
		for i := 0; i < len(call.headers); i += 2 {
			r.Header.Set(call.headers[i], call.headers[i+1])
		}
		w := httptest.NewRecorder()
		m.ServeHTTP(w, r)
		if w.Code != call.status {
			t.Errorf("%s %s: %d, want %d: %s", call.method, call.path, w.Code, call.status, w.Body)
		}
		if made := regexp.MustCompile(`applications/application/([0-9a-f-]{36})`).FindStringSubmatch(w.Body.String()); made != nil {
			application = made[1]
		}
	}
	seen, shows := map[string]bool{}, 0
	links := regexp.MustCompile(`href="(/_dragoman/console/[^"#]+)"`)
	for next := []string{console.Prefix + "users", console.Prefix + "groups", console.Prefix + "keys", console.Prefix + "live"}; len(next) > 0; next = next[1:] {
		if seen[next[0]] || strings.Contains(next[0], "/static/") {
			continue
		}
		seen[next[0]] = true
		status, text := page(t, m, "GET", strings.ReplaceAll(next[0], "&amp;", "&"), nil)
		if status != 200 || strings.Contains(text, "<script>alert") {
			t.Errorf("%s: %d, or markup of a field is markup of the page:\n%s", next[0], status, text)
		}
		shows += strings.Count(text, "&lt;script&gt;alert")
		for _, link := range links.FindAllStringSubmatch(text, -1) {
			next = append(next, link[1])
		}
	}
	if len(seen) < 40 || shows < 40 {
		t.Errorf("only %d pages, which show the markup %d times", len(seen), shows)
	}
}
