package syncano_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/core/coretest"
	"github.com/dragoman-gateway/dragoman/dialects/dialecttest"
	"github.com/dragoman-gateway/dragoman/dialects/syncano"
)

// world is a dialect on a fresh store, for what a transcript cannot hold: other
// configurations, and what other dialects do to the same people.
type world struct {
	t     testing.TB
	dir   *core.Directory
	clock *coretest.Clock
	d     *syncano.Dialect
}

// newWorld applies the seed to a fresh store behind a dialect that change may
// configure otherwise.
func newWorld(t testing.TB, change func(*syncano.Config)) *world {
	t.Helper()
	return newWorldOn(t, dialecttest.SQLite().Open(t), change)
}

func newWorldOn(t testing.TB, store core.Store, change func(*syncano.Config)) *world {
	t.Helper()
	return newWorldSeeded(t, store, change, seed())
}

func newWorldSeeded(t testing.TB, store core.Store, change func(*syncano.Config), s syncano.Seed) *world {
	t.Helper()
	dir, clock := coretest.Directory(t, store)
	cfg := config(t, dir)
	if change != nil {
		change(&cfg)
	}
	w := &world{t, dir, clock, syncano.New(cfg)}
	dir.AddProvisioner(w.d)
	dir.AddAuthoritySource(w.d)
	if err := w.d.Seed(context.Background(), s); err != nil {
		t.Fatal(err)
	}
	return w
}

// do sends a request with an API or account key, and returns the answer.
func (w *world) do(key, method, path, body string) *httptest.ResponseRecorder {
	w.t.Helper()
	return w.send("192.0.2.1:1234", key, method, path, body)
}

// doFrom is do for a client at another address, with the key that may make users.
func (w *world) doFrom(address, method, path, body string) *httptest.ResponseRecorder {
	w.t.Helper()
	return w.send(address, userKey, method, path, body)
}

func (w *world) send(address, key, method, path, body string) *httptest.ResponseRecorder {
	w.t.Helper()
	var reader io.Reader
	if body != "" {
		reader = strings.NewReader(body)
	}
	r := httptest.NewRequest(method, path, reader)
	r.RemoteAddr = address
	r.Header.Set("X-Api-Key", key)
	r.Header.Set("Content-Type", "application/json")
	rec := httptest.NewRecorder()
	w.d.ServeHTTP(rec, r)
	return rec
}

// must is do for a request that succeeds; its answer is decoded.
func (w *world) must(key, method, path, body string) map[string]any {
	w.t.Helper()
	rec := w.do(key, method, path, body)
	if rec.Code < 200 || rec.Code > 299 {
		w.t.Fatalf("%s %s: %d %s", method, path, rec.Code, rec.Body)
	}
	var v map[string]any
	if rec.Body.Len() > 0 {
		if err := json.Unmarshal(rec.Body.Bytes(), &v); err != nil {
			w.t.Fatalf("%s %s: %v: %s", method, path, err, rec.Body)
		}
	}
	return v
}

// refused wants the status and exact body.
func (w *world) refused(key, method, path, body string, status int, want string) {
	w.t.Helper()
	rec := w.do(key, method, path, body)
	if rec.Code != status || rec.Body.String() != want {
		w.t.Errorf("%s %s: have %d %s, want %d %s", method, path, rec.Code, rec.Body, status, want)
	}
}

// update changes the store as another dialect would.
func (w *world) update(fn func(*core.Tx) error) {
	w.t.Helper()
	if err := w.dir.Update(context.Background(), core.Operator(), fn); err != nil {
		w.t.Fatal(err)
	}
}

// born adds a person as another dialect would.
func (w *world) born(u *core.User) *core.User {
	w.t.Helper()
	w.update(func(tx *core.Tx) error { return tx.AddUser(u) })
	return u
}

// change changes a person as another dialect would.
func (w *world) change(id int64, fn func(*core.User)) {
	w.t.Helper()
	w.update(func(tx *core.Tx) error {
		u, err := tx.User(core.ByID(core.MainRealm, id))
		if err != nil {
			return err
		}
		fn(u)
		return tx.SaveUser(u)
	})
}

func (w *world) user(id int64) (u *core.User) {
	w.t.Helper()
	err := w.dir.View(context.Background(), func(tx *core.Tx) (err error) {
		u, err = tx.UserIncludingDeleted(core.ByID(core.MainRealm, id))
		return err
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return u
}

const (
	main     = "/v1.1/instances/main/"
	forbid   = `{"detail":"You do not have permission to perform this action."}`
	notFound = `{"detail":"Not found"}`
	noSuch   = `{"detail":"No such API Key."}`
)

var _ http.Handler = (*syncano.Dialect)(nil)
