package onapp

import (
	"regexp"
	"strings"
	"testing"

	"github.com/dragoman-gateway/dragoman/core/coretest"
)

func TestASessionCookieIsNewEachTime(t *testing.T) {
	w := newFixtureWith(t, Config{SessionRandom: coretest.Rand(7)})
	seen := map[string]bool{}
	for range 20 {
		cookie := w.do("GET /version.json", "").Header().Get("Set-Cookie")
		if !regexp.MustCompile(`^_session_id=[0-9a-f]{32}; path=/; HttpOnly$`).MatchString(cookie) || seen[cookie] {
			t.Errorf("cookie %q", cookie)
		}
		seen[cookie] = true
	}
}

func TestABlankSessionCookieIsNone(t *testing.T) {
	w := newFixtureWith(t, Config{SessionRandom: zeros{}})
	a := w.as("auth", "GET /version.json", "", "Cookie: _session_id=")
	if got := a.Header().Get("Set-Cookie"); !strings.HasPrefix(got, "_session_id="+strings.Repeat("0", 32)) {
		t.Errorf("cookie %q", got)
	}
}

func TestALoginCanBeHiddenFromKeys(t *testing.T) {
	for _, hide := range []bool{false, true} {
		w := newFixtureWith(t, Config{HideLoginFromKeys: hide})
		for _, target := range []string{"/users/1.json", "/users.json?short&q=ada", "/profile.json", "/users/1.xml"} {
			shown := strings.Contains(w.as("key", "GET "+target, "").Body.String(), "ada<")
			shown = shown || strings.Contains(w.as("key", "GET "+target, "").Body.String(), `"login":"ada"`)
			if shown == hide {
				t.Errorf("hidden %v: %s shows it: %v", hide, target, shown)
			}
		}
		if a := w.as("key", "GET /users/3.json", ""); !strings.Contains(a.Body.String(), `"login":"nora"`) {
			t.Errorf("hidden %v: another user: %s", hide, a.Body)
		}
	}
}
