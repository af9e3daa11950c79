package econtext

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/dragoman-gateway/dragoman/core"
)

type shownUser struct {
	User struct {
		Status, Email, Name *string
		CustomData          map[string]any `json:"custom_data"`
	}
}

func (w *world) show() (u shownUser) {
	w.t.Helper()
	w.result("GET", "/api/users/user/weak-uid", "", &u)
	return u
}

func quoted(s *string) string {
	if s == nil {
		return "null"
	}
	return `"` + *s + `"`
}

// What another dialect says of a user shows here, and what was never said is derived and not stored.
func TestUserSeenFromElsewhere(t *testing.T) {
	for name, c := range map[string]struct {
		change func(u *core.User)
		look   func(u shownUser) string
		want   string
	}{
		"no address is null":              {func(u *core.User) { u.Email = "" }, showsEmail, "null"},
		"an address keeps its letters":    {func(u *core.User) { u.Email = "Weak@Example.com" }, showsEmail, `"Weak@Example.com"`},
		"disabled elsewhere is DISABLED":  {func(u *core.User) { u.Enabled = false }, showsStatus, `"DISABLED"`},
		"a date that passed is DISABLED":  {func(u *core.User) { u.EnabledUntil = u.CreatedAt }, showsStatus, `"DISABLED"`},
		"a date to come is ENABLED":       {func(u *core.User) { u.EnabledUntil = u.CreatedAt.Add(time.Hour) }, showsStatus, `"ENABLED"`},
		"both parts of a name are joined": {func(u *core.User) { u.Name = core.Name{Given: "Ada", Family: "Admin"} }, showsName, `"Ada Admin"`},
		"one part of a name stands alone": {func(u *core.User) { u.Name = core.Name{Family: "Admin"} }, showsName, `"Admin"`},
		"a whole name wins over its parts": {
			func(u *core.User) { u.Name = core.Name{Formatted: "A. A.", Given: "Ada"} }, showsName, `"A. A."`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, ProfileDocumented)
			w.change("weak", c.change)
			if have := c.look(w.show()); have != c.want {
				t.Errorf("shows %s, want %s", have, c.want)
			}
		})
	}
}

func showsEmail(u shownUser) string  { return quoted(u.User.Email) }
func showsStatus(u shownUser) string { return quoted(u.User.Status) }
func showsName(u shownUser) string   { return quoted(u.User.Name) }

// Another name takes the parts of the old one along, whoever said them; the same
// one leaves everything as it was said.
func TestAnotherNameReplacesItsPartsToo(t *testing.T) {
	parts := core.Name{Given: "Ada", Family: "Admin"}
	both := core.Name{Formatted: "Dr. Ada", Given: "Ada", Family: "Admin"}
	for name, c := range map[string]struct {
		before core.Name
		body   string
		want   string
		after  core.Name
	}{
		"another name":              {parts, `{"name": "Eda Lee"}`, `"Eda Lee"`, core.Name{Formatted: "Eda Lee"}},
		"null":                      {parts, `{"name": null}`, "null", core.Name{}},
		"the empty text":            {parts, `{"name": ""}`, `""`, core.Name{}},
		"another one beside parts":  {both, `{"name": "Eda Lee"}`, `"Eda Lee"`, core.Name{Formatted: "Eda Lee"}},
		"the joined one, sent back": {parts, `{"name": "Ada Admin"}`, `"Ada Admin"`, parts},
		"a whole one, sent back":    {both, `{"name": "Dr. Ada"}`, `"Dr. Ada"`, both},
		"nothing of a name":         {both, `{"status": "ENABLED"}`, `"Dr. Ada"`, both},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, ProfileDocumented)
			w.change("weak", func(u *core.User) { u.Name = c.before })
			w.result("PUT", "/api/users/user/weak-uid", c.body, nil)
			if have := showsName(w.show()); have != c.want {
				t.Errorf("shows %s, want %s", have, c.want)
			}
			w.change("weak", func(u *core.User) {
				if u.Name != c.after {
					t.Errorf("stored as %+v", u.Name)
				}
			})
		})
	}
}

// A name cleared here stays cleared until another one is said, here or elsewhere.
func TestClearedNameStaysCleared(t *testing.T) {
	w := newWorld(t, ProfileDocumented)
	for _, c := range []struct{ body, want string }{
		{`{"name": null}`, "null"}, {`{"name": ""}`, `""`}, {`{"name": "Ada A."}`, `"Ada A."`}, {`{"name": null}`, "null"},
	} {
		w.result("PUT", "/api/users/user/weak-uid", c.body, nil)
		if have := showsName(w.show()); have != c.want {
			t.Errorf("after %s the name is %s, want %s", c.body, have, c.want)
		}
	}
	w.change("weak", func(u *core.User) { u.Name.Given = "Eda" })
	if have := showsName(w.show()); have != `"Eda"` {
		t.Errorf("after a change elsewhere the name is %s", have)
	}
}

