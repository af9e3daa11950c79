package econtext

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/labstack/echo/v4"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/core/coretest"
	"github.com/dragoman-gateway/dragoman/dialects/dialecttest"
)

// discard is a ResponseWriter that costs nothing, so that the handler is measured.
type discard struct{ header http.Header }

func (d *discard) Header() http.Header         { return d.header }
func (d *discard) Write(b []byte) (int, error) { return len(b), nil }
func (d *discard) WriteHeader(int)             {}

func benchServe(b *testing.B, h http.Handler, target, auth string, status int) {
	b.Helper()
	r := httptest.NewRequest("GET", target, nil)
	if auth != "" {
		r.Header.Set("Authorization", strings.TrimPrefix(auth, "Authorization: "))
	}
	w := httptest.NewRecorder()
	if h.ServeHTTP(w, r); w.Code != status {
		b.Fatalf("%d %s", w.Code, w.Body)
	}
	out := &discard{header: http.Header{}}
	b.ReportAllocs()
	b.ResetTimer()
	for b.Loop() {
		clear(out.header)
		h.ServeHTTP(out, r)
	}
}

func benchWorld(b *testing.B, extra int) (*core.Directory, dialecttest.Vars) {
	b.Helper()
	env := dialecttest.NewEnv(b, dialecttest.SQLite())
	vars := setup(b, env.Dir)
	addUsers(b, env.Dir, extra)
	return env.Dir, vars
}

// addUsers adds users who are members of the application "spare" and of its group.
func addUsers(tb testing.TB, dir *core.Directory, n int) {
	tb.Helper()
	const batch = 5000
	for from := 0; from < n; from += batch {
		err := dir.Update(context.Background(), core.Operator(), func(tx *core.Tx) error {
			app, err := tx.Group(core.GroupRef{Realm: core.MainRealm, Kind: kindApplication, UID: "spare"})
			if err != nil {
				return err
			}
			staff, err := tx.Group(core.GroupRef{Realm: core.MainRealm, Kind: kindGroup, UID: "staff"})
			if err != nil {
				return err
			}
			for i := from; i < min(from+batch, n); i++ {
				u := coretest.User(fmt.Sprintf("user%07d", i))
				u.Name.Formatted = "User of the Crowd"
				u.Attributes.Set("company_name", `"ACME"`)
				if err := tx.AddUser(u); err != nil {
					return err
				}
				if err := joinAll(tx, u, []*core.Group{app, staff}); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			tb.Fatal(err)
		}
	}
}

// BenchmarkFloor is a bare handler that writes a constant of a user's size.
func BenchmarkFloor(b *testing.B) {
	e := echo.New()
	body := []byte(strings.Repeat("x", 900))
	e.GET("/api/users/user/:userid", func(c echo.Context) error {
		return c.Blob(http.StatusOK, contentType, body)
	})
	benchServe(b, e, "/api/users/user/admin-uid", "", 200)
}

func BenchmarkShowUser(b *testing.B) {
	dir, vars := benchWorld(b, 10)
	benchServe(b, newDialect(dir, ProfileDocumented), "/api/users/user/"+uidOf(b, dir, "user0000003"), vars["auth"], 200)
}

// BenchmarkKnownCaller is what credentials cost on a request that does nothing else.
func BenchmarkKnownCaller(b *testing.B) {
	dir, vars := benchWorld(b, 0)
	d := newDialect(dir, ProfileDocumented)
	b.Run("with", func(b *testing.B) { benchServe(b, d, "/api/nothing", vars["auth"], 404) })
	b.Run("without", func(b *testing.B) { benchServe(b, d, "/api/ping", "", 200) })
}

func BenchmarkListPage(b *testing.B) {
	for _, users := range []int{1_000, 1_000_000} {
		b.Run(fmt.Sprint(users), func(b *testing.B) {
			dir, vars := benchWorld(b, users)
			d := newDialect(dir, ProfileDocumented)
			b.Run("whole", func(b *testing.B) { benchServe(b, d, "/api/users?limit=100", vars["auth"], 200) })
			b.Run("minimal", func(b *testing.B) { benchServe(b, d, "/api/users?limit=100&minimal=1", vars["auth"], 200) })
		})
	}
}

func uidOf(tb testing.TB, dir *core.Directory, username string) (uid string) {
	tb.Helper()
	err := dir.View(context.Background(), func(tx *core.Tx) error {
		u, err := tx.User(core.ByUsername(core.MainRealm, username))
		if err == nil {
			uid = u.UID
		}
		return err
	})
	if err != nil {
		tb.Fatal(err)
	}
	return uid
}
