package econtext

import (
	"encoding/json"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/dialecttest"
)

// partsRecorder remembers the largest part that was written at once.
type partsRecorder struct {
	*dialecttest.BoundedRecorder
	largest int
}

func (r *partsRecorder) Write(p []byte) (int, error) {
	r.largest = max(r.largest, len(p))
	return r.BoundedRecorder.Write(p)
}

func (w *world) recorded(target string, full bool) *partsRecorder {
	r := httptest.NewRequest("GET", target, nil)
	r.SetBasicAuth("admin", adminPassword)
	rec := &partsRecorder{BoundedRecorder: dialecttest.NewBoundedRecorder(1 << 30)}
	rec.Full = full
	w.ServeHTTP(rec, r)
	return rec
}

// A user with many large applications is sent in parts, alone and in a list, in which each
// user repeats them, while they are held once.
func TestLargeApplicationsOfAUserAreNotHeldTwice(t *testing.T) {
	w := newWorld(t, ProfileDocumented)
	const size, apps, users = 50_000, 12, 3
	var ids []string
	for range apps {
		var made struct{ Application struct{ ID string } }
		w.result("POST", "/api/applications/application", `{"name": "`+strings.Repeat("a", len(ids)+1)+`", "custom_data": {"x": "`+strings.Repeat("y", size)+`"}}`, &made)
		ids = append(ids, `"`+made.Application.ID+`"`)
	}
	var user struct{ User struct{ ID string } }
	for i := range users {
		w.result("POST", "/api/users/user", `{"email": "`+string(rune('a'+i))+`@large.example.com", "password": "changeme-1", "applications": [`+strings.Join(ids, ",")+`]}`, &user)
	}
	for target, least := range map[string]int{
		"/api/users": users * apps * size, "/api/users/user/" + user.User.ID: apps * size, "/api/applications": apps * size,
	} {
		for range 2 { // a list that is asked for twice is kept
			got := w.recorded(target, false)
			if got.Code != 200 || got.Body.Len() < least || !json.Valid(got.Body.Bytes()) {
				t.Errorf("%s: %d, %d bytes", target, got.Code, got.Body.Len())
			}
			if got.largest > flushFrom+size+2000 || got.MostHeld < apps*size || got.MostHeld > apps*size+20_000 || got.Began == 0 || got.Held != 0 {
				t.Errorf("%s: %d bytes at once, %d held, %d in the end", target, got.largest, got.MostHeld, got.Held)
			}
		}
	}
}

// Fewer users are read at once if they are large.
func TestLargeUsersMakeSmallChunks(t *testing.T) {
	w := newWorld(t, ProfileDocumented)
	const size, users = 10_000, firstRead + 50
	addUsers(t, w.dir, users)
	for _, name := range []string{"user0000000", "user0000299"} { // one at each end
		w.change(name, func(u *core.User) { u.Attributes.Set("city", `"London"`) })
	}
	err := w.dir.Update(t.Context(), core.Operator(), func(tx *core.Tx) error {
		all, err := tx.Users(core.UserQuery{Realm: core.MainRealm, Search: core.Search{Terms: []string{"user00"}, Fields: []core.Field{core.FieldUsername}}})
		for _, u := range all {
			c := u.Clone()
			c.Attributes.Set("notes", `"`+strings.Repeat("n", size)+`"`)
			if err := tx.SaveUser(c); err != nil {
				return err
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	got := w.recorded("/api/users", false)
	if n := strings.Count(got.Body.String(), `"notes"`); got.Code != 200 || n != users {
		t.Errorf("%d, %d users", got.Code, n)
	}
	if got.MostHeld < (firstRead-5)*size || got.MostHeld > (firstRead+20)*size || got.Held != 0 {
		t.Errorf("%d bytes are held, %d in the end", got.MostHeld, got.Held)
	}
}

func TestListsAreRefusedWhileTheAddressReadsNone(t *testing.T) {
	w := newWorld(t, ProfileDocumented)
	for target, want := range map[string]int{
		"/api/users": 503, "/api/users?limit=1": 503, "/api/applications": 503, "/api/groups/group/staff/users": 503,
		"/api/users/user/1":       503,
		"/api/groups/group/staff": 200,
	} {
		if got := w.recorded(target, true); got.Code != want || want == 503 && got.Header().Get("Retry-After") == "" {
			t.Errorf("%s: %d %s", target, got.Code, got.Body)
		}
	}
}
