package sandbox_test

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/dragoman-gateway/dragoman/dialects/gateway/sandbox"
)

const seedSCIMToken = "Bearer 6b1f0d2c9a8e7f4b5c3d6b1f0d2c9a8e"

// doors are a list of users in each dialect and form, with what lets a client in.
var doors = map[string]struct{ dialect, path, header, value string }{
	"syncano":   {"syncano", "/v1.1/instances/main/users/", "X-API-KEY", seedAPIKey},
	"econtext":  {"econtext", "/api/users", "Authorization", adminBasic},
	"onapp":     {"onapp", "/users.json", "Authorization", adminBasic},
	"onapp xml": {"onapp", "/users.xml", "Authorization", adminBasic},
	"scim":      {"scim", "/scim/v2/Users", "Authorization", seedSCIMToken},
}

// get lists the users of sandbox a through a door.
func (s *server) get(door string) answer {
	s.t.Helper()
	d := doors[door]
	return s.do("GET", "/_sandbox/a"+d.path, "", d.header, d.value)
}

// fault sets a fault of sandbox a, in place of all others.
func (s *server) fault(members string) {
	s.t.Helper()
	s.call(204, nil, "DELETE", "sandboxes/a/faults", "")
	s.call(201, nil, "POST", "sandboxes/a/faults", "{"+members+"}")
}

const (
	scimError = `{"schemas":["urn:ietf:params:scim:api:messages:2.0:Error"],`
	xmlHead   = `<?xml version="1.0" encoding="UTF-8"?>` + "\n"
	twoFields = `"status":422,"fields":[{"field":"email","rule":"taken"},{"field":"password","rule":"too short","limit":8}]`
)

// refusals are what each door answers to a fault: the status, if it is another one than
// that of the fault, Retry-After, and a part of the body. Syncano has no 401 for keys.
var refusals = []struct {
	fault   string
	status  int
	retry   string
	answers map[string]string
}{
	{`"status":429,"retry_after":"3s"`, 429, "3", map[string]string{
		"syncano":   `{"detail":"Request was throttled. Expected available in 3 seconds."}`,
		"econtext":  `"status": "429 Too Many Requests"`,
		"onapp":     `{"status":"429","error":"Too Many Requests"}`,
		"onapp xml": xmlHead + "<hash>\n  <status>429</status>\n  <error>Too Many Requests</error>\n</hash>\n",
		"scim":      scimError + `"detail":"There are too many requests.","status":"429"}`,
	}},
	{`"status":500`, 500, "", map[string]string{
		"syncano":   `{"detail":"Internal server error."}`,
		"econtext":  `"status": "500 Internal Server Error"`,
		"onapp":     `{"status":"500","error":"Internal Server Error"}`,
		"onapp xml": "<error>Internal Server Error</error>",
		"scim":      scimError + `"detail":"An internal error occurred.","status":"500"}`,
	}},
	{`"status":503,"retry_after":"2m"`, 503, "120", map[string]string{
		"syncano":   `{"detail":"Service is busy. Try again later."}`,
		"econtext":  `"status": "503 Service Unavailable"`,
		"onapp":     `{"status":"503","error":"Service Unavailable"}`,
		"onapp xml": "<error>Service Unavailable</error>",
		"scim":      scimError + `"detail":"The server is too busy.","status":"503"}`,
	}},
	{`"status":401`, 401, "", map[string]string{
		"syncano":   `{"detail":"You do not have permission to perform this action."}`,
		"econtext":  `{"error": {"description": "Authentication required", "title": "401 Unauthorized"}}`,
		"onapp":     `{"errors":{"base":["Invalid login or password."]}}`,
		"onapp xml": "<error>Invalid login or password.</error>",
		"scim":      scimError + `"detail":"The bearer token is not valid.","status":"401"}`,
	}},
	{`"status":404`, 404, "", map[string]string{
		"syncano":   `{"detail":"Not found"}`,
		"econtext":  `"traceback": "The \"userid\" parameter is invalid. User not found"`,
		"onapp":     `{"errors":["User not found"]}`,
		"onapp xml": xmlHead + "<errors>\n  <error>User not found</error>\n</errors>\n",
		"scim":      scimError + `"detail":"The resource does not exist.","status":"404"}`,
	}},
	{twoFields, 422, "", map[string]string{
		"syncano":   `{"email":["This field must be unique."],"password":["Ensure this field has at least 8 characters."]}`,
		"econtext":  `"traceback": "The \"email\" parameter is invalid. A user with that email address already exists"`,
		"onapp":     `{"errors":{"email":["has already been taken"],"password":["is too short (minimum is 8 characters)"]}}`,
		"onapp xml": "<error>Email has already been taken</error>\n  <error>Password is too short (minimum is 8 characters)</error>",
		"scim":      scimError + `"scimType":"uniqueness","detail":"The attribute \"emails\" has a value that another resource has.","status":"409"}`,
	}},
}

