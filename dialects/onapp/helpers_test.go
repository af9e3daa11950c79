package onapp

import (
	"context"
	"encoding/json"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/core/coretest"
	"github.com/dragoman-gateway/dragoman/dialects/dialecttest"
)

// fixture is the dialect on a new store with the users of setup. Requests do not use the network.
type fixture struct {
	t     testing.TB
	d     *Dialect
	dir   *core.Directory
	clock *coretest.Clock
	vars  dialecttest.Vars
}

func newFixture(t testing.TB) *fixture { return newFixtureWith(t, Config{}) }

func newFixtureWith(t testing.TB, cfg Config) *fixture {
	t.Helper()
	env := dialecttest.NewEnv(t, dialecttest.SQLite())
	vars := setup(t, env.Dir)
	cfg.Directory = env.Dir
	d := New(cfg)
	env.Dir.AddAuthoritySource(d)
	return &fixture{t: t, d: d, dir: env.Dir, clock: env.Clock, vars: vars}
}

// as sends a request with the credentials of a variable.
func (w *fixture) as(who, line, body string, headers ...string) *httptest.ResponseRecorder {
	w.t.Helper()
	method, target, _ := strings.Cut(line, " ")
	r := httptest.NewRequest(method, target, strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	if strings.HasSuffix(r.URL.Path, ".xml") {
		r.Header.Set("Content-Type", "application/xml")
	}
	for _, h := range append(headers, w.vars[who]) {
		if name, value, ok := strings.Cut(h, ": "); ok {
			r.Header.Set(name, value)
		}
	}
	recorder := httptest.NewRecorder()
	w.d.ServeHTTP(recorder, r)
	return recorder
}

// do sends a request as the administrator; it must succeed.
func (w *fixture) do(line, body string) *httptest.ResponseRecorder {
	w.t.Helper()
	a := w.as("auth", line, body)
	if a.Code >= 300 {
		w.t.Fatalf("%s: %d %s", line, a.Code, a.Body)
	}
	return a
}

// user returns a user as it is shown in JSON.
func (w *fixture) user(id string) map[string]any {
	w.t.Helper()
	var body struct{ User map[string]any }
	if err := json.Unmarshal(w.do("GET /users/"+id+".json", "").Body.Bytes(), &body); err != nil {
		w.t.Fatal(err)
	}
	return body.User
}

// change changes a stored user without the dialect.
func (w *fixture) change(username string, do func(*core.User)) {
	w.t.Helper()
	err := w.dir.Update(context.Background(), core.Operator(), func(tx *core.Tx) error {
		u, err := tx.UserIncludingDeleted(core.ByUsername(core.MainRealm, username))
		if err != nil {
			return err
		}
		do(u)
		return tx.SaveUserKeepingUpdatedAt(u)
	})
	if err != nil {
		w.t.Fatal(err)
	}
}

// stored returns a user as the store has it.
func (w *fixture) stored(username string) (u *core.User) {
	w.t.Helper()
	err := w.dir.View(context.Background(), func(tx *core.Tx) (err error) {
		u, err = tx.UserIncludingDeleted(core.ByUsername(core.MainRealm, username))
		return err
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return u
}

func wantStatus(t testing.TB, a *httptest.ResponseRecorder, status int) {
	t.Helper()
	if a.Code != status {
		t.Errorf("status %d, want %d: %s", a.Code, status, a.Body)
	}
}

func wantBody(t testing.TB, a *httptest.ResponseRecorder, part string) {
	t.Helper()
	if !strings.Contains(a.Body.String(), part) {
		t.Errorf("%q is not in %s", part, a.Body)
	}
}
