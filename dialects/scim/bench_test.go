package scim

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/dragoman-gateway/dragoman/core"
)

// discard is a ResponseWriter that costs nothing, so that the handler is measured.
type discard struct{ header http.Header }

func (d *discard) Header() http.Header         { return d.header }
func (d *discard) Write(b []byte) (int, error) { return len(b), nil }
func (d *discard) WriteHeader(int)             {}

func benchGet(b *testing.B, w *world, target string) {
	b.Helper()
	r := httptest.NewRequest("GET", target, nil)
	r.Header.Set("Authorization", "Bearer "+token)
	out := &discard{header: http.Header{}}
	b.ReportAllocs()
	for b.Loop() {
		clear(out.header)
		w.ServeHTTP(out, r)
	}
}

func BenchmarkShow(b *testing.B) { benchGet(b, newWorld(b), "/scim/v2/Users/admin-uid") }

func BenchmarkFindByUserName(b *testing.B) {
	benchGet(b, newWorld(b), "/scim/v2/Users?filter=userName+eq+%22admin%22")
}

func BenchmarkPageOf100(b *testing.B) {
	w := newWorld(b)
	addUsers(w, 1000)
	benchGet(b, w, "/scim/v2/Users?startIndex=500&count=100")
}

func addUsers(w *world, n int) {
	const batch = 5000
	for from := 0; from < n; from += batch {
		w.update(func(tx *core.Tx) error {
			for i := from; i < min(from+batch, n); i++ {
				u := &core.User{Realm: core.MainRealm, UID: fmt.Sprint("u", i), Username: fmt.Sprint("user", i), Enabled: true}
				if err := tx.AddUser(u); err != nil {
					return err
				}
			}
			return nil
		})
	}
}

// BenchmarkAddMembers adds 1,000 members to a group of 100,000, and removes them
// outside of what is measured.
func BenchmarkAddMembers(b *testing.B) {
	const large, added = 100_000, 1000
	w := newWorld(b)
	w.cfg.MaxBody = 4 << 20
	addUsers(w, large+added)
	var id string
	w.update(func(tx *core.Tx) error {
		g := &core.Group{Realm: core.MainRealm, Kind: kindGroup, Key: "g", Name: "g"}
		if err := tx.SaveGroup(g); err != nil {
			return err
		}
		id = g.UID
		for i := range int64(large) {
			if _, err := tx.Join(&core.User{ID: i + 2, Realm: g.Realm}, g); err != nil {
				return err
			}
		}
		return nil
	})
	values := make([]string, added)
	for i := range values {
		values[i] = fmt.Sprintf(`{"value":"u%d"}`, large+i)
	}
	body := `{"Operations":[{"op":"%s","path":"members","value":[` + strings.Join(values, ",") + `]}]}`
	b.ResetTimer()
	for range b.N {
		w.want(204, "", "PATCH", "/scim/v2/Groups/"+id, fmt.Sprintf(body, "add"))
		b.StopTimer()
		w.want(204, "", "PATCH", "/scim/v2/Groups/"+id, fmt.Sprintf(body, "remove"))
		b.StartTimer()
	}
}

// BenchmarkPage reads a page of 100 of 1,000 and of 100,000 users: the first, one in the
// middle by index and by a cursor, and those who changed last.
func BenchmarkPage(b *testing.B) {
	for _, users := range []int{1000, 100_000} {
		w := newWorld(b)
		addUsers(w, users)
		for name, target := range map[string]string{"first": "/scim/v2/Users?count=100", "index": fmt.Sprint("/scim/v2/Users?count=100&startIndex=", users/2), "cursor": cursorAt(w, users/2),
			"changed": "/scim/v2/Users?count=100&sortBy=meta.lastModified&sortOrder=descending"} {
			b.Run(fmt.Sprint(name, "/", users), func(b *testing.B) { benchGet(b, w, target) })
		}
	}
}

// cursorAt is the path of the page behind about that many users.
func cursorAt(w *world, n int) string {
	u := &core.User{ID: int64(n), UID: fmt.Sprint("u", n), Username: fmt.Sprint("user", n)}
	c := &call{d: w.Dialect, token: &Token{Realm: core.MainRealm, Digest: Digest(token)}}
	s := &search{scope: scope{t: newTypes(nil).users}, count: 100}
	cur := &cursor{request: requestDigest(s, func(string) string { return "" })}
	var text string
	w.update(func(tx *core.Tx) error { text = cur.nextUser(c, tx, s, u); return nil })
	return "/scim/v2/Users?count=100&cursor=" + text
}
