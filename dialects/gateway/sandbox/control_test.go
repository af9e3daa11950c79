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
	s.call(200, nil, "POST", "sandboxes/a/verify", `{"order":["users.create","users.create"],"user":"admin"}`)
	s.call(422, nil, "POST", "sandboxes/a/verify", `{"order":["users.create","users.create"],"status":422}`)
	s.call(422, nil, "POST", "sandboxes/a/verify", `{"order":["users.create"],"with":{"user":{"login":"bob"}}}`)
}

// Unknown names are refused: "never" would be verified although the name is misspelled.
func TestExpectationsThatNoCallFitsAreRefused(t *testing.T) {
	t.Parallel()
	s := serve(t, sandbox.Config{})
	s.create("a", "")
	for body, member := range map[string]string{
		`{"operation":"users.fly","never":true}`:                       "operation",
		`{"operation":"users.list","dialect":"none","never":true}`:     "dialect",
		`{"operation":"roles.list","dialect":"econtext","never":true}`: "operation",
		`{"order":["users.list","users.fly"]}`:                         "order",
		`{"operation":"users.list","times":-1}`:                        "times",
		`{"operation":"users.list","times":1,"never":true}`:            "never",
		`{"order":["users.list"],"times":1}`:                           "order",
		`{"order":["users.list"],"operation":"users.list"}`:            "operation",
		`{"status":"200"}`: "status",
	} {
		var p sandbox.Problem
		if s.call(400, &p, "POST", "sandboxes/a/verify", body); p.Member != member || p.Detail == "" {
			t.Errorf("%s: %+v", body, p)
		}
	}
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
	s.call(200, nil, "POST", "sandboxes/b/reset", `{"snapshot":"carried"}`)
}

// A snapshot that is refused changes nothing: neither the snapshots nor the state.
func TestBadSnapshotsAreRefused(t *testing.T) {
	t.Parallel()
	s := serve(t, sandbox.Config{})
	s.create("a", "")
	archive := s.call(200, nil, "GET", "sandboxes/a/snapshots/now", "").body
	s.do("POST", "/_sandbox/a/users.json", annBody, asJSON...)
	for claim, c := range map[string]struct{ method, path, body, member string }{
		"of a newer version": {"PUT", "snapshots/x", strings.Replace(archive, `"version":1`, `"version":99`, 1), "archive"},
		"changed":            {"PUT", "snapshots/x", strings.Replace(archive, `"admin"`, `"ADMIN"`, 1), "archive"},
		"cut":                {"PUT", "snapshots/x", archive[:len(archive)/2], "archive"},
		"not an archive":     {"PUT", "snapshots/x", "users: []", "archive"},
		"empty":              {"PUT", "snapshots/x", "", "archive"},
		"a bad name":         {"POST", "snapshots", `{"name":"X"}`, "name"},
		"no name":            {"POST", "snapshots", ``, "name"},
		"the present":        {"POST", "snapshots", `{"name":"now"}`, "name"},
		"the start":          {"PUT", "snapshots/start", archive, "snapshot"},
	} {
		var p sandbox.Problem
		if s.call(400, &p, c.method, "sandboxes/a/"+c.path, c.body); p.Member != c.member || p.Detail == "" {
			t.Errorf("%s: %+v", claim, p)
		}
	}
	for _, path := range []string{"GET snapshots/x", "GET snapshots/x/diff", "GET snapshots/start/diff?to=x", `POST reset {"snapshot":"x"}`} {
		words := strings.SplitN(path+" ", " ", 3)
		s.call(404, nil, words[0], "sandboxes/a/"+words[1], strings.TrimSpace(words[2]))
	}
	if a := s.call(200, nil, "GET", "sandboxes/a/snapshots", ""); a.body != `{"snapshots":{}}`+"\n" {
		t.Error(a.body)
	}
	if a := s.get("onapp"); !strings.Contains(a.body, `"login":"ann"`) {
		t.Errorf("the state has changed: %s", a.body)
	}
}

func TestAResetShowsTheStateAfterIt(t *testing.T) {
	t.Parallel()
	s := serve(t, sandbox.Config{})
	s.create("a", "")
	s.fault(`"status":500`)
	var shown struct{ Faults int }
	if s.call(200, &shown, "POST", "sandboxes/a/reset", ""); shown.Faults != 0 {
		t.Errorf("%d faults are left", shown.Faults)
	}
}

