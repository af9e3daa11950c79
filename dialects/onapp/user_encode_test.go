package onapp

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/dialecttest"
)

// TestUserShownAgainFollowsEveryChange of what is shown of one, in every form.
func TestUserShownAgainFollowsEveryChange(t *testing.T) {
	w := newFixture(t)
	w.change("bob", func(u *core.User) { u.EnabledUntil = w.clock.Now().Add(time.Hour) })
	do := func(line, body string) func(testing.TB) { return func(testing.TB) { w.do(line, body) } }
	dialecttest.ShownAgain(t,
		func() http.Handler { return New(Config{Directory: w.dir}) }, w.shownEverywhere,
		dialecttest.Change{Name: "a name", Do: do("PUT /users/2.json", `{"user":{"first_name":"Robert"}}`)},
		dialecttest.Change{Name: "a role", Do: func(testing.TB) {
			w.do("POST /roles.json", `{"role":{"label":"helper"}}`)
			w.do("PUT /users/2.json", `{"user":{"role_ids":[2,3]}}`)
		}},
		dialecttest.Change{Name: "a role's label", Do: do("PUT /roles/3.json", `{"role":{"label":"helpers"}}`)},
		dialecttest.Change{Name: "a role's permissions", Do: do("PUT /roles/3.json", `{"role":{"permission_ids":["13"]}}`)},
		dialecttest.Change{Name: "a role less", Do: do("PUT /users/2.json", `{"user":{"role_ids":[2]}}`)},
		dialecttest.Change{Name: "a user group", Do: func(testing.TB) {
			w.do("POST /user_groups.json", `{"user_group":{"label":"staff"}}`)
			w.do("PUT /users/2.json", `{"user":{"user_group_id":1}}`)
		}},
		dialecttest.Change{Name: "a user group less", Do: do("DELETE /user_groups/1.json", "")},
		dialecttest.Change{Name: "a field", Do: do("POST /user_additional_fields.json", `{"user_additional_field":{"name":"shoe","default_value":"40"}}`)},
		dialecttest.Change{Name: "a field's default", Do: do("PUT /user_additional_fields/1.json", `{"user_additional_field":{"default_value":"41"}}`)},
		dialecttest.Change{Name: "the end of the user's time", Do: func(testing.TB) { w.clock.Advance(2 * time.Hour) }},
	)
}

// shownEverywhere is what the dialect shows of all users and of one.
func (w *fixture) shownEverywhere(h http.Handler) string {
	var all strings.Builder
	for _, path := range []string{"/users.json?short", "/users/2.json", "/users/2.xml", "/users.json", "/users.xml", "/users.xml?short"} {
		r := httptest.NewRequest("GET", path, nil)
		name, value, _ := strings.Cut(w.vars["auth"], ": ")
		r.Header.Set(name, value)
		rec := httptest.NewRecorder()
		h.ServeHTTP(rec, r)
		all.WriteString(rec.Body.String() + "\n")
	}
	return all.String()
}
