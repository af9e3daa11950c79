package main

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// liveVendor is a gateway that stands for a vendor's server, behind a proxy that counts
// requests, delays them, and can answer nonsense or nothing at all.
type liveVendor struct {
	*gatewayRun
	url   string
	calls atomic.Int64
	mode  atomic.Value // "", "down", "html", "cut", "types", "silence"
	// stopAfter is the number of the last call that is answered; 0 is none.
	stopAfter atomic.Int64
}

func startVendor(t *testing.T) *liveVendor {
	t.Helper()
	v := &liveVendor{gatewayRun: startSeeded(t)}
	v.mode.Store("")
	to, err := url.Parse(v.base)
	if err != nil {
		t.Fatal(err)
	}
	proxy := httputil.NewSingleHostReverseProxy(to)
	front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n := v.calls.Add(1)
		if last := v.stopAfter.Load(); last > 0 && n > last {
			http.Error(w, "down", http.StatusBadGateway)
			return
		}
		time.Sleep(5 * time.Millisecond)
		if !v.nonsense(w, r) {
			proxy.ServeHTTP(w, r)
		}
	}))
	t.Cleanup(front.Close)
	v.url = front.URL
	return v
}

// nonsense answers as the mode says, and reports whether it did.
func (v *liveVendor) nonsense(w http.ResponseWriter, r *http.Request) bool {
	switch v.mode.Load() {
	case "down":
		http.Error(w, "down", http.StatusBadGateway)
	case "html":
		w.Header().Set("Content-Type", "text/html")
		_, _ = w.Write([]byte("<html>welcome"))
	case "cut":
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Content-Length", "1000")
		_, _ = w.Write([]byte(`{"econtext":`))
	case "types":
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write([]byte(`{"econtext": {"result": {"authenticated": "yes", "user": 7}}, "user": {"id": "seven"}}`))
	case "redirect":
		http.Redirect(w, r, "/elsewhere", http.StatusFound)
	case "throttled":
		w.Header().Set("Retry-After", "60")
		w.WriteHeader(http.StatusTooManyRequests)
	case "silence":
		_, _ = io.Copy(io.Discard, r.Body) // only then a lost connection is noticed
		select {
		case <-r.Context().Done():
		case <-time.After(time.Minute):
		}
	default:
		return false
	}
	return true
}

// addUser makes a user at the vendor by eContext and returns their id.
func (v *liveVendor) addUser(t *testing.T, name, password string) string {
	t.Helper()
	a := v.do(t, "POST", "/api/users/user", fmt.Sprintf(`{"email": "%[1]s@example.com", "username": "%[1]s", "name": "%[1]s Surname", "password": %[2]q, "status": "ENABLED",
		"applications": ["aa136fbd-26cc-448f-af0a-cf98fe165cc6"], "custom_data": {"team": ["a", 1]}}`, name, password), admin...)
	id := regexp.MustCompile(`"groups": \[\], "apikeys": \[\], "id": "([^"]+)"`).FindStringSubmatch(a.body)
	if a.status != http.StatusOK || id == nil {
		t.Fatalf("%d %s", a.status, a.body)
	}
	return id[1]
}

// startAdopting starts a gateway that asks the vendor.
func startAdopting(t *testing.T, v *liveVendor, flags ...string) *gatewayRun {
	t.Helper()
	secret := writeFile(t, "secret", seedPassword)
	args := []string{"--adopt-timeout", "2m", "--adopt-rate", "100"} // a busy machine is slow, a fast one asks often
	for _, dialect := range []string{"econtext", "onapp"} {
		args = append(args, "--"+dialect+"-upstream", v.url, "--"+dialect+"-upstream-login", "admin", "--"+dialect+"-upstream-secret-file", secret)
	}
	args = append(args, "--syncano-upstream", v.url, "--syncano-upstream-secret-file", writeFile(t, "account", seedAccountKey))
	return startSeeded(t, append(args, flags...)...)
}

