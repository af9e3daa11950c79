package main

import (
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestOperatorSeesWhyALoginFailed is an operator's story: a grant, the sign-in, a
// user's refused login with its reason, a new password, and the login that follows.
func TestOperatorSeesWhyALoginFailed(t *testing.T) {
	store := dbIn(t)
	g := start(t, "--store", store, "--seed", writeFile(t, "seed.yaml", devSeed), "--console", "write")
	a := g.do(t, "POST", "/users.json", `{"user":{"login":"bob","email":"bob@example.com","password":"forgotten-1"}}`, append(admin, "Content-Type", "application/json")...)
	bob := strings.TrimPrefix(a.header.Get("Location"), g.base)
	if a.status != 201 || !strings.HasPrefix(bob, "/users/") {
		t.Fatalf("create: %d %q %s", a.status, bob, a.body)
	}
	page := "users/main/" + strings.TrimPrefix(bob, "/users/")
	browser := newBrowser(t, g.base+"/_dragoman/console/")
	browser.post(t, "sign-in", url.Values{"name": {"admin"}, "password": {"changeme1"}}, 403)
	if code, out, log := once(t, "admin", "grant", "admin", "operator", "--store", store); code != 0 {
		t.Fatalf("grant: %d %s%s", code, out, log)
	}
	browser.post(t, "sign-in", url.Values{"name": {"admin"}, "password": {"changeme1"}}, 200)

	tries := func(password string) int {
		return g.do(t, "GET", bob+".json", "", "Authorization", basic("bob:"+password)).status
	}
	if status := tries("guessed-1"); status != 401 {
		t.Fatalf("a wrong password: %d", status)
	}
	if shown := browser.get(t, page); !strings.Contains(shown, "wrong password") {
		t.Errorf("the page of the user does not say why the login failed:\n%s", shown)
	}
	browser.post(t, page+"/password", url.Values{"password": {"chosen-by-operator"}}, 200)
	if status := tries("chosen-by-operator"); status != 403 { // known, but without a role
		t.Errorf("the new password: %d", status)
	}
	failed := regexp.MustCompile(`live/(\d+)">[^<]*</a></td><td>bob</td><td>401`).FindStringSubmatch(browser.get(t, "live"))
	if failed == nil {
		t.Fatalf("the live page lacks the refused login:\n%s", browser.get(t, "live"))
	}
	created := browser.get(t, "live/1")
	for _, want := range []string{"POST /users.json", "&#34;login&#34;:&#34;bob&#34;", "&#34;password&#34;:&#34;***&#34;", "201", "application/json"} {
		if !strings.Contains(created, want) {
			t.Errorf("the request lacks %q:\n%s", want, created)
		}
	}
	if strings.Contains(created, "forgotten-1") {
		t.Error("the request shows a password")
	}
	for _, want := range []string{"Password hashes waiting", "Objects in the cache", "Changes waiting for the writer"} {
		if !strings.Contains(browser.get(t, "live"), want) {
			t.Errorf("the live page lacks %q", want)
		}
	}
	if page := browser.get(t, "live"); strings.Contains(page, "chosen-by-operator") || strings.Contains(page, "guessed-1") {
		t.Error("the live page shows a password")
	}
	if log := g.log.String(); strings.Contains(log, "chosen-by-operator") {
		t.Error("the log has a password")
	}
}

// TestConsoleIsOffByDefault: nothing of it is served unless it is asked for.
func TestConsoleIsOffByDefault(t *testing.T) {
	g := start(t, "--store", dbIn(t))
	if a := g.do(t, "GET", "/_dragoman/console/sign-in", ""); a.status != 404 {
		t.Errorf("status %d", a.status)
	}
}

// browser keeps cookies and follows redirects.
type browser struct {
	base string
	http *http.Client
}

func newBrowser(t *testing.T, base string) *browser {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &browser{base, &http.Client{Jar: jar}}
}

func (b *browser) get(t *testing.T, path string) string {
	t.Helper()
	res, err := b.http.Get(b.base + path)
	return pageOf(t, res, err, 200)
}

func (b *browser) post(t *testing.T, path string, form url.Values, status int) string {
	t.Helper()
	res, err := b.http.PostForm(b.base+path, form)
	return pageOf(t, res, err, status)
}

func pageOf(t *testing.T, res *http.Response, err error, status int) string {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	if res.StatusCode != status {
		t.Fatalf("%s: status %d, want %d\n%s", res.Request.URL, res.StatusCode, status, text)
	}
	return string(text)
}

// TestConsoleShowsTheAuditOfAUser: what an operator does, and is shown, stands in the
// audit and on the page of the user.
func TestConsoleShowsTheAuditOfAUser(t *testing.T) {
	store, audit := dbIn(t), filepath.Join(t.TempDir(), "audit.jsonl")
	g := start(t, "--store", store, "--seed", writeFile(t, "seed.yaml", devSeed), "--console", "write", "--audit", audit)
	if code, out, log := once(t, "admin", "grant", "admin", "operator", "--store", store); code != 0 {
		t.Fatalf("grant: %d %s%s", code, out, log)
	}
	b := newBrowser(t, g.base+"/_dragoman/console/")
	b.post(t, "sign-in", url.Values{"name": {"admin"}, "password": {"changeme1"}}, 200)
	b.post(t, "users/main/2/disable", url.Values{}, 200)
	page := b.get(t, "users/main/2")
	kind := regexp.MustCompile(`name="kind" value="([^"]+)"`).FindStringSubmatch(page)
	if kind == nil {
		t.Fatalf("no handle is shown:\n%s", page)
	}
	masked := regexp.MustCompile(`<code>(.{4})••••`).FindStringSubmatch(page)
	shown := regexp.MustCompile(`<code id="handle">([^<]+)`).FindStringSubmatch(b.post(t, "users/main/2/handle", url.Values{"kind": kind[1:]}, 200))
	if masked == nil || shown == nil || !strings.HasPrefix(shown[1], masked[1]) {
		t.Fatalf("masked %q, shown %q", masked, shown)
	}
	b.post(t, "users/main/2/handle", url.Values{"kind": {"none"}}, 404)
	text, err := os.ReadFile(audit)
	if err != nil {
		t.Fatal(err)
	}
	lines := string(text)
	for _, want := range []string{`"dialect":"console","operation":"disable user"`, `"action":"show","kind":"user","realm":"main","id":2,"fields":["` + kind[1] + `"]`} {
		if !strings.Contains(lines, want) {
			t.Errorf("the audit lacks %s:\n%s", want, lines)
		}
	}
	if strings.Contains(lines, shown[1]) {
		t.Error("the audit has the secret")
	}
	page = b.get(t, "users/main/2")
	for _, want := range []string{"History", "show user", "enabled"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	if strings.Contains(page, shown[1]) {
		t.Error("the page still shows the secret")
	}
}