// ownStatuses are those that a dialect has instead of others.
var ownStatuses = map[string]int{"syncano 401": 403, "syncano 422": 400, "econtext 404": 400, "econtext 422": 400, "scim 422": 409}

func TestARefusalIsInTheDialectsWords(t *testing.T) {
	t.Parallel()
	s := serve(t, sandbox.Config{})
	s.create("a", "")
	for _, c := range refusals {
		for door, body := range c.answers {
			s.fault(fmt.Sprintf(`"dialect":%q,"operation":"users.list",%s`, doors[door].dialect, c.fault))
			want := c.status
			if own := ownStatuses[fmt.Sprint(door, " ", want)]; own != 0 {
				want = own
			}
			a := s.get(door)
			if a.status != want || a.header.Get("Retry-After") != c.retry || !strings.Contains(a.body, body) {
				t.Errorf("%s, %s: %d, Retry-After %q: %s", door, c.fault, a.status, a.header.Get("Retry-After"), a.body)
			}
			if challenge := a.header.Get("WWW-Authenticate"); (challenge != "") != (a.status == 401) {
				t.Errorf("%s, %s: challenge %q", door, c.fault, challenge)
			}
		}
	}
}

func TestARefusedWriteStoresNothing(t *testing.T) {
	t.Parallel()
	s := serve(t, sandbox.Config{})
	s.create("a", "")
	s.fault(`"operation":"users.create","dialect":"onapp","status":500,"first":1`)
	for _, want := range []int{500, 201} {
		if a := s.do("POST", "/_sandbox/a/users.json", annBody, asJSON...); a.status != want {
			t.Errorf("%d, want %d: %s", a.status, want, a.body)
		}
	}
	a := s.call(200, nil, "GET", "sandboxes/a/journal?status=500", "")
	if !strings.Contains(a.body, `"fault":"1"`) || !strings.Contains(a.body, `\"login\":\"ann\"`) {
		t.Errorf("the journal lacks the fault or what was sent: %s", a.body)
	}
}

func TestAConnectionIsCut(t *testing.T) {
	t.Parallel()
	s := serve(t, sandbox.Config{})
	s.create("a", "")
	s.fault(`"operation":"users.create","cut":true`)
	r, err := http.NewRequest("POST", s.url+"/_sandbox/a/users.json", strings.NewReader(annBody))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", adminBasic)
	r.Header.Set("Content-Type", "application/json")
	if res, err := http.DefaultClient.Do(r); err == nil {
		text, _ := io.ReadAll(res.Body)
		t.Errorf("an answer: %d %s", res.StatusCode, text)
	}
	a := s.call(200, nil, "GET", "sandboxes/a/journal?operation=users.create&wait=10s", "")
	if !strings.Contains(a.body, `"status":0`) || !strings.Contains(a.body, `"fault":"1"`) {
		t.Error(a.body)
	}
	s.call(204, nil, "DELETE", "sandboxes/a/faults/1", "")
	if a := s.do("POST", "/_sandbox/a/users.json", annBody, asJSON...); a.status != 201 {
		t.Errorf("the cut call has stored something: %d %s", a.status, a.body)
	}
}

func TestAReadIsStale(t *testing.T) {
	t.Parallel()
	s := serve(t, sandbox.Config{})
	s.create("a", "")
	s.fault(`"dialect":"onapp","stale":true,"first":1`)
	if a := s.do("POST", "/_sandbox/a/users.json", annBody, asJSON...); a.status != 201 {
		t.Fatalf("a write: %d %s", a.status, a.body)
	}
	for _, want := range []bool{false, true} {
		if a := s.get("onapp"); a.status != 200 || strings.Contains(a.body, `"login":"ann"`) != want {
			t.Errorf("shows ann: %v: %s", !want, a.body)
		}
	}
	if a := s.get("econtext"); !strings.Contains(a.body, "ann@example.com") {
		t.Errorf("another dialect: %s", a.body)
	}
}

// hits plays calls to OnApp and returns which of them the fault happened to.
func (s *server) hits(calls int) (hits string) {
	for range calls {
		switch a := s.get("onapp"); a.status {
		case 429:
			hits += "x"
		case 200:
			hits += "."
		default:
			s.t.Fatalf("%d %s", a.status, a.body)
		}
	}
	return hits
}

