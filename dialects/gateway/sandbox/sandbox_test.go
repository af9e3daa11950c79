package sandbox_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"

	"github.com/dragoman-gateway/dragoman/dialects/gateway/sandbox"
)

const (
	adminBasic = "Basic YWRtaW46Y2hhbmdlbWUx" // admin:changeme1
	seedAPIKey = "3a6e0c9d1f5b72843a6e0c9d1f5b72843a6e0c91"
)

// server is a manager that is served.
type server struct {
	t       testing.TB
	manager *sandbox.Manager
	url     string
	called  map[string]bool // calls of the control API that were made; nil counts none
}

func serve(t testing.TB, cfg sandbox.Config) *server {
	t.Helper()
	m := sandbox.New(cfg)
	h := httptest.NewServer(m)
	t.Cleanup(func() { h.Close(); m.Close() })
	return &server{t: t, manager: m, url: h.URL}
}

// answer is a response with its whole body.
type answer struct {
	status int
	header http.Header
	body   string
}

// do sends a request; header is pairs of name and value.
func (s *server) do(method, path, body string, header ...string) answer {
	s.t.Helper()
	req, err := http.NewRequest(method, s.url+path, strings.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	for i := 0; i+1 < len(header); i += 2 {
		if header[i] == "Host" {
			req.Host = header[i+1]
		}
		req.Header.Set(header[i], header[i+1])
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		s.t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	a := answer{res.StatusCode, res.Header, string(text)}
	if strings.HasPrefix(path, sandbox.ControlPrefix) {
		s.checkCall(method, path, body, a)
	}
	return a
}

// call sends a call of the control API, whose answer must have the status, and decodes
// it into v unless that is nil.
func (s *server) call(status int, v any, method, path, body string) answer {
	s.t.Helper()
	a := s.do(method, sandbox.ControlPrefix+path, body)
	if a.status != status {
		s.t.Fatalf("%s %s: %d %s, want %d", method, path, a.status, a.body, status)
	}
	if v != nil {
		if err := json.NewDecoder(bytes.NewReader([]byte(a.body))).Decode(v); err != nil {
			s.t.Fatalf("%s %s: %v in %s", method, path, err, a.body)
		}
	}
	return a
}

// create creates a sandbox of the name.
func (s *server) create(name, rest string) {
	s.t.Helper()
	s.call(http.StatusCreated, nil, "POST", "sandboxes", `{"name":"`+name+`"`+rest+`}`)
}

func TestASandboxIsReachedByPathHostAndPort(t *testing.T) {
	t.Parallel()
	s := serve(t, sandbox.Config{Listen: listen})
	var made struct {
		URL     string `json:"url"`
		PortURL string `json:"port_url"`
	}
	s.call(201, &made, "POST", "sandboxes", `{"name":"one","port":true}`)
	if made.URL != s.url+"/_sandbox/one" {
		t.Error(made.URL)
	}
	a := s.do("GET", "/_sandbox/one/v1.1/instances/main/users/", "", "X-API-KEY", seedAPIKey)
	if a.status != 200 || !strings.Contains(a.body, `"/_sandbox/one/v1.1/instances/main/users/1/"`) {
		t.Errorf("by path: %d %s", a.status, a.body)
	}
	a = s.do("GET", "/_sandbox/one/api/users", "", "Authorization", adminBasic)
	if a.status != 200 || !strings.Contains(a.body, `"`+s.url+`/_sandbox/one/api/users/user/`) {
		t.Errorf("eContext by path: %d %s", a.status, a.body)
	}
	a = s.do("GET", "/users.json", "", "Authorization", adminBasic, "Host", "one.localhost:99")
	if a.status != 200 || !strings.Contains(a.body, `"login":"admin"`) {
		t.Errorf("by host: %d %s", a.status, a.body)
	}
	byPort := &server{t: t, manager: s.manager, url: made.PortURL}
	if a := byPort.do("GET", "/users.json", "", "Authorization", adminBasic); a.status != 200 {
		t.Errorf("by port: %d %s", a.status, a.body)
	}
	if a := s.do("GET", "/users.json", "", "Authorization", adminBasic); a.status != 404 {
		t.Errorf("without a default sandbox: %d", a.status)
	}
}

func TestSandboxesHaveTheirOwnUsers(t *testing.T) {
	t.Parallel()
	s := serve(t, sandbox.Config{})
	s.create("a", "")
	add := func(name string) int {
		return s.do("POST", "/_sandbox/"+name+"/v1.1/instances/main/users/", `{"username":"ann","password":"x"}`,
			"X-API-KEY", seedAPIKey, "Content-Type", "application/json").status
	}
	if got := add("a"); got != 201 {
		t.Fatal(got)
	}
	s.create("b", "")
	s.create("c", `,"fork":"a"`)
	for name, want := range map[string]int{"a": 400, "b": 201, "c": 400} {
		if got := add(name); got != want {
			t.Errorf("%s: %d, want %d", name, got, want)
		}
	}
	s.call(200, nil, "POST", "sandboxes/a/reset", "")
	s.call(200, nil, "POST", "sandboxes/c/reset", "")
	for name, want := range map[string]int{"a": 201, "c": 400} {
		if got := add(name); got != want {
			t.Errorf("after a reset, %s: %d, want %d", name, got, want)
		}
	}
}

// All that a sandbox begins with was made at the time at which it begins, also where
// another sandbox has prepared it.
func TestNothingInASandboxIsYoungerThanItsClock(t *testing.T) {
	t.Parallel()
	s := serve(t, sandbox.Config{})
	for _, name := range []string{"a", "b"} {
		s.create(name, `,"clock":"2024-05-06T07:08:09Z"`)
		s.call(200, nil, "PUT", "sandboxes/"+name+"/clock", `{"set":"2024-05-06T07:08:09Z"}`)
		a := s.do("GET", "/_sandbox/"+name+"/users/1.json", "", "Authorization", adminBasic)
		if !strings.Contains(a.body, `"created_at":"2024-05-06T07:08:09.000+00:00"`) {
			t.Errorf("%s: %s", name, a.body)
		}
	}
}

func TestAContentThatIsRefusedIsRefusedAgain(t *testing.T) {
	t.Parallel()
	s := serve(t, sandbox.Config{})
	for range 2 {
		s.call(400, nil, "POST", "sandboxes", `{"name":"a","seed":"users: [{}]"}`)
	}
}

// The credentials that are announced before the seed is read are those of the seed.
func TestTheDevelopmentSeedsCredentialsAreThoseOfItsText(t *testing.T) {
	t.Parallel()
	want := sandbox.CredentialsOf(sandbox.DevelopmentSeed() + "# read as any other")
	if got := sandbox.CredentialsOf(""); len(got.Users) == 0 || !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, of the text %+v", got, want)
	}
}

func BenchmarkSandbox(b *testing.B) {
	m := sandbox.New(sandbox.Config{})
	defer m.Close()
	s, err := m.Create(b.Context(), sandbox.Creation{Name: "first"})
	if err != nil {
		b.Fatal(err)
	}
	b.Run("create", func(b *testing.B) {
		for b.Loop() {
			s, err := m.Create(b.Context(), sandbox.Creation{})
			if err != nil {
				b.Fatal(err)
			}
			_ = m.Drop(s.Name())
		}
	})
	b.Run("reset", func(b *testing.B) {
		for b.Loop() {
			if err := s.Reset(""); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("create and first request", func(b *testing.B) {
		for b.Loop() {
			s, err := m.Create(b.Context(), sandbox.Creation{})
			if err != nil {
				b.Fatal(err)
			}
			r := httptest.NewRequest("GET", "/users.json", nil)
			r.Header.Set("Authorization", adminBasic)
			s.ServeHTTP(httptest.NewRecorder(), r)
			_ = m.Drop(s.Name())
		}
	})
}
