package storetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/dragoman-gateway/dragoman/core"
)

// RunModel compares random changes and every answer to random reads with those
// of a plain model. The function open returns a new, empty store and how to be
// rid of it.
func RunModel(t *testing.T, open func() (core.Store, func())) {
	rapid.Check(t, func(rt *rapid.T) {
		s, done := open()
		defer done()
		c := comparison{T: rt, store: s, model: &model{last: map[string]int64{}}}
		for range rapid.IntRange(1, 25).Draw(rt, "transactions") {
			c.step()
		}
	})
}

// comparison is one run of store and model side by side.
type comparison struct {
	*rapid.T
	store core.Store
	model *model
}

var errUndo = errors.New("undo")

// step makes one transaction of changes, which may be undone, and reads after it.
func (c *comparison) step() {
	next := c.model.clone()
	undo := rapid.IntRange(0, 4).Draw(c.T, "undo") == 0
	err := c.store.Update(context.Background(), func(tx core.StoreTx) error {
		for range rapid.IntRange(1, 5).Draw(c.T, "changes") {
			c.change(tx, next)
			c.read(tx, next)
		}
		if undo {
			return errUndo
		}
		return nil
	})
	switch {
	case undo && errors.Is(err, errUndo):
	case !undo && err == nil:
		c.model = next
	default:
		c.Fatalf("the update ended with %v", err)
	}
	c.look()
}

func (c *comparison) look() {
	err := c.store.View(context.Background(), func(tx core.StoreTx) error {
		for range 6 {
			c.read(tx, c.model)
		}
		return nil
	})
	if err != nil {
		c.Fatal(err)
	}
}

// both is what store and model have in common.
type both interface {
	core.StoreTx
}

var _ both = (*model)(nil)

// change makes one random change in both.
func (c *comparison) change(tx core.StoreTx, m *model) {
	changes := []func(core.StoreTx, *model){
		c.putUser, c.putUser, c.putUser, c.putGroup, c.join, c.join, c.leave, c.putRecord, c.putRecord, c.drop, c.transfer, c.prepare,
	}
	changes[c.draw(len(changes), "change")](tx, m)
}

func (c *comparison) draw(n int, label string) int { return rapid.IntRange(0, n-1).Draw(c.T, label) }

func (c *comparison) pick(label string, of ...string) string { return of[c.draw(len(of), label)] }

func (c *comparison) realm() core.Realm { return core.Realm(c.pick("realm", "main", "main", "x:y")) }

func (c *comparison) id() int64 { return int64(c.draw(7, "id")) }

func (c *comparison) ids() []int64 {
	switch c.draw(4, "ids") {
	case 0:
		return []int64{c.id(), c.id(), c.id(), 1 << 41, -3}
	case 1:
		return []int64{}
	}
	return nil
}

func (c *comparison) text() string {
	return c.pick("text", "", "a", "ab", "B", "Ünal", "ünal2", "ß%", "100%", "a_b", "o'n\"e", `back\slash`, "日本", "A b")
}

func (c *comparison) time() time.Time {
	if n := c.draw(5, "time"); n > 0 {
		return start.Add(time.Duration(n) * time.Microsecond)
	}
	return time.Time{}
}

func (c *comparison) document() *core.Document {
	if c.draw(3, "document") == 0 {
		return nil
	}
	return core.NewDocument([]byte(fmt.Sprintf(`{"n": %d, "s":"}\"ü"}`, c.id())))
}

// agree fails unless store and model ended a call alike.
func (c *comparison) agree(what string, got, want error) bool {
	g, w := core.AsError(got), core.AsError(want)
	if (got == nil) != (want == nil) || (want != nil && (g == nil || g.Kind != w.Kind || !cmp.Equal(g.Faults, w.Faults))) {
		c.Fatalf("%s: the store says %v, the model %v", what, got, want)
	}
	return want == nil
}

func (c *comparison) same(what string, got, want any) {
	if diff := cmp.Diff(want, got, sameUsers, cmpopts.EquateEmpty()); diff != "" {
		c.Fatalf("%s:\n%s", what, diff)
	}
}

