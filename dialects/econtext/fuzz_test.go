package econtext

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
)

// FuzzRequest sends a request with an odd target and body: the answer is JSON, or has
// no body because no route matches the path.
func FuzzRequest(f *testing.F) {
	for _, seed := range [][2]string{
		{"/api/users?limit=1;offset=1", ""}, {"/api/users?limit=%&offset=&limit=2", ""}, {"//api/users/search/a%25b?x", ""},
		{"/api/users/user/weak-uid", `{"custom_data": {"a": "\ud83d", "b": [1e400, -0]}, "name": "\u0000"}`},
		{"/api/users/user/weak-uid", `[]`}, {"/api/users/user/weak-uid", `{"applications": [{}, 1]}`}, {"/api/users/user/weak-uid", `{"data": [{"key": "a"}]`},
	} {
		f.Add(seed[0], seed[1])
	}
	w := newWorld(f, ProfileDocumented)
	f.Fuzz(func(t *testing.T, target, body string) {
		u, err := url.ParseRequestURI(target)
		if err != nil || !w.Owns(u.Path) {
			return
		}
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		if body != "" {
			r = httptest.NewRequest(http.MethodPut, "/", strings.NewReader(body))
		}
		r.URL = u
		r.SetBasicAuth("admin", adminPassword)
		answer := httptest.NewRecorder()
		w.ServeHTTP(answer, r)
		if answer.Body.Len() > 0 && !json.Valid(answer.Body.Bytes()) {
			t.Errorf("%s %q: %d %q", r.Method, target, answer.Code, answer.Body)
		}
	})
}
