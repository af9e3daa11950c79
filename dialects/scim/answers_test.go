package scim

import (
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/dragoman-gateway/dragoman/dialects/dialecttest"
)

// bounded sends a request whose answer has that many bytes at most.
func (w *world) bounded(most int64, method, target, body string, full bool) *dialecttest.BoundedRecorder {
	r := httptest.NewRequest(method, target, strings.NewReader(body))
	r.Header.Set("Authorization", "Bearer "+w.token)
	rec := dialecttest.NewBoundedRecorder(most)
	rec.Full = full
	w.ServeHTTP(rec, r)
	return rec
}

// newLargeGroup is a world with a group of twenty members, and its id.
func newLargeGroup(t *testing.T) (*world, string) {
	w := newWorld(t)
	made := func(path, body string) string {
		var made struct{ ID string }
		if err := json.Unmarshal(w.ask("POST", path, body).Body.Bytes(), &made); err != nil || made.ID == "" {
			t.Fatal("not made")
		}
		return made.ID
	}
	var members []string
	for i := range 20 {
		id := made("/scim/v2/Users", fmt.Sprintf(`{"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "member%d"}`, i))
		members = append(members, `{"value": "`+id+`"}`)
	}
	return w, made("/scim/v2/Groups", `{"schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"], "displayName": "all", "members": [`+strings.Join(members, ",")+`]}`)
}

func TestAPageThatIsTooLargeIsRefused(t *testing.T) {
	w, group := newLargeGroup(t)
	for target, want := range map[string]int{
		"/scim/v2/Users":                             400,
		"/scim/v2/Users?count=2":                     200,
		"/scim/v2/Users?count=4&attributes=userName": 200,
		"/scim/v2/Groups":                            400,
		"/scim/v2/Groups?excludedAttributes=members": 200,
		"/scim/v2/Groups/" + group:                   200, // it cannot be asked for in parts
	} {
		got := w.bounded(2000, "GET", target, "", false)
		if got.Code != want || want == 400 && !strings.Contains(got.Body.String(), `"scimType":"tooMany","detail":"The page is too large.`) {
			t.Errorf("%s: %d %s", target, got.Code, got.Body)
		}
		if got.Began > 1 || got.Held != 0 {
			t.Errorf("%s: %d turns, %d bytes held", target, got.Began, got.Held)
		}
	}
	// The members are counted before they are read.
	if got := w.bounded(20*leastMember-1, "GET", "/scim/v2/Groups", "", false); got.Code != 400 {
		t.Errorf("%d %s", got.Code, got.Body)
	}
}

func TestListsAreRefusedWhileTheAddressReadsNone(t *testing.T) {
	w, group := newLargeGroup(t)
	for request, want := range map[string]int{
		"GET /scim/v2/Users": 503, "GET /scim/v2/Groups": 503, "GET /scim/v2": 503, "GET /scim/v2/Groups/" + group: 503,
		"POST /scim/v2/Users/.search": 503, "GET /scim/v2/Schemas": 200, "GET /scim/v2/Groups/" + group + "?excludedAttributes=members": 200,
	} {
		method, target, _ := strings.Cut(request, " ")
		if got := w.bounded(1<<20, method, target, `{"count": 1}`, true); got.Code != want || want == 503 && got.Header().Get("Retry-After") == "" {
			t.Errorf("%s: %d %s", request, got.Code, got.Body)
		}
	}
}