func (c *comparison) putUser(tx core.StoreTx, m *model) {
	u := &core.User{Realm: c.realm(), Revision: 1}
	if old, err := tx.GetUser(core.ByID(u.Realm, c.id())); err == nil && c.draw(3, "new") > 0 {
		u = old
		u.Revision += int64(1 + c.draw(10, "stale")/9)
	} else if c.draw(10, "gone") == 0 {
		u.ID = 99
	}
	u.Username, u.UID, u.Email = c.username(), c.uid(), c.email()
	u.Name = core.Name{Formatted: c.text(), Given: c.text(), Family: c.text()}
	u.Enabled = c.draw(2, "enabled") == 0
	u.CreatedAt, u.UpdatedAt, u.EnabledUntil = c.time(), c.time(), c.time()
	if c.draw(3, "deleted") == 0 {
		u.DeletedAt = c.time()
	}
	for range c.draw(3, "attributes") {
		u.Attributes.Set(c.text(), c.pick("value", `"Ünal"`, `"a\"B"`, `1.0`, `["ab"]`, `"ab"`))
	}
	u.SetHandle(c.pick("kind", "k1", "k2"), c.pick("handle", "", "h1", "h2", `h"3`))
	if c.draw(2, "facet") == 0 {
		u.Facets.Set(c.pick("dialect", "onapp", "x"), []byte(`{"v":`+strconv.Itoa(c.draw(9, "v"))+`}`))
	}
	putStore, putModel := tx.PutUser, m.PutUser
	if c.inserts() {
		u.ID, putStore, putModel = c.newID(), tx.InsertUser, m.InsertUser
	}
	mine := u.Clone()
	if c.agree("put user", putStore(u), putModel(mine)) {
		c.same("the user put", u, mine)
	}
	u.Username, u.Email = "changed afterwards", "changed afterwards"
}

func (c *comparison) putGroup(tx core.StoreTx, m *model) {
	g := &core.Group{Realm: c.realm(), Kind: c.kind()}
	if old, err := tx.GetGroup(core.GroupRef{Realm: g.Realm, Kind: g.Kind, ID: c.id()}); err == nil && c.draw(2, "new") > 0 {
		g = old
	} else if c.draw(10, "gone") == 0 {
		g.ID = 99
	}
	g.UID, g.Key, g.Name = c.pick("uid", "u1", "u2", "u3", "u4"), c.pick("key", "", "", "k1", "k2"), c.text()
	g.Parent, g.Body, g.CreatedAt, g.UpdatedAt = c.id()/3, c.document(), c.time(), c.time()
	putStore, putModel := tx.PutGroup, m.PutGroup
	if c.inserts() {
		g.ID, putStore, putModel = c.newID(), tx.InsertGroup, m.InsertGroup
	}
	mine := g.Clone()
	if c.agree("put group", putStore(g), putModel(mine)) {
		c.same("the group put", g, mine)
	}
	g.Name = "changed afterwards"
}

// inserts reports whether to insert an object with a number of our choice.
func (c *comparison) inserts() bool { return c.draw(4, "insert") == 0 }

// newID is a number to insert with: free or taken, of another block, or none.
func (c *comparison) newID() int64 {
	return [...]int64{0, 1, 2, 3, 5, 9, 40, 700, 100_000}[c.draw(9, "new id")]
}

// transfer compares what a transfer asks of a realm.
func (c *comparison) transfer(tx core.StoreTx, m *model) {
	realm := c.realm()
	got, err := tx.ListCounters(realm)
	if err != nil {
		c.Fatal(err)
	}
	want, _ := m.ListCounters(realm)
	c.same("the counters", got, want)
	kinds, err := tx.ListKinds(realm)
	if err != nil {
		c.Fatal(err)
	}
	stored, _ := m.ListKinds(realm)
	for _, k := range stored {
		if !slices.Contains(kinds, k) {
			c.Fatalf("the kinds %q lack %q", kinds, k)
		}
	}
	raised := core.Counter{Name: c.pick("counter", "users", "x"), Next: int64(c.draw(9, "next") + 2)}
	if c.draw(4, "raise") == 0 {
		c.agree("raise a counter", tx.RaiseCounter(realm, raised), m.RaiseCounter(realm, raised))
	}
}