// A change of the clock that is refused changes nothing, whatever else it says.
func TestAClockBeforeTheNewestRowIsRefused(t *testing.T) {
	t.Parallel()
	s := serve(t, sandbox.Config{})
	s.create("a", `,"clock":"2024-05-06T07:00:00Z","frozen":true`)
	s.call(200, nil, "PUT", "sandboxes/a/clock", `{"advance":"1h"}`)
	s.do("POST", "/_sandbox/a/users.json", annBody, asJSON...)
	for body, member := range map[string]string{
		`{"set":"2024-05-06T07:30:00Z","frozen":false}`: "set",
		`{"advance":"-1h"}`:                             "advance",
		`{"set":"tomorrow"}`:                            "set",
		`{"stop":true}`:                                 "stop",
		`{"frozen":"yes"}`:                              "frozen",
		`{"set":"9999-12-31T23:59:59Z"}`:                "set",
		`{"set":"9998-12-31T23:59:59Z","advance":"1h"}`: "advance",
	} {
		var p sandbox.Problem
		if s.call(400, &p, "PUT", "sandboxes/a/clock", body); p.Member != member || p.Detail == "" {
			t.Errorf("%s: %+v", body, p)
		}
	}
	if a := s.call(200, nil, "GET", "sandboxes/a/clock", ""); a.body != `{"now":"2024-05-06T08:00:00Z","frozen":true}`+"\n" {
		t.Error(a.body)
	}
}

func TestBadNamesAreRefused(t *testing.T) {
	t.Parallel()
	s := serve(t, sandbox.Config{})
	s.create("a", "")
	for body, status := range map[string]int{
		`{"name":"a"}`: 409, `{"name":"A"}`: 400, `{"name":"-x"}`: 400, `{"name":"a.b"}`: 400, `{"name":"x","fork":"none"}`: 400,
		`{"name":"x","seed":"users: [{}]"}`: 400, `{"name":"x","seed":"colour: red"}`: 400, `{"name":"x","archive":"{}"}`: 400, `{"name":"x","fork":"a","empty":true}`: 400,
		`{"name":"x","colour":"red"}`: 400, `{"name":"` + strings.Repeat("x", 64) + `"}`: 400, `{"name":"x-"}`: 400, `{"name":"x_y"}`: 400, `{"name":"x","clock":"now"}`: 400, `{"name":"x","random":-1}`: 400,
		`{"name":"x","port":true}`: 400, `{"name":1}`: 400, `{"name":"x","settings":{"colour":"red"}}`: 400,
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
	s := serve(t, sandbox.Config{Token: "a-long-token-for-tests", Hosts: []string{"ci.example"}})
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
		"an address":       {append([]string{"Host", "[::1]:8080"}, token...), 200},
		"its own origin":   {append([]string{"Origin", s.url}, token...), 200},
		"a named host":     {append([]string{"Host", "ci.example"}, token...), 200},
	} {
		a := s.do("GET", "/_dragoman/sandboxes", "", c.header...)
		if a.status != c.status || a.header.Get("Access-Control-Allow-Origin") != "" {
			t.Errorf("%s: %d %s", claim, a.status, a.body)
		}
		if c.status == 200 {
			continue
		}
		// Nothing is changed either, and a browser that asks first is refused.
		if a := s.do("POST", "/_dragoman/sandboxes", `{"name":"x"}`, c.header...); a.status != c.status {
			t.Errorf("%s, create: %d %s", claim, a.status, a.body)
		}
		if a := s.do("OPTIONS", "/_dragoman/sandboxes", "", append([]string{"Access-Control-Request-Method", "POST"}, c.header...)...); a.status < 400 {
			t.Errorf("%s, preflight: %d %s", claim, a.status, a.body)
		}
	}
	if a := s.do("GET", "/_dragoman/sandboxes", "", token...); a.body != `{"sandboxes":[]}`+"\n" {
		t.Error(a.body)
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
	s.get("onapp")
	s.call(422, nil, "POST", "sandboxes/a/verify", `{"no_warnings":true}`)
	s.call(200, nil, "POST", "sandboxes/a/verify", `{"operation":"users.list","no_warnings":true}`)
}

// A form is compared like JSON.
func TestStrictModeReadsForms(t *testing.T) {
	t.Parallel()
	s := serve(t, sandbox.Config{})
	s.create("a", `,"strict":true`)
	form := []string{"Content-Type", "application/x-www-form-urlencoded", "Authorization", adminBasic}
	s.do("POST", "/_sandbox/a/users.json", "user[login]=ann&user[email]=ann%40example.com&user[first_name]=Ann&user[last_name]=Lee"+
		"&user[password]=S3cret-pass!&user[shoe_size]=44&user[id]=77&user[role_ids][]=2", form...)
	var found struct{ Entries []struct{ Warnings []string } }
	s.call(200, &found, "GET", "sandboxes/a/journal?operation=users.create&status=201", "")
	want := "[user.id: was ignored; the object has another value user.shoe_size: was ignored; the object has no such member]"
	if len(found.Entries) != 1 || fmt.Sprint(found.Entries[0].Warnings) != want {
		t.Errorf("%+v", found)
	}
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
