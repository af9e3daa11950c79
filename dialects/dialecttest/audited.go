package dialecttest

import (
	"context"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/dragoman-gateway/dragoman/core"
)

// audited is a store that remembers what each transaction changed, and the auditor
// of the directory on it, which is told of the same.
type audited struct {
	core.Store
	mu            sync.Mutex
	stored, noted []string // one entry for each transaction
	text          strings.Builder
}

// Update implements core.Store.
func (a *audited) Update(ctx context.Context, fn func(core.StoreTx) error) error {
	var tx *auditedTx
	err := a.Store.Update(ctx, func(s core.StoreTx) error {
		tx = &auditedTx{StoreTx: s}
		return fn(tx)
	})
	if err == nil && tx != nil && len(tx.changes) > 0 {
		a.mu.Lock()
		defer a.mu.Unlock()
		a.stored = append(a.stored, strings.Join(tx.changes, ", "))
	}
	return err
}

// Ready implements core.Auditor.
func (a *audited) Ready() error { return nil }

// Note implements core.Auditor.
func (a *audited) Note(_ context.Context, e core.Event) {
	text, err := json.Marshal(e)
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.text.Write(text); err != nil {
		a.text.WriteString(err.Error())
	}
	if e.IsLogin || e.Outcome != core.OutcomeDone {
		return
	}
	var changes []string
	for _, c := range e.Changes {
		switch c.Action {
		case "show", "export": // these only read
		case "join", "leave":
			changes = append(changes, change(c.Action, c.Kind, c.Realm, c.ID, c.User))
		default:
			changes = append(changes, change(c.Action, c.Kind, c.Realm, c.ID, 0))
		}
	}
	if len(changes) > 0 {
		a.noted = append(a.noted, strings.Join(changes, ", "))
	}
}

func change(action, kind string, realm core.Realm, id, user int64) string {
	return fmt.Sprintf("%s %s %s/%d/%d", action, kind, realm, id, user)
}

// changes returns how many transactions changed something.
func (a *audited) changes() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return len(a.stored)
}

// judge fails for each transaction that was not recorded as it was, or twice.
func (a *audited) judge(t testing.TB) {
	t.Helper()
	a.mu.Lock()
	defer a.mu.Unlock()
	slices.Sort(a.stored)
	slices.Sort(a.noted)
	missing, extra := onlyIn(a.stored, a.noted), onlyIn(a.noted, a.stored)
	if len(missing)+len(extra) > 0 {
		t.Errorf("the audit lacks what the store did:\n  %s\nand has what it did not do:\n  %s", strings.Join(missing, "\n  "), strings.Join(extra, "\n  "))
	}
}

// onlyIn returns what only the first of two sorted lists has.
func onlyIn(a, b []string) (rest []string) {
	for _, x := range a {
		if i, found := slices.BinarySearch(b, x); found {
			b = slices.Delete(slices.Clone(b), i, i+1)
		} else {
			rest = append(rest, x)
		}
	}
	return rest
}

// auditedTx notes each change, as what is in the store before says.
type auditedTx struct {
	core.StoreTx
	changes []string
}

// done notes a change unless it failed.
func (tx *auditedTx) done(err error, action, kind string, realm core.Realm, id, user int64) error {
	if err == nil {
		tx.changes = append(tx.changes, change(action, kind, realm, id, user))
	}
	return err
}

func actionOf(id int64) string {
	if id == 0 {
		return "add"
	}
	return "change"
}

// PutUser implements core.StoreTx, as do the others. What stores the same user again
// changes nothing.
func (tx *auditedTx) PutUser(u *core.User) error {
	action := actionOf(u.ID)
	if action == "change" {
		before, err := tx.GetUser(core.ByID(u.Realm, u.ID))
		if err != nil {
			return err
		}
		if reflect.DeepEqual(told(before), told(u)) {
			return tx.StoreTx.PutUser(u)
		}
	}
	err := tx.StoreTx.PutUser(u)
	return tx.done(err, action, "user", u.Realm, u.ID, 0)
}