func (c *comparison) kind() string { return c.pick("kind", "g.a", "g.b") }

func (c *comparison) membership() core.Membership {
	return core.Membership{Realm: c.realm(), Kind: c.kind(), User: c.id(), Group: c.id() / 2}
}

func (c *comparison) join(tx core.StoreTx, m *model) {
	j := c.membership()
	if c.inserts() {
		j.ID = c.newID()
		c.agree("insert membership", tx.InsertMembership(j), m.InsertMembership(j))
		return
	}
	mine := j
	if c.agree("join", tx.Join(&j), m.Join(&mine)) {
		c.same("the membership", j, mine)
	}
}

func (c *comparison) leave(tx core.StoreTx, m *model) {
	l := c.membership()
	c.agree("leave", tx.Leave(l), m.Leave(l))
}

func (c *comparison) recordKind() string { return c.pick("kind", "o/a", "o/b", "p") }

func (c *comparison) putRecord(tx core.StoreTx, m *model) {
	r := &core.Record{Realm: c.realm(), Kind: c.recordKind(), Revision: 1}
	if old, err := tx.GetRecord(core.RecordRef{Realm: r.Realm, Kind: r.Kind, ID: c.id()}); err == nil && c.draw(2, "new") > 0 {
		r = old
		r.Revision += int64(1 + c.draw(10, "stale")/9)
	} else if c.draw(10, "gone") == 0 {
		r.ID = 99
	}
	r.Key = c.pick("key", r.Key, r.Key, "", "k", "1", "3", "5", "05")
	r.Owner, r.Body, r.CreatedAt, r.UpdatedAt = c.id()/2, c.document(), c.time(), c.time()
	putStore, putModel := tx.PutRecord, m.PutRecord
	if c.inserts() {
		r.ID, putStore, putModel = c.newID(), tx.InsertRecord, m.InsertRecord
	}
	mine := r.Clone()
	if c.agree("put record", putStore(r), putModel(mine)) {
		c.same("the record put", r, mine)
	}
	r.Key = "changed afterwards"
}

func (c *comparison) drop(tx core.StoreTx, m *model) {
	realm, kind, id := c.realm(), c.kind(), c.id()
	switch c.draw(7, "drop") {
	case 0:
		c.agree("drop realm", tx.DropRealm(realm), m.DropRealm(realm))
	case 1, 2:
		c.agree("drop group", tx.DropGroup(realm, kind, id), m.DropGroup(realm, kind, id))
	case 3, 4:
		kind = c.recordKind()
		c.agree("drop record", tx.DropRecord(realm, kind, id), m.DropRecord(realm, kind, id))
	default:
		c.agree("drop user", tx.DropUser(realm, id), m.DropUser(realm, id))
	}
}

// prepare announces inserts that may come, and may not.
func (c *comparison) prepare(tx core.StoreTx, m *model) {
	var users []*core.User
	for range c.draw(4, "users") {
		u := &core.User{Realm: c.realm(), ID: c.newID(), Username: c.username(), UID: c.uid(), Email: c.email()}
		u.SetHandle(c.pick("kind", "k1", "k2"), c.pick("handle", "", "h1", "h2", `h"3`))
		users = append(users, u)
	}
	var memberships []core.Membership
	for range c.draw(4, "memberships") {
		j := c.membership()
		j.ID = c.newID()
		memberships = append(memberships, j)
	}
	c.agree("prepare inserts", tx.PrepareInsert(users, memberships), m.PrepareInsert(users, memberships))
}

func (c *comparison) username() string {
	return c.pick("username", "a", "A", "ab", "ünal", "ÜNAL", "b%", "日本", "x_y")
}

func (c *comparison) uid() string { return c.pick("uid", "u1", "U2", "u3", "Ü4", "u5", "u6") }

func (c *comparison) email() string {
	return c.pick("email", "", "", "a@x", "A@X", "ü@x", "z@x", "Y@x")
}
