package econtext

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/core/coretest"
	"github.com/dragoman-gateway/dragoman/dialects/dialecttest"
)

// world is a dialect on a store of its own, asked without a network.
type world struct {
	*Dialect
	t     testing.TB
	clock *coretest.Clock
	vars  dialecttest.Vars
}

func newWorld(t testing.TB, profile Profile) *world {
	t.Helper()
	env := dialecttest.NewEnv(t, dialecttest.SQLite())
	d := newDialect(env.Dir, profile)
	env.Dir.AddAuthoritySource(d)
	return &world{Dialect: d, t: t, clock: env.Clock, vars: setup(t, env.Dir)}
}

// ask sends a request as the administrator.
func (w *world) ask(method, target, body string) *httptest.ResponseRecorder {
	w.t.Helper()
	return w.askAs("admin", adminPassword, method, target, body)
}

func (w *world) askAs(login, password, method, target, body string) *httptest.ResponseRecorder {
	w.t.Helper()
	return ask(w.Dialect, login, password, method, target, body)
}

func ask(h http.Handler, login, password, method, target, body string) *httptest.ResponseRecorder {
	var reader io.Reader
	if body != "" {
		reader = strings.NewReader(body)
	}
	r := httptest.NewRequest(method, target, reader)
	r.SetBasicAuth(login, password)
	answer := httptest.NewRecorder()
	h.ServeHTTP(answer, r)
	return answer
}

// result asks and decodes the result, which must be a success.
func (w *world) result(method, target, body string, into any) {
	w.t.Helper()
	answer := w.ask(method, target, body)
	if answer.Code != http.StatusOK {
		w.t.Fatalf("%s %s: %d %s", method, target, answer.Code, answer.Body)
	}
	envelope := struct{ EContext struct{ Result any } }{struct{ Result any }{into}}
	if err := json.Unmarshal(answer.Body.Bytes(), &envelope); err != nil {
		w.t.Fatalf("%s %s: %v in %s", method, target, err, answer.Body)
	}
}

// change changes a user behind the dialect's back, as another dialect does.
func (w *world) change(username string, do func(u *core.User)) {
	w.t.Helper()
	err := w.dir.Update(context.Background(), core.Operator(), func(tx *core.Tx) error {
		u, err := tx.UserIncludingDeleted(core.ByUsername(core.MainRealm, username))
		if err != nil {
			return err
		}
		do(u)
		return tx.SaveUser(u)
	})
	if err != nil {
		w.t.Fatal(err)
	}
}

// counting is a store that counts what is asked of it, and can be told to fail.
type counting struct {
	core.Store
	queries atomic.Int64
	failAt  atomic.Int64 // the number of the view that fails; 0: none
	views   atomic.Int64
}

type countingTx struct {
	core.StoreTx
	of *counting
}

func (s *counting) View(ctx context.Context, fn func(core.StoreTx) error) error {
	if n := s.views.Add(1); n == s.failAt.Load() {
		return io.ErrUnexpectedEOF
	}
	return s.Store.View(ctx, func(tx core.StoreTx) error { return fn(&countingTx{tx, s}) })
}

func (tx *countingTx) ListUsers(q core.UserQuery) ([]*core.User, error) {
	tx.of.queries.Add(1)
	return tx.StoreTx.ListUsers(q)
}

func (tx *countingTx) GetUser(ref core.UserRef) (*core.User, error) {
	tx.of.queries.Add(1)
	return tx.StoreTx.GetUser(ref)
}

func (tx *countingTx) ListGroups(q core.GroupQuery) ([]*core.Group, error) {
	tx.of.queries.Add(1)
	return tx.StoreTx.ListGroups(q)
}

func (tx *countingTx) GetGroup(ref core.GroupRef) (*core.Group, error) {
	tx.of.queries.Add(1)
	return tx.StoreTx.GetGroup(ref)
}

func (tx *countingTx) ListMemberships(q core.MembershipQuery) ([]core.Membership, error) {
	tx.of.queries.Add(1)
	return tx.StoreTx.ListMemberships(q)
}

func (tx *countingTx) ListRecords(q core.RecordQuery) ([]*core.Record, error) {
	tx.of.queries.Add(1)
	return tx.StoreTx.ListRecords(q)
}

func newCounting(t testing.TB, n int) (*counting, *world) {
	t.Helper()
	s := &counting{Store: dialecttest.SQLite().Open(t)}
	dir, clock := coretest.Directory(t, s)
	w := &world{Dialect: newDialect(dir, ProfileDocumented), t: t, clock: clock, vars: setup(t, dir)}
	addUsers(t, dir, n)
	return s, w
}
