package main

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/dragoman-gateway/dragoman/dialects/dragomantest"
)

// stuckClient is a client that does not read its answer until it is let go.
type stuckClient struct {
	*httptest.ResponseRecorder
	stuck chan<- bool
	letGo <-chan bool
}

func (c *stuckClient) WriteHeader(status int) {
	c.stuck <- true
	<-c.letGo
	c.ResponseRecorder.WriteHeader(status)
}

// Whoever holds all requests that their credentials may have in progress, from however
// many addresses, is refused in the words of the dialect, and leaves room for others.
func TestACallersRequestsInProgressAreTheirOwn(t *testing.T) {
	t.Parallel()
	g := dragomantest.New(t, dragomantest.WithSetting("max-caller-requests", "1"))
	g.AddUser("grace", "grace@example.com", "correct-horse")
	admin, token := basic("admin:"+dragomantest.Password), "Bearer "+dragomantest.SCIMToken
	request := func(path, header, value string) *http.Request {
		r := httptest.NewRequest("GET", g.Base()+path, nil)
		r.Header.Set(header, value)
		return r
	}
	for name, c := range map[string]struct {
		own, other *http.Request
		words      string
	}{
		"Syncano": {request("/v1.1/instances/main/users/", "X-API-KEY", dragomantest.SyncanoKey),
			request("/v1.1/instances/main/users/", "X-API-KEY", seedAccountKey), "Request was throttled."},
		"eContext": {request("/api/users", "Authorization", admin), request("/profile.json", "Authorization", basic("grace:correct-horse")), ""},
		"OnApp":    {request("/users.json", "Authorization", admin), request("/profile.json", "Authorization", basic("grace:correct-horse")), `"error":"Too Many Requests"`},
		"SCIM":     {request("/scim/v2/Users", "Authorization", token), request("/scim/v2/Users", "Authorization", token+"x"), "429"},
	} {
		stuck, letGo, done := make(chan bool), make(chan bool), make(chan bool)
		go func() {
			defer close(done)
			g.Sandbox().ServeHTTP(&stuckClient{httptest.NewRecorder(), stuck, letGo}, c.own.Clone(t.Context()))
		}()
		<-stuck
		ask := func(r *http.Request) *httptest.ResponseRecorder {
			w := httptest.NewRecorder()
			r = r.Clone(t.Context())
			r.RemoteAddr = "192.0.2.7:1"
			g.Sandbox().ServeHTTP(w, r)
			return w
		}
		if got := ask(c.own); got.Code != 429 || got.Header().Get("Retry-After") != "1" || !strings.Contains(got.Body.String(), c.words) {
			t.Errorf("%s, the same caller: %d %v %s", name, got.Code, got.Header(), got.Body)
		}
		if got := ask(c.other); got.Code == 429 || got.Code >= 500 {
			t.Errorf("%s, another caller: %d %s", name, got.Code, got.Body)
		}
		close(letGo)
		<-done
		if got := ask(c.own); got.Code != 200 {
			t.Errorf("%s, the same caller later: %d %s", name, got.Code, got.Body)
		}
	}
}
