package syncano_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/dialecttest"
	"github.com/dragoman-gateway/dragoman/dialects/syncano"
)

// TestUserShownAgainFollowsEveryChange of what is shown of one.
func TestUserShownAgainFollowsEveryChange(t *testing.T) {
	for _, path := range []string{users + "1/", users, "/v1/instances/main/users/1/"} {
		t.Run(path, func(t *testing.T) { testShownAgain(t, path) })
	}
}

func testShownAgain(t *testing.T, path string) {
	w := newWorld(t, nil)
	w.must(ownerKey, "POST", users, `{"username": "ann", "password": "x"}`)
	w.must(ownerKey, "POST", main+"groups/", `{"label": "one"}`)
	host := "one.example.com"
	ask := func(h http.Handler) string {
		r := httptest.NewRequest("GET", "http://"+host+path, nil)
		r.Header.Set("X-Api-Key", ownerKey)
		rec := httptest.NewRecorder()
		h.ServeHTTP(rec, r)
		return rec.Body.String()
	}
	do := func(method, path, body string) func(testing.TB) {
		return func(testing.TB) { w.must(ownerKey, method, path, body) }
	}
	dialecttest.ShownAgain(t, func() http.Handler { return syncano.New(config(t, w.dir)) }, ask,
		dialecttest.Change{Name: "a name", Do: do("PATCH", users+"1/", `{"username": "eve"}`)},
		dialecttest.Change{Name: "a field of the class", Do: do("PATCH", main+"classes/user_profile/", `{"schema": [{"name": "city", "type": "string"}]}`)},
		dialecttest.Change{Name: "a value", Do: do("PATCH", users+"1/", `{"profile": {"city": "Rivia"}}`)},
		dialecttest.Change{Name: "a group", Do: do("POST", main+"groups/1/users/", `{"user": 1}`)},
		dialecttest.Change{Name: "a group's label", Do: do("PATCH", main+"groups/1/", `{"label": "two"}`)},
		dialecttest.Change{Name: "the profile's group", Do: do("PATCH", users+"1/", `{"profile": {"group": 1}}`)},
		dialecttest.Change{Name: "the group's end", Do: do("DELETE", main+"groups/1/", "")},
		dialecttest.Change{Name: "a file", Do: func(testing.TB) {
			w.must(ownerKey, "PATCH", main+"classes/user_profile/", `{"schema": [{"name": "pic", "type": "file"}]}`)
			w.change(1, func(u *core.User) { u.Attributes.Set("pic", `"`+strings.Repeat("a", 40)+`"`) })
		}},
		dialecttest.Change{Name: "the address of the gateway", Do: func(testing.TB) { host = "two.example.com" }},
	)
}

// TestNameInTheAnswerToAWriteIsNotShownAgain: only that answer repeats the
// client's own spelling.
func TestNameInTheAnswerToAWriteIsNotShownAgain(t *testing.T) {
	w := newWorld(t, nil)
	w.must(ownerKey, "POST", users, `{"username": "ann", "password": "x"}`)
	for range 3 {
		if written := w.must(ownerKey, "PATCH", users+"1/", `{"username": "ANN"}`)["username"]; written != "ANN" {
			t.Errorf("written: %v", written)
		}
		for range 3 {
			if shown := w.must(ownerKey, "GET", users+"1/", "")["username"]; shown != "ann" {
				t.Errorf("shown: %v", shown)
			}
		}
	}
}