// authenticates reports whether eContext's login takes the credential.
func (g *gatewayRun) authenticates(t *testing.T, kind, name, secret string) bool {
	t.Helper()
	a := g.do(t, "POST", "/api/authenticate", fmt.Sprintf(`{"type": %q, "credential": {"username": %q, "password": %q}, "application": "spare"}`, kind, name, secret), admin...)
	if a.status != http.StatusOK {
		t.Fatalf("%d %s", a.status, a.body)
	}
	return strings.Contains(a.body, `"authenticated": true`)
}

// addSpare makes the application that users of these tests log in to, without rights.
func (g *gatewayRun) addSpare(t *testing.T, users ...string) {
	t.Helper()
	if a := g.do(t, "POST", "/api/applications/application", `{"name": "Spare", "id": "spare"}`, admin...); a.status != http.StatusOK {
		t.Fatalf("%d %s", a.status, a.body)
	}
	for _, id := range users {
		if a := g.do(t, "POST", "/api/users/user/"+id+"/application/spare", "", admin...); a.status != http.StatusOK {
			t.Fatalf("%d %s", a.status, a.body)
		}
	}
}

// onAppLogin returns the status of a user's profile at OnApp.
func (g *gatewayRun) onAppLogin(t *testing.T, login, secret string) int {
	t.Helper()
	return g.do(t, "GET", "/profile.json", "", "Authorization", basicAuth(login, secret)).status
}

const instance = "/v1.1/instances/main/"

// syncanoLogin logs in to Syncano with an API key that is known.
func (g *gatewayRun) syncanoLogin(t *testing.T, name, password string) answer {
	t.Helper()
	return g.do(t, "POST", instance+"user/auth/", fmt.Sprintf(`{"username": %q, "password": %q}`, name, password), "X-API-KEY", seedAPIKey, "Content-Type", "application/json")
}

// ownUser is the answer to a client that has a user key.
func (g *gatewayRun) ownUser(t *testing.T, apiKey, userKey string) answer {
	t.Helper()
	return g.do(t, "GET", instance+"user/", "", "X-API-KEY", apiKey, "X-USER-KEY", userKey)
}

// manage changes the vendor's instance with the key of its account, and returns a member of
// the answer.
func (v *liveVendor) manage(t *testing.T, method, path, body, member string) string {
	t.Helper()
	a := v.do(t, method, instance+path, body, "X-API-KEY", seedAccountKey, "Content-Type", "application/json")
	found := regexp.MustCompile(`"` + member + `":"?([^",}]+)`).FindStringSubmatch(a.body)
	if a.status >= 300 || found == nil {
		t.Fatalf("%s %s: %d %s", method, path, a.status, a.body)
	}
	return found[1]
}

// What apps of Syncano hold is kept at its first use: passwords, user keys and API keys,
// those that give no rights over users.
func TestSyncanosKeysAreAdoptedAtFirstUse(t *testing.T) {
	t.Parallel()
	v := startVendor(t)
	v.manage(t, "PATCH", "classes/user_profile/", `{"schema": [{"name": "city", "type": "string"}]}`, "name")
	danKey := v.manage(t, "POST", "users/", `{"username": "dan", "password": "old-password-3", "profile": {"city": "Turin"}}`, "user_key")
	eveKey := v.manage(t, "POST", "users/", `{"username": "eve", "password": "old-password-4"}`, "user_key")
	team := v.manage(t, "POST", "groups/", `{"label": "team"}`, "id")
	v.manage(t, "POST", "groups/"+team+"/users/", `{"user": 3}`, "username")
	apiKey := v.manage(t, "POST", "api_keys/", `{"description": "app"}`, "api_key")
	mighty := v.manage(t, "POST", "api_keys/", `{"description": "tool", "ignore_acl": true}`, "api_key")
	g := startAdopting(t, v)
	const unknown = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	for range 2 {
		if g.syncanoLogin(t, "dan", "wrong").status != http.StatusUnauthorized || g.ownUser(t, seedAPIKey, unknown+"2").status == http.StatusOK ||
			g.ownUser(t, unknown+"1", eveKey).status == http.StatusOK {
			t.Fatal("a wrong credential is taken")
		}
	}
	if calls := v.calls.Load(); calls != 3 {
		t.Errorf("the vendor was asked %d times about 3 wrong credentials", calls)
	}
	dan := g.syncanoLogin(t, "dan", "old-password-3")
	if want := v.syncanoLogin(t, "dan", "old-password-3"); dan.status != http.StatusOK || dan.body != want.body {
		t.Errorf("dan is not brought whole: %d %s\nwant %s", dan.status, dan.body, want.body)
	}
	if a := g.ownUser(t, apiKey, eveKey); a.status != http.StatusOK || !strings.Contains(a.body, `"username":"eve"`) {
		t.Errorf("eve's app is logged out: %d %s", a.status, a.body)
	}
	if a := g.do(t, "GET", instance+"users/", "", "X-API-KEY", mighty); a.status != http.StatusForbidden {
		t.Errorf("an adopted API key brought rights: %d", a.status)
	}
	v.mode.Store("down")
	calls := v.calls.Load()
	if g.ownUser(t, apiKey, eveKey).status != http.StatusOK || g.ownUser(t, seedAPIKey, danKey).status != http.StatusOK ||
		g.onAppLogin(t, "dan", "old-password-3") != http.StatusOK || g.syncanoLogin(t, "dan", "wrong-again").status == http.StatusOK {
		t.Error("what was adopted needs the vendor")
	}
	if v.calls.Load() != calls {
		t.Error("the vendor is asked about users who are here")
	}
	if text := g.log.String(); strings.Contains(text, "old-password") || strings.Contains(text, eveKey) || strings.Contains(text, apiKey) {
		t.Error("the log holds a secret")
	}
}