// A search finds what is shown: a name in two parts as one text, and no part of
// a name that another one hides.
func TestSearchFindsTheNameThatIsShown(t *testing.T) {
	for name, c := range map[string]struct {
		name  core.Name
		term  string
		found bool
	}{
		"across both parts":            {core.Name{Given: "Ada", Family: "Admin"}, "ADA%20ad", true},
		"one part alone":               {core.Name{Family: "Lovelace"}, "lovelace", true},
		"no blank beside a lone part":  {core.Name{Family: "Lovelace"}, "%20love", false},
		"a whole name":                 {core.Name{Formatted: "A. A.", Given: "Lovelace"}, "a.%20a", true},
		"not what a whole name hides":  {core.Name{Formatted: "A. A.", Given: "Lovelace"}, "lovelace", false},
		"not from a whole to its part": {core.Name{Formatted: "A. A.", Given: "Lovelace"}, "a.%20love", false},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, ProfileDocumented)
			w.change("weak", func(u *core.User) { u.Name = c.name })
			body := w.ask("GET", "/api/users/search/"+c.term, "").Body.String()
			if strings.Contains(body, `"id": "weak-uid"`) != c.found {
				t.Errorf("found %s", body)
			}
		})
	}
}

// An address that no request could set here may come back with one that reads it.
func TestOwnAddressPassesWhateverItsForm(t *testing.T) {
	w := newWorld(t, ProfileDocumented)
	w.change("weak", func(u *core.User) { u.Email = "Wéak@Example.com" })
	w.result("PUT", "/api/users/user/weak-uid", `{"email": "wéak@example.com", "name": "W"}`, nil)
	if u := w.show(); showsEmail(u) != `"Wéak@Example.com"` || showsName(u) != `"W"` {
		t.Errorf("shows %s, %s", showsEmail(u), showsName(u))
	}
}

func TestForeignerIsChangedWithoutAnAddress(t *testing.T) {
	w := newWorld(t, ProfileDocumented)
	w.change("weak", func(u *core.User) { u.Email, u.EnabledUntil = "", u.CreatedAt })
	w.result("PUT", "/api/users/user/weak-uid", `{"status": "ENABLED", "custom_data": {"a": 1}}`, nil)
	u := w.show()
	if showsStatus(u) != `"ENABLED"` || showsEmail(u) != "null" || u.User.CustomData["a"] != 1.0 {
		t.Errorf("shows %+v", u.User)
	}
}

func TestUserDeletedElsewhereIsNotFound(t *testing.T) {
	w := newWorld(t, ProfileDocumented)
	w.result("PUT", "/api/users/user/weak-uid", `{"applications": ["spare"], "groups": ["staff"]}`, nil)
	w.change("weak", func(u *core.User) { u.DeletedAt = u.CreatedAt })
	for _, target := range []string{"/api/users/user/weak-uid", "/api/users/user/weak-uid/apikey/x"} {
		if answer := w.ask("GET", target, ""); answer.Code != http.StatusBadRequest {
			t.Errorf("%s: %d %s", target, answer.Code, answer.Body)
		}
	}
	for _, target := range []string{"/api/users", "/api/users/search/weak", "/api/groups/group/staff/users"} {
		if body := w.ask("GET", target, "").Body.String(); strings.Contains(body, "weak-uid") {
			t.Errorf("%s shows the user: %s", target, body)
		}
	}
	w.result("PUT", "/api/groups/group/staff", `{"status": "DISABLED"}`, nil)
	w.result("DELETE", "/api/groups/group/staff", "", nil)
	w.result("PUT", "/api/applications/application/spare", `{"status": "DISABLED"}`, nil)
	w.result("DELETE", "/api/applications/application/spare", "", nil)
}

// An id that a deleted user still has elsewhere is taken.
func TestIDOfAUserDeletedElsewhereIsTaken(t *testing.T) {
	w := newWorld(t, ProfileDocumented)
	w.change("weak", func(u *core.User) { u.DeletedAt = u.CreatedAt })
	answer := w.ask("POST", "/api/users/user", `{"id": "weak-uid", "email": "new@example.com", "password": "correct-horse", "applications": []}`)
	if !strings.Contains(answer.Body.String(), "A User with that id already exists") {
		t.Errorf("%d %s", answer.Code, answer.Body)
	}
}

// Deleting a user takes away what other dialects know, too: the person is gone.
func TestDeletionIsForAllDialects(t *testing.T) {
	w := newWorld(t, ProfileDocumented)
	w.result("PUT", "/api/users/user/weak-uid", `{"status": "DISABLED"}`, nil)
	w.result("DELETE", "/api/users/user/weak-uid", "", nil)
	err := w.dir.View(context.Background(), func(tx *core.Tx) error {
		_, err := tx.UserIncludingDeleted(core.ByUID(core.MainRealm, "weak-uid"))
		return err
	})
	if core.KindOf(err) != core.NotFound {
		t.Errorf("the core has the user still: %v", err)
	}
}