func TestAFaultHappensToTheCallsThatItNames(t *testing.T) {
	t.Parallel()
	s := serve(t, sandbox.Config{})
	s.create("a", "")
	for limits, want := range map[string]string{
		``:                                    "xxxxxxxx",
		`,"first":2`:                          "xx......",
		`,"every":3`:                          "..x..x..",
		`,"every":3,"first":1`:                "..x.....",
		`,"every":1`:                          "xxxxxxxx",
		`,"probability":1`:                    "xxxxxxxx",
		`,"user":"admin"`:                     "xxxxxxxx",
		`,"user":"ann"`:                       "........",
		`,"key":"` + seedAPIKey + `"`:         "........",
		`,"operation":"users.show"`:           "........",
		`,"dialect":"syncano"`:                "........",
		`,"until":"2100-01-01T00:00:00.000Z"`: "xxxxxxxx",
	} {
		s.fault(`"status":429` + limits)
		if got := s.hits(8); got != want {
			t.Errorf("%s: %s, want %s", limits, got, want)
		}
	}
	s.fault(`"status":429,"key":"` + seedAPIKey + `"`)
	if a := s.get("syncano"); a.status != 429 {
		t.Errorf("by its key: %d %s", a.status, a.body)
	}
	if a := s.call(200, nil, "GET", "sandboxes/a/faults", ""); strings.Contains(a.body, seedAPIKey) || !strings.Contains(a.body, `"seen":1,"happened":1`) {
		t.Errorf("the list: %s", a.body)
	}
}

func TestAProbabilityFollowsFromItsSeed(t *testing.T) {
	t.Parallel()
	s := serve(t, sandbox.Config{})
	s.create("a", "")
	play := func(seed int) string {
		s.fault(fmt.Sprintf(`"status":429,"probability":0.5,"seed":%d`, seed))
		return s.hits(32)
	}
	first := play(7)
	if again := play(7); again != first {
		t.Errorf("the same seed: %s and %s", first, again)
	}
	if other := play(8); other == first {
		t.Errorf("another seed: %s", other)
	}
	if n := strings.Count(first, "x"); n < 6 || n > 26 {
		t.Errorf("%d of 32", n)
	}
}

func TestAFaultEndsByTheSandboxsClock(t *testing.T) {
	t.Parallel()
	s := serve(t, sandbox.Config{})
	s.create("a", `,"clock":"2024-05-06T07:08:09Z","frozen":true`)
	s.fault(`"status":429,"until":"2024-05-06T08:00:00Z"`)
	if got := s.hits(2); got != "xx" {
		t.Error(got)
	}
	s.call(200, nil, "PUT", "sandboxes/a/clock", `{"advance":"1h"}`)
	if got := s.hits(2); got != ".." {
		t.Error(got)
	}
}

func TestAFaultThatCanNeverHappenIsRefused(t *testing.T) {
	t.Parallel()
	s := serve(t, sandbox.Config{})
	s.create("a", "")
	for body, member := range map[string]string{
		`{"operation":"users.fly","status":429}`:                         "operation",
		`{"dialect":"none","status":429}`:                                "dialect",
		`{"dialect":"scim","operation":"user_groups.list","status":429}`: "operation",
		`{"status":200}`:            "status",
		`{}`:                        "status",
		`{"status":429,"cut":true}`: "status",
		`{"status":404,"fields":[{"field":"email","rule":"taken"}]}`:           "fields",
		`{"status":422,"fields":[{"field":"email","rule":"ugly"}]}`:            "fields",
		`{"status":422,"fields":[{"rule":"taken"}]}`:                           "fields",
		`{"status":422,"fields":[{"field":"email","rule":"too long"}]}`:        "fields",
		`{"status":422,"fields":[{"field":"email","rule":"taken","limit":3}]}`: "fields",
		`{"status":500,"retry_after":"1s"}`:                                    "retry_after",
		`{"status":429,"until":"2001-01-01T00:00:00Z"}`:                        "until",
		`{"status":429,"probability":2}`:                                       "probability",
		`{"status":429,"probability":0}`:                                       "probability",
		`{"status":429,"first":-1}`:                                            "first",
		`{"status":429,"first":0}`:                                             "first",
		`{"status":429,"every":0}`:                                             "every",
		`{"status":429,"every":-1}`:                                            "every",
		`{"status":429,"distribution":"uniform"}`:                              "distribution",
		`{"jitter":"1s","distribution":"normal"}`:                              "distribution",
		`{"cut":true,"slow_body":"1s"}`:                                        "slow_body",
		`{"status":429,"color":"red"}`:                                         "color",
		`{"status":"429"}`:                                                     "status",
		`{"delay":"soon"}`:                                                     "delay",
		`{"delay":"-1s"}`:                                                      "delay",
	} {
		var p sandbox.Problem
		a := s.call(400, &p, "POST", "sandboxes/a/faults", body)
		if p.Member != member || p.Detail == "" || a.header.Get("Content-Type") != "application/problem+json" {
			t.Errorf("%s: %s", body, a.body)
		}
	}
	if a := s.call(200, nil, "GET", "sandboxes/a/faults", ""); a.body != `{"faults":[]}`+"\n" {
		t.Errorf("a refused fault is set: %s", a.body)
	}
}