// A user whom only the vendor knows logs in with the old password, through all dialects,
// also when the vendor has stopped since; the vendor is asked once.
func TestUsersAreAdoptedAtLogin(t *testing.T) {
	t.Parallel()
	v := startVendor(t)
	bob, ann := v.addUser(t, "bob", "old-password-1"), v.addUser(t, "ann", "old-password-2")
	v.addSpare(t, bob, ann)
	key := v.do(t, "POST", "/api/users/user/"+bob+"/apikey", `{"id": "KEY1", "secret": "key-secret-1"}`, admin...)
	if key.status != http.StatusOK {
		t.Fatal(key.body)
	}
	g := startAdopting(t, v)
	if g.authenticates(t, "username", "bob", "wrong-password") || g.authenticates(t, "username", "nobody", "old-password-1") {
		t.Fatal("a wrong credential authenticates")
	}
	calls := v.calls.Load()
	if g.authenticates(t, "username", "bob", "wrong-password"); v.calls.Load() != calls {
		t.Error("the vendor is asked again about what it refused")
	}
	if !g.authenticates(t, "username", "bob", "old-password-1") || !g.authenticates(t, "apikey", "KEY1", "key-secret-1") {
		t.Fatal("bob and the key are not adopted")
	}
	if status := g.onAppLogin(t, "ann", "old-password-2"); status != http.StatusOK {
		t.Fatalf("ann is answered %d at OnApp", status)
	}
	v.mode.Store("down")
	calls = v.calls.Load()
	if !g.authenticates(t, "username", "bob", "old-password-1") || !g.authenticates(t, "username", "bob@example.com", "old-password-1") || !g.authenticates(t, "apikey", "KEY1", "key-secret-1") ||
		g.onAppLogin(t, "bob", "old-password-1") != http.StatusOK || g.onAppLogin(t, "ann@example.com", "old-password-2") != http.StatusOK {
		t.Error("an adopted user does not log in without the vendor")
	}
	if g.authenticates(t, "username", "bob", "wrong-again") || g.onAppLogin(t, "ann", "wrong-again") == http.StatusOK {
		t.Error("a wrong password of an adopted user authenticates")
	}
	if v.calls.Load() != calls {
		t.Error("the vendor is asked about users who are here")
	}
	want, have := v.do(t, "GET", "/api/users/user/"+bob, "", admin...), g.do(t, "GET", "/api/users/user/"+bob, "", admin...)
	for _, part := range []string{`"name": "bob Surname"`, `"custom_data": {"team": ["a", 1]}`, `"id": "KEY1"`, `"id": "spare"`} {
		if !strings.Contains(want.body, part) || !strings.Contains(have.body, part) {
			t.Errorf("bob was not brought whole, %s is missing: %s", part, have.body)
		}
	}
	// At the vendor, bob may call the API. Here the operator has not allowed that.
	if a := g.do(t, "GET", "/api/users", "", "Authorization", basicAuth("bob", "old-password-1")); a.status != http.StatusUnauthorized {
		t.Errorf("an adopted user brought authority: %d", a.status)
	}
	for _, metric := range []string{"dragoman_vendor_adopted_total 3", "dragoman_vendor_refused_total 2"} {
		if a := g.do(t, "GET", "/_dragoman/metrics", ""); !strings.Contains(a.body, metric+"\n") {
			t.Errorf("the metrics lack %s", metric)
		}
	}
	if strings.Contains(g.log.String(), "old-password") || strings.Contains(g.log.String(), "key-secret") {
		t.Error("the log holds a secret")
	}
}

