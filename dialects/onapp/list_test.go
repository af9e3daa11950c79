package onapp

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/core/coretest"
	"github.com/dragoman-gateway/dragoman/dialects/dialecttest"
)

// addUsers adds users named p0, p1 and so on to a directory.
func addUsers(t testing.TB, dir *core.Directory, n int) {
	t.Helper()
	addUsersFrom(t, dir, 0, n)
}

func addUsersFrom(t testing.TB, dir *core.Directory, from, n int) {
	t.Helper()
	err := dir.Update(context.Background(), core.Operator(), func(tx *core.Tx) error {
		for i := range n {
			if err := tx.AddUser(coretest.User(fmt.Sprintf("p%d", from+i))); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// inParts is a client that sees how an answer comes in.
type inParts struct {
	*httptest.ResponseRecorder
	largest int
	parts   int
}

func (p *inParts) Write(b []byte) (int, error) {
	p.largest = max(p.largest, len(b))
	p.parts++
	return p.ResponseRecorder.Write(b)
}

func (w *fixture) get(target string, to http.ResponseWriter) {
	r := httptest.NewRequest("GET", target, nil)
	_, auth, _ := strings.Cut(w.vars["auth"], ": ")
	r.Header.Set("Authorization", auth)
	w.d.ServeHTTP(to, r)
}

func TestALongListGoesOutInPartsAndIsWhole(t *testing.T) {
	w := newFixture(t)
	addUsers(t, w.dir, 5*listChunk+7)
	total := 4 + 5*listChunk + 7
	for target, want := range map[string]int{
		"/users.json": total, "/users.json?per_page=1000000": total,
		"/users.json?page=2&per_page=700": total - 700, "/users.json?page=3&per_page=200": 200,
	} {
		p := &inParts{ResponseRecorder: httptest.NewRecorder()}
		w.get(target, p)
		var list []struct{ User struct{ ID int64 } }
		if err := json.Unmarshal(p.Body.Bytes(), &list); err != nil {
			t.Fatalf("%s: %v", target, err)
		}
		if len(list) != want {
			t.Errorf("%s: %d users, want %d", target, len(list), want)
		}
		for i := 1; i < len(list); i++ {
			if list[i].User.ID != list[i-1].User.ID+1 {
				t.Fatalf("%s: %d after %d", target, list[i].User.ID, list[i-1].User.ID)
			}
		}
		if most := flushAbove + 64<<10; p.largest > most {
			t.Errorf("%s: a part of %d bytes, want at most %d", target, p.largest, most)
		}
		if long := p.Body.Len() > flushAbove; long != (p.parts > 1) || long != (p.Header().Get("Etag") == "") {
			t.Errorf("%s: %d bytes in %d parts, tag %q", target, p.Body.Len(), p.parts, p.Header().Get("Etag"))
		}
	}
}

func TestAnXMLListInPartsIsWellFormed(t *testing.T) {
	w := newFixture(t)
	addUsers(t, w.dir, 3*listChunk)
	p := &inParts{ResponseRecorder: httptest.NewRecorder()}
	w.get("/users.xml", p)
	text := p.Body.String()
	if p.parts < 2 || strings.Count(text, "<user>") != 4+3*listChunk || !strings.HasSuffix(text, "  </user>\n</users>\n") {
		t.Errorf("%d parts, %d users, ends in %q", p.parts, strings.Count(text, "<user>"), text[len(text)-40:])
	}
}

// breaking is a store that fails from the nth View on.
type breaking struct {
	core.Store
	views int
}

func (b *breaking) View(ctx context.Context, fn func(core.StoreTx) error) error {
	if b.views--; b.views < 0 {
		return errors.New("gone")
	}
	return b.Store.View(ctx, fn)
}

func TestAListThatBreaksOffIsCutOff(t *testing.T) {
	store := &breaking{Store: dialecttest.SQLite().Open(t), views: 1 << 30}
	dir, _ := coretest.Directory(t, store)
	w := &fixture{t: t, dir: dir, vars: setup(t, dir), d: New(Config{Directory: dir})}
	addUsers(t, dir, 3*listChunk)
	for views, wantPanic := range map[int]bool{1: false, 3: true} {
		store.views = views
		recorder := httptest.NewRecorder()
		panicked := func() (v any) {
			defer func() { v = recover() }()
			w.get("/users.json", recorder)
			return nil
		}()
		if wantPanic && panicked != http.ErrAbortHandler {
			t.Errorf("%d views: %v, %d %d bytes", views, panicked, recorder.Code, recorder.Body.Len())
		}
		if !wantPanic && recorder.Code != 500 {
			t.Errorf("%d views: status %d", views, recorder.Code)
		}
	}
}

// counting counts what a request asks of the store.
type counting struct {
	core.Store
	calls map[string]int
}

func (c *counting) View(ctx context.Context, fn func(core.StoreTx) error) error {
	return c.Store.View(ctx, func(tx core.StoreTx) error { return fn(&countingTx{tx, c.calls}) })
}

type countingTx struct {
	core.StoreTx
	calls map[string]int
}

func (c *countingTx) GetUser(r core.UserRef) (*core.User, error) {
	c.calls["user"]++
	return c.StoreTx.GetUser(r)
}

func (c *countingTx) GetGroup(r core.GroupRef) (*core.Group, error) {
	c.calls["group"]++
	return c.StoreTx.GetGroup(r)
}

func (c *countingTx) GetRecord(r core.RecordRef) (*core.Record, error) {
	c.calls["record"]++
	return c.StoreTx.GetRecord(r)
}

func (c *countingTx) ListUsers(q core.UserQuery) ([]*core.User, error) {
	c.calls["users"]++
	return c.StoreTx.ListUsers(q)
}

func (c *countingTx) CountUsers(q core.UserQuery) (int, error) {
	c.calls["count"]++
	return c.StoreTx.CountUsers(q)
}

func (c *countingTx) ListGroups(q core.GroupQuery) ([]*core.Group, error) {
	c.calls["groups"]++
	return c.StoreTx.ListGroups(q)
}

func (c *countingTx) ListMemberships(q core.MembershipQuery) ([]core.Membership, error) {
	c.calls["memberships"]++
	return c.StoreTx.ListMemberships(q)
}

func (c *countingTx) ListRecords(q core.RecordQuery) ([]*core.Record, error) {
	c.calls["records"]++
	return c.StoreTx.ListRecords(q)
}

func TestAPageCostsTheSameQueriesWhateverItsSize(t *testing.T) {
	store := &counting{Store: dialecttest.SQLite().Open(t), calls: map[string]int{}}
	dir, _ := coretest.Directory(t, store)
	w := &fixture{t: t, dir: dir, vars: setup(t, dir), d: New(Config{Directory: dir})}
	addUsers(t, dir, 150)
	for i := range 50 {
		give(t, dir, fmt.Sprintf("p%d", i), int64(1+i%2))
		give(t, dir, fmt.Sprintf("p%d", i), 2)
	}
	cost := func(target string) string {
		clear(store.calls)
		w.get(target, httptest.NewRecorder())
		return fmt.Sprint(store.calls)
	}
	if small, large := cost("/users.json?page=2&per_page=5"), cost("/users.json?page=1&per_page=150"); small != large {
		t.Errorf("5 users cost %s, 150 cost %s", small, large)
	}
	if got, want := cost("/users.json?page=1&per_page=150"), "map[count:1 group:1 groups:1 memberships:2 record:1 user:1 users:1]"; got != want {
		t.Errorf("a page costs %s, want %s", got, want)
	}
	if got, want := cost("/users/5.json"), "map[group:1 groups:1 memberships:2 record:1 user:2]"; got != want {
		t.Errorf("a user costs %s, want %s", got, want)
	}
}

func TestAUserWithManyRolesShowsAllInOrder(t *testing.T) {
	const many = 8
	w := newFixture(t)
	var ids []string
	for i := range many + 3 {
		w.do("POST /roles.json", fmt.Sprintf(`{"role":{"label":"r%d","permission_ids":[13]}}`, i))
		ids = append([]string{fmt.Sprint(3 + i)}, ids...)
	}
	w.do("PUT /users/3.json", `{"user":{"role_ids":[`+strings.Join(ids, ",")+`]}}`)
	roles := w.user("3")["roles"].([]any)
	if len(roles) != many+3 {
		t.Fatalf("%d roles", len(roles))
	}
	for i, r := range roles {
		if id := r.(map[string]any)["role"].(map[string]any)["id"]; id != float64(3+i) {
			t.Errorf("role %v in place %d", id, i)
		}
	}
}
