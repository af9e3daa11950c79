package sandbox_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/dragoman-gateway/dragoman/dialects/gateway/sandbox"
)

var asJSON = []string{"Authorization", adminBasic, "Content-Type", "application/json"}

const annBody = `{"user":{"login":"ann","email":"ann@example.com","first_name":"A","last_name":"B","password":"S3cret-pass!","password_confirmation":"S3cret-pass!"}}`

func TestTheClockIsFollowed(t *testing.T) {
	t.Parallel()
	s := serve(t, sandbox.Config{})
	s.create("a", `,"clock":"2024-05-06T07:08:09Z","frozen":true`)
	if a := s.do("POST", "/_sandbox/a/users.json", strings.Replace(annBody, `"last_name"`, `"suspend_at":"2024-06-01 00:00:00","last_name"`, 1), asJSON...); a.status != 201 ||
		a.header.Get("Date") != "Mon, 06 May 2024 07:08:09 GMT" || !strings.Contains(a.body, `"created_at":"2024-05-06T07:08:09.000+00:00"`) {
		t.Fatalf("%d %s %s", a.status, a.header.Get("Date"), a.body)
	}
	ask := func() int {
		return s.do("GET", "/_sandbox/a/users/2.json", "", "Authorization", "Basic YW5uOlMzY3JldC1wYXNzIQ==").status
	}
	before := ask()
	s.call(200, nil, "PUT", "sandboxes/a/clock", `{"advance":"720h"}`)
	if after := ask(); before == 401 || after != 401 {
		t.Errorf("before suspend_at %d, after it %d", before, after)
	}
	s.call(400, nil, "PUT", "sandboxes/a/clock", `{"set":"2020-01-01T00:00:00Z"}`)
	var clock struct{ Now time.Time }
	s.call(200, &clock, "GET", "sandboxes/a/clock", "")
	if want := time.Date(2024, 6, 5, 7, 8, 9, 0, time.UTC); !clock.Now.Equal(want) {
		t.Errorf("the clock is at %v", clock.Now)
	}
}

func TestTheJournalHoldsNoSecretsAndNamesTheRule(t *testing.T) {
	t.Parallel()
	s := serve(t, sandbox.Config{})
	s.create("a", "")
	for range 2 {
		s.do("POST", "/_sandbox/a/users.json?api_key=k3y", annBody, asJSON...)
	}
	a := s.call(200, nil, "GET", "sandboxes/a/journal?operation=users.create&status=422&wait=1s", "")
	for _, secret := range []string{"S3cret-pass!", "k3y", "changeme1", adminBasic} {
		if strings.Contains(a.body, secret) {
			t.Errorf("the journal shows %q", secret)
		}
	}
	if strings.Count(a.body, `"id":`) != 1 || !strings.Contains(a.body, `{"field":"email","rule":"taken"}`) {
		t.Error(a.body)
	}
	if h := s.call(200, nil, "GET", "sandboxes/a/journal/har", ""); strings.Contains(h.body, "S3cret") || strings.Count(h.body, `"startedDateTime"`) != 2 {
		t.Error(h.body)
	}
	s.call(200, nil, "POST", "sandboxes/a/verify", `{"operation":"users.create","with":{"user":{"login":"ann"}},"times":2}`)
	s.call(200, nil, "POST", "sandboxes/a/verify", `{"operation":"users.delete","never":true}`)
	var p struct{ Nearest []struct{ Differs []string } }
	s.call(422, &p, "POST", "sandboxes/a/verify", `{"operation":"users.create","with":{"user":{"login":"bob"}}}`)
	if len(p.Nearest) != 2 || fmt.Sprint(p.Nearest[0].Differs) != `[with.user.login: "ann", not "bob"]` {
		t.Errorf("%+v", p)
	}
	s.call(422, nil, "POST", "sandboxes/a/verify", `{"order":["users.create","users.list"]}`)
}

func TestSnapshotsAreRestoredComparedAndCarried(t *testing.T) {
	t.Parallel()
	s := serve(t, sandbox.Config{})
	s.create("a", "")
	s.call(201, nil, "POST", "sandboxes/a/snapshots", `{"name":"before"}`)
	s.do("POST", "/_sandbox/a/users.json", annBody, asJSON...)
	if d := s.call(200, nil, "GET", "sandboxes/a/snapshots/before/diff", ""); !strings.Contains(d.body, `{"object":"user ann of main","change":"added"}`) {
		t.Error(d.body)
	}
	archive := s.call(200, nil, "GET", "sandboxes/a/snapshots/now", "").body
	s.call(200, nil, "POST", "sandboxes/a/reset", `{"snapshot":"before"}`)
	ann := []string{"Authorization", "Basic YW5uOlMzY3JldC1wYXNzIQ=="}
	if a := s.do("GET", "/_sandbox/a/users.json", "", ann...); a.status != 401 {
		t.Errorf("after the reset: %d", a.status)
	}
	s.create("b", "")
	s.call(201, nil, "PUT", "sandboxes/b/snapshots/carried", archive)
	s.call(200, nil, "POST", "sandboxes/b/reset", `{"snapshot":"carried"}`)
	if a := s.do("GET", "/_sandbox/b/users/2.json", "", ann...); a.status == 401 {
		t.Errorf("the carried user: %d", a.status)
	}
	newer := strings.Replace(archive, `"version":1`, `"version":99`, 1)
	s.call(400, nil, "PUT", "sandboxes/b/snapshots/newer", newer)
	s.call(404, nil, "POST", "sandboxes/b/reset", `{"snapshot":"newer"}`)
}