// With --adopt-authority the memberships at the vendor count here.
func TestAdoptedAuthorityIsTheOperatorsChoice(t *testing.T) {
	t.Parallel()
	v := startVendor(t)
	v.addUser(t, "bob", "old-password-1")
	g := startAdopting(t, v, "--adopt-authority")
	if a := g.do(t, "GET", "/api/users", "", "Authorization", basicAuth("bob", "old-password-1")); a.status != http.StatusOK {
		t.Errorf("got %d", a.status)
	}
	mighty := v.manage(t, "POST", "api_keys/", `{"ignore_acl": true}`, "api_key")
	if a := g.do(t, "GET", instance+"users/", "", "X-API-KEY", mighty); a.status != http.StatusOK {
		t.Errorf("an API key: %d %s", a.status, a.body)
	}
}

// A user who was removed here does not come back, and one whose password was changed here
// does not get the old one again.
func TestChangesHereWinOverTheVendor(t *testing.T) {
	t.Parallel()
	v := startVendor(t)
	bob, ann := v.addUser(t, "bob", "old-password-1"), v.addUser(t, "ann", "old-password-2")
	v.addSpare(t, bob, ann)
	g := startAdopting(t, v)
	if !g.authenticates(t, "username", "bob", "old-password-1") || !g.authenticates(t, "username", "ann", "old-password-2") {
		t.Fatal("not adopted")
	}
	for _, step := range [][3]string{
		{"PUT", "/api/users/user/" + ann, `{"password": "new-password-2"}`},
		{"PUT", "/api/users/user/" + bob, `{"status": "DISABLED"}`}, {"DELETE", "/api/users/user/" + bob, ""},
	} {
		if a := g.do(t, step[0], step[1], step[2], admin...); a.status != http.StatusOK {
			t.Fatalf("%v: %d %s", step, a.status, a.body)
		}
	}
	if g.authenticates(t, "username", "bob", "old-password-1") {
		t.Error("a user who was removed here came back")
	}
	if g.authenticates(t, "username", "ann", "old-password-2") || !g.authenticates(t, "username", "ann", "new-password-2") {
		t.Error("the new password does not win")
	}
}

// A vendor that answers nonsense or nothing costs a bounded time and adopts no user; once it
// answers again, so does the gateway.
func TestAVendorThatFailsIsBounded(t *testing.T) {
	t.Parallel()
	for _, mode := range []string{"down", "html", "cut", "types", "redirect", "throttled", "silence"} {
		t.Run(mode, func(t *testing.T) {
			t.Parallel()
			v := startVendor(t)
			v.addSpare(t, v.addUser(t, "bob", "old-password-1"))
			g := startAdopting(t, v, "--adopt-timeout", "300ms")
			v.mode.Store(mode)
			if g.authenticates(t, "username", "bob", "old-password-1") || g.onAppLogin(t, "bob", "old-password-1") == http.StatusOK ||
				g.syncanoLogin(t, "bob", "old-password-1").status == http.StatusOK {
				t.Fatal("authenticated")
			}
			if !g.authenticates(t, "username", "admin", "x") && g.do(t, "GET", "/api/users", "", admin...).status != http.StatusOK {
				t.Error("users who are here wait for the vendor")
			}
			for range 6 {
				g.authenticates(t, "username", "bob", "old-password-1")
			}
			if calls := v.calls.Load(); calls > 7 {
				t.Errorf("a failing vendor was asked %d times", calls)
			}
		})
	}
}
