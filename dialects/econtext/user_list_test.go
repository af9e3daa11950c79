package econtext

import (
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
)

type shownUsers struct {
	Users []struct{ Email, ID string }
}

// A list longer than one chunk is whole, in order, and each user is in it once.
func TestListWithoutLimitIsEverybody(t *testing.T) {
	w := newWorld(t, ProfileDocumented)
	const extra = 2*chunk + 7
	addUsers(t, w.dir, extra)
	for name, c := range map[string]struct {
		target string
		want   int
	}{
		"whole":                          {"/api/users", extra + 3},
		"minimal":                        {"/api/users?minimal=1", extra + 3},
		"from an offset on":              {"/api/users?minimal=1&offset=1005", extra + 3 - 1005},
		"a limit beyond one chunk":       {"/api/users?minimal=1&limit=1500", 1500},
		"by name, where many are alike":  {"/api/users?minimal=1&order_by=name", extra + 3},
		"of an application":              {"/api/applications/application/spare/users", extra},
		"of a group":                     {"/api/groups/group/staff/users?minimal=1", extra},
		"of a group, by status":          {"/api/groups/group/staff/users?minimal=1&status=ENABLED&offset=3&limit=1100", 1100},
		"of a group, by another status":  {"/api/groups/group/staff/users?minimal=1&status=DISABLED", 0},
		"found":                          {"/api/users/search/CROWD", extra},
		"found by an attribute, in part": {"/api/users/search/acm?limit=1001", 1001},
	} {
		t.Run(name, func(t *testing.T) {
			var have shownUsers
			w.result("GET", c.target, "", &have)
			if len(have.Users) != c.want {
				t.Errorf("%d users, want %d", len(have.Users), c.want)
			}
			seen := map[string]bool{}
			for i, u := range have.Users {
				if seen[u.ID] {
					t.Fatalf("%s is listed twice", u.Email)
				}
				seen[u.ID] = true
				if i > 0 && !strings.Contains(c.target, "order_by") && have.Users[i-1].Email > u.Email {
					t.Fatalf("%s comes before %s", have.Users[i-1].Email, u.Email)
				}
			}
		})
	}
}

// A page costs the same number of queries whatever its size.
func TestPageCostsAFixedNumberOfQueries(t *testing.T) {
	s, w := newCounting(t, 300)
	cost := func(target string) int64 {
		before := s.queries.Load()
		w.result("GET", target, "", nil)
		return s.queries.Load() - before
	}
	for _, target := range []string{
		"/api/users?limit=", "/api/users?minimal=1&limit=", "/api/groups/group/staff/users?limit=",
		"/api/applications/application/spare/users?limit=", "/api/users/search/crowd?limit=",
	} {
		small, large := cost(target+"4"), cost(target+"250")
		if small != large {
			t.Errorf("%s: %d queries for 4 users, %d for 250", target, small, large)
		}
	}
}

// cut is a ResponseWriter that counts, and keeps nothing.
type cut struct {
	httptest.ResponseRecorder
	largest int
}

func (c *cut) Write(b []byte) (int, error) {
	c.largest = max(c.largest, len(b))
	return len(b), nil
}

// An answer of a few kilobytes, for which no server counts by itself, says how long it is.
func TestAnswerHasALength(t *testing.T) {
	w := newWorld(t, ProfileDocumented)
	addUsers(t, w.dir, 50)
	answer := w.ask("GET", "/api/users", "")
	if have, want := answer.Header().Get("Content-Length"), strconv.Itoa(answer.Body.Len()); have != want || answer.Body.Len() < 4096 {
		t.Errorf("Content-Length %q of %s bytes", have, want)
	}
}

// A long list goes out as it is read, in pieces of a bounded size.
func TestLongListIsWrittenInPieces(t *testing.T) {
	w := newWorld(t, ProfileDocumented)
	addUsers(t, w.dir, 2*chunk)
	r := httptest.NewRequest("GET", "/api/users", nil)
	r.SetBasicAuth("admin", adminPassword)
	out := &cut{ResponseRecorder: *httptest.NewRecorder()}
	w.ServeHTTP(out, r)
	if out.Code != http.StatusOK || out.largest > 2*flushFrom || out.largest < flushFrom {
		t.Errorf("status %d, the largest piece has %d bytes", out.Code, out.largest)
	}
	if out.Header().Get("Content-Length") != "" {
		t.Error("a list of unknown length has a Content-Length")
	}
}

// What breaks before anything is sent is an error like any other; what breaks
// in the middle cuts the connection, so that no client takes half a list for the whole.
func TestListThatBreaks(t *testing.T) {
	s, w := newCounting(t, 2*chunk)
	for name, c := range map[string]struct {
		after int64 // views
		want  any
	}{
		"at once":       {2, nil},
		"in the middle": {3, http.ErrAbortHandler},
	} {
		t.Run(name, func(t *testing.T) {
			s.failAt.Store(s.views.Load() + c.after)
			defer func() {
				if have := recover(); have != c.want {
					t.Errorf("panics with %v, want %v", have, c.want)
				}
			}()
			if answer := w.ask("GET", "/api/users", ""); answer.Code != http.StatusInternalServerError {
				t.Errorf("status %d, want 500", answer.Code)
			}
		})
	}
}

func TestStatusOfABrokenStoreIsACrash(t *testing.T) {
	s, w := newCounting(t, 0)
	s.failAt.Store(s.views.Load() + 1)
	answer := w.ask("GET", "/api/status", "")
	if answer.Code != http.StatusInternalServerError || !strings.Contains(answer.Body.String(), `"errorcode": "500"`) {
		t.Errorf("%d %s", answer.Code, answer.Body)
	}
}

// Organizations are listed fifty at a time unless a limit says otherwise.
func TestOrganizationsAreFiftyAtOnce(t *testing.T) {
	w := newWorld(t, ProfileDocumented)
	for i := range 55 {
		w.result("POST", "/api/organizations/organization", `{"name": "org`+strconv.Itoa(100+i)+`"}`, nil)
	}
	for target, want := range map[string]int{
		"/api/organizations": 50, "/api/organizations?limit=52": 52, "/api/organizations?offset=50": 5,
	} {
		var have struct{ Organizations []struct{ Name string } }
		w.result("GET", target, "", &have)
		if len(have.Organizations) != want {
			t.Errorf("%s: %d, want %d", target, len(have.Organizations), want)
		}
	}
}