func TestBadNamesAreRefused(t *testing.T) {
	t.Parallel()
	s := serve(t, sandbox.Config{})
	s.create("a", "")
	for body, status := range map[string]int{
		`{"name":"a"}`: 409, `{"name":"A"}`: 400, `{"name":"-x"}`: 400, `{"name":"a.b"}`: 400, `{"name":"x","fork":"none"}`: 400,
		`{"name":"x","seed":"users: [{}]"}`: 400, `{"name":"x","port":true}`: 400, `{"name":1}`: 400, `{"name":"x","settings":{"colour":"red"}}`: 400,
	} {
		var p sandbox.Problem
		if s.call(status, &p, "POST", "sandboxes", body); p.Detail == "" || p.Member == "" {
			t.Errorf("%s: %+v", body, p)
		}
	}
	var list struct{ Sandboxes []struct{ Name string } }
	if s.call(200, &list, "GET", "sandboxes", ""); len(list.Sandboxes) != 1 {
		t.Errorf("something was created: %+v", list)
	}
}

func TestTheControlAPIIsClosedToWebPages(t *testing.T) {
	t.Parallel()
	s := serve(t, sandbox.Config{Token: "a-long-token-for-tests"})
	token := []string{"Authorization", "Bearer a-long-token-for-tests"}
	for claim, c := range map[string]struct {
		header []string
		status int
	}{
		"with the token":   {token, 200},
		"without a token":  {nil, 401},
		"another token":    {[]string{"Authorization", "Bearer a-long-token-for-testz"}, 401},
		"another origin":   {append([]string{"Origin", "https://evil.example"}, token...), 403},
		"a null origin":    {append([]string{"Origin", "null"}, token...), 403},
		"a foreign host":   {append([]string{"Host", "evil.example"}, token...), 421},
		"a name like ours": {append([]string{"Host", "localhost.evil.example"}, token...), 421},
		"a local name":     {append([]string{"Host", "x.localhost:8080"}, token...), 200},
	} {
		a := s.do("GET", "/_dragoman/sandboxes", "", c.header...)
		if a.status != c.status || a.header.Get("Access-Control-Allow-Origin") != "" {
			t.Errorf("%s: %d %s", claim, a.status, a.body)
		}
	}
}

// The same seed, clock and requests give the same bytes.
func TestTheSameNumbersGiveTheSameBytes(t *testing.T) {
	t.Parallel()
	s := serve(t, sandbox.Config{})
	play := func() (all string) {
		s.create("a", `,"clock":"2024-05-06T07:08:09Z","frozen":true,"random":7`)
		defer s.call(204, nil, "DELETE", "sandboxes/a", "")
		for _, call := range []struct{ method, path, body string }{
			{"POST", "/users.json", annBody}, {"GET", "/users.json", ""}, {"POST", "/users/2/make_new_api_key.json", ""}, {"GET", "/api/users", ""},
		} {
			a := s.do(call.method, "/_sandbox/a"+call.path, call.body, asJSON...)
			all += fmt.Sprintln(a.status, a.header, a.body)
		}
		return all
	}
	first := play()
	if second := play(); first != second {
		t.Errorf("first %s\nsecond %s", first, second)
	}
}

func TestStrictModeWarnsOfWhatWasIgnored(t *testing.T) {
	t.Parallel()
	s := serve(t, sandbox.Config{})
	s.create("a", `,"strict":true`)
	s.do("POST", "/_sandbox/a/users.json", strings.Replace(annBody, `"last_name"`, `"shoe_size":44,"id":77,"last_name"`, 1), asJSON...)
	a := s.call(200, nil, "GET", "sandboxes/a/journal", "")
	for _, warning := range []string{"user.shoe_size: was ignored", "user.id: was ignored"} {
		if !strings.Contains(a.body, warning) {
			t.Errorf("no warning %q: %s", warning, a.body)
		}
	}
	s.call(422, nil, "POST", "sandboxes/a/verify", `{"operation":"users.create","no_warnings":true}`)
}

// The document describes each call, and no other.
func TestTheOpenAPIDocumentDescribesEveryCall(t *testing.T) {
	t.Parallel()
	s := serve(t, sandbox.Config{})
	var doc struct {
		OpenAPI string `json:"openapi"`
		Paths   map[string]map[string]json.RawMessage
	}
	s.call(200, &doc, "GET", "openapi.json", "")
	described := map[string]bool{}
	for path, methods := range doc.Paths {
		for method := range methods {
			if method != "parameters" {
				described[strings.ToUpper(method)+" "+path] = true
			}
		}
	}
	for _, pattern := range sandbox.Patterns() {
		if !described[pattern] {
			t.Errorf("%s is not described", pattern)
		}
		delete(described, pattern)
	}
	if len(described) > 0 || doc.OpenAPI != "3.1.0" {
		t.Errorf("OpenAPI %s describes what is not there: %v", doc.OpenAPI, described)
	}
	s.call(http.StatusNotFound, nil, "GET", "nothing", "")
}
