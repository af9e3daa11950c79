package onapp

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects"
)

func TestTheTagFollowsTheBody(t *testing.T) {
	seen := map[string]string{}
	for i := range 2000 {
		body := fmt.Sprintf(`{"user":{"id":%d}}`, i)
		tag := etag([]byte(body))
		if other, there := seen[tag]; there {
			t.Fatalf("%s and %s have one tag", body, other)
		}
		seen[tag] = body
		if len(tag) != 20 || !strings.HasPrefix(tag, `W/"`) || tag != etag([]byte(body)) {
			t.Fatalf("tag %s", tag)
		}
	}
}

func TestWhoseTagMatches(t *testing.T) {
	const tag = `W/"00ff"`
	for header, want := range map[string]bool{
		`W/"00ff"`: true, `"00ff"`: true, `"1", W/"00ff"`: true, `*`: true, `"00fe"`: false, ``: false, `00ff`: false,
	} {
		r := httptest.NewRequest("GET", "/users/1.json", nil)
		r.Header.Set("If-None-Match", header)
		if got := matches(r, tag); got != want {
			t.Errorf("%s: %v", header, got)
		}
	}
	r := httptest.NewRequest("POST", "/users/1/suspend.json", nil)
	r.Header.Set("If-None-Match", tag)
	if matches(r, tag) {
		t.Error("a change is answered with 304")
	}
}

// once allows one request.
type once struct{ used bool }

func (o *once) Allow(realm string) (time.Duration, bool) {
	if o.used {
		return 1500 * time.Millisecond, false
	}
	o.used = true
	return 0, realm == string(core.MainRealm)
}

func TestTooManyRequestsAreToldWhenToComeAgain(t *testing.T) {
	w := newFixtureWith(t, Config{Limiters: dialects.Limiters{Realm: &once{}}})
	wantStatus(t, w.as("auth", "GET /version.json", ""), 200)
	for suffix, body := range map[string]string{
		".json": `{"status":"429","error":"Too Many Requests"}`,
		".xml":  "<hash>\n  <status>429</status>\n  <error>Too Many Requests</error>\n</hash>",
	} {
		a := w.as("auth", "GET /version"+suffix, "")
		wantStatus(t, a, 429)
		wantBody(t, a, body)
		if after := a.Header().Get("Retry-After"); after != "2" {
			t.Errorf("Retry-After is %q", after)
		}
	}
}

// Whether a proxy is believed is decided before a dialect sees the request.
func TestTheWhiteListGoesByTheCallersAddress(t *testing.T) {
	w := newFixture(t)
	w.do("POST /users/3/user_white_lists.json", `{"ip":"10.0.0.1/24"}`)
	for remote, status := range map[string]int{
		"10.0.0.7:4711": 200, "[::ffff:10.0.0.7]:4711": 200, "10.0.1.7:4711": 401, "[2001:db8::1]:4711": 401, "@": 401,
	} {
		r := httptest.NewRequest("GET", "/version.json", nil)
		name, value, _ := strings.Cut(w.vars["nora"], ": ")
		r.Header.Set(name, value)
		r.Header.Set("X-Forwarded-For", "10.0.0.7")
		r.RemoteAddr = remote
		a := httptest.NewRecorder()
		w.d.ServeHTTP(a, r)
		if a.Code != status {
			t.Errorf("from %s: %d", remote, a.Code)
		}
	}
}

func TestBlocksOfAddresses(t *testing.T) {
	for text, want := range map[string]string{
		"10.0.0.1/24": "10.0.0.0/24", "0.0.0.0/0": "0.0.0.0/0", "1.2.3.4": "1.2.3.4/32", "2001:db8::1/32": "2001:db8::/32",
		"::1": "::1/128", "::ffff:1.2.3.4": "1.2.3.4/32",
	} {
		if block, ok := parseBlock(text); !ok || block.String() != want {
			t.Errorf("%s is %s, %v", text, block, ok)
		}
	}
	for _, text := range []string{"", "300.1.1.1", "10.0.0.0/33", "10.0.0", "host", "fe80::1%eth0", "10.0.0.1/", "10.0.0.1/24/8", "1.2.3.4 "} {
		if block, ok := parseBlock(text); ok {
			t.Errorf("%q is %s", text, block)
		}
	}
}

func TestLocationNamesTheHostThatWasAsked(t *testing.T) {
	w := newFixture(t)
	a := w.as("auth", "POST /user_groups.json", `{"label":"x"}`, "X-Forwarded-Proto: https", "X-Forwarded-Host: evil.example")
	if got := a.Header().Get("Location"); !strings.HasPrefix(got, "http://example.com/user_groups/") {
		t.Errorf("%s", got)
	}
}

func TestAConfigurationIsChecked(t *testing.T) {
	for text, ok := range map[string]bool{
		"": true, "6.3.0": true, "2.3.1": true, "5.6": true, "9.9.9": true,
		"6": false, "6.10.0": false, "1.9": false, "x.y": false, "6.": false, "10.1": false,
	} {
		if err := (Config{Version: text}).Check(); (err == nil) != ok {
			t.Errorf("version %q: %v", text, err)
		}
	}
	if err := (Config{XMLTimeType: "date"}).Check(); err == nil {
		t.Error("a time type of date is taken")
	}
}

func TestASuffixlessErrorIsJSON(t *testing.T) {
	w := newFixture(t)
	r := httptest.NewRequest("GET", "/nowhere", nil)
	a := httptest.NewRecorder()
	w.d.ServeHTTP(a, r)
	wantStatus(t, a, http.StatusNotFound)
	wantBody(t, a, `{"errors":["Resource not found"]}`)
}