// told returns what a user is without what follows from other changes or orders them.
func told(u *core.User) map[string]string {
	all := map[string]string{
		"uid": u.UID, "names": fmt.Sprintf("%q", []string{u.Username, u.Email, u.Name.Formatted, u.Name.Given, u.Name.Family}), "password": u.Password,
		"state": fmt.Sprint(u.Enabled, u.EnabledUntil.Format(time.RFC3339Nano), u.DeletedAt.Format(time.RFC3339Nano)),
	}
	for _, x := range u.Attributes {
		all["attribute "+x.Name] = x.Value
	}
	for _, h := range u.Handles {
		all["handle "+h.Kind] += h.Value + "\n"
	}
	for _, f := range u.Facets {
		all["facet "+f.Dialect] = string(f.Doc.Text())
	}
	return all
}

func (tx *auditedTx) DropUser(realm core.Realm, id int64) error {
	return tx.done(tx.StoreTx.DropUser(realm, id), "remove", "user", realm, id, 0)
}

func (tx *auditedTx) PutGroup(g *core.Group) error {
	action := actionOf(g.ID)
	err := tx.StoreTx.PutGroup(g)
	return tx.done(err, action, g.Kind, g.Realm, g.ID, 0)
}

func (tx *auditedTx) DropGroup(realm core.Realm, kind string, id int64) error {
	return tx.done(tx.StoreTx.DropGroup(realm, kind, id), "remove", kind, realm, id, 0)
}

func (tx *auditedTx) Join(m *core.Membership) error {
	if is, err := tx.isMember(*m); is || err != nil {
		return firstOf(err, tx.StoreTx.Join(m))
	}
	return tx.done(tx.StoreTx.Join(m), "join", m.Kind, m.Realm, m.Group, m.User)
}

func (tx *auditedTx) Leave(m core.Membership) error {
	if is, err := tx.isMember(m); !is || err != nil {
		return firstOf(err, tx.StoreTx.Leave(m))
	}
	return tx.done(tx.StoreTx.Leave(m), "leave", m.Kind, m.Realm, m.Group, m.User)
}

func (tx *auditedTx) isMember(m core.Membership) (bool, error) {
	all, err := tx.ListMemberships(core.MembershipQuery{Realm: m.Realm, Kind: m.Kind, Users: []int64{m.User}})
	return slices.ContainsFunc(all, func(x core.Membership) bool { return x.Group == m.Group }), err
}

func firstOf(a, b error) error {
	if a != nil {
		return a
	}
	return b
}

func (tx *auditedTx) PutRecord(r *core.Record) error {
	action := actionOf(r.ID)
	err := tx.StoreTx.PutRecord(r)
	return tx.done(err, action, r.Kind, r.Realm, r.ID, 0)
}

func (tx *auditedTx) DropRecord(realm core.Realm, kind string, id int64) error {
	return tx.done(tx.StoreTx.DropRecord(realm, kind, id), "remove", kind, realm, id, 0)
}

func (tx *auditedTx) DropRealm(realm core.Realm) error {
	return tx.done(tx.StoreTx.DropRealm(realm), "remove", "realm", realm, 0, 0)
}

func (tx *auditedTx) RaiseCounter(realm core.Realm, c core.Counter) error {
	all, err := tx.ListRealms()
	if err == nil && !slices.Contains(all, realm) {
		return tx.done(tx.StoreTx.RaiseCounter(realm, c), "add", "realm", realm, 0, 0)
	}
	return firstOf(err, tx.StoreTx.RaiseCounter(realm, c))
}

func (tx *auditedTx) InsertUser(u *core.User) error {
	return tx.done(tx.StoreTx.InsertUser(u), "add", "user", u.Realm, u.ID, 0)
}

func (tx *auditedTx) InsertGroup(g *core.Group) error {
	return tx.done(tx.StoreTx.InsertGroup(g), "add", g.Kind, g.Realm, g.ID, 0)
}

func (tx *auditedTx) InsertRecord(r *core.Record) error {
	return tx.done(tx.StoreTx.InsertRecord(r), "add", r.Kind, r.Realm, r.ID, 0)
}

func (tx *auditedTx) InsertMembership(m core.Membership) error {
	return tx.done(tx.StoreTx.InsertMembership(m), "join", m.Kind, m.Realm, m.Group, m.User)
}
