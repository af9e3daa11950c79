package sqldb

import (
	"maps"
	"slices"
	"strconv"

	"github.com/dragoman-gateway/dragoman/core"
)

// ListKinds lists the kinds of the realm; see [core.TransferTx].
func (t *tx) ListKinds(name core.Realm) (kinds []string, err error) {
	realm, err := t.realm(name)
	if err != nil || realm == 0 {
		return nil, err
	}
	err = t.query("select kind from kinds where realm = ? order by kind", []any{int64(realm)}, func(r Row) error {
		kinds = append(kinds, r.Text(0))
		return nil
	})
	return kinds, err
}

// ListCounters lists the counters of the realm; see [core.TransferTx].
func (t *tx) ListCounters(name core.Realm) (list []core.Counter, err error) {
	realm, err := t.realm(name)
	if err != nil || realm == 0 {
		return nil, err
	}
	next := map[string]int64{}
	err = t.query("select name, next from sequences where realm = ?", []any{int64(realm)}, func(r Row) error {
		next[r.Text(0)] = r.Int(1)
		return nil
	})
	for c := t.change; c != nil; c = c.parent { // not stored yet
		for s, n := range c.next {
			if s.realm == realm {
				next[s.name] = max(next[s.name], n)
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(next)) {
		list = append(list, core.Counter{Name: name, Next: next[name]})
	}
	return list, err
}

// RaiseCounter raises a counter; see [core.TransferTx].
func (t *tx) RaiseCounter(name core.Realm, c core.Counter) error {
	if err := t.writable(); err != nil {
		return err
	}
	if err := checkTexts(checked{"counter", c.Name}); err != nil {
		return err
	}
	if c.Next < 1 || c.Next > maxID+1 {
		return invalidID(core.Malformed)
	}
	realm, err := makeRealm(t, name)
	if err != nil {
		return err
	}
	return raise(t, realm, c.Name, c.Next)
}

// InsertUser stores a new user with its number.
func (t *tx) InsertUser(u *core.User) error {
	_, err := t.user(core.ByID(u.Realm, u.ID))
	if err := free(t, u.ID, err); err != nil {
		return err
	}
	w, err := encodeUser(u)
	if err != nil {
		return err
	}
	return t.insertUser(u, w, u.ID)
}

// InsertGroup stores a new group with its number.
func (t *tx) InsertGroup(g *core.Group) error {
	if err := checkTexts(checked{core.FieldUID, g.UID}, checked{core.FieldKey, g.Key}, checked{core.FieldName, g.Name}); err != nil {
		return err
	}
	_, err := t.group(core.GroupRef{Realm: g.Realm, Kind: g.Kind, ID: g.ID})
	if err := free(t, g.ID, err); err != nil {
		return err
	}
	if err := checkGroupTaken(t, g, &core.Group{}); err != nil {
		return err
	}
	kind, err := makeKind(t, g.Realm, g.Kind)
	if err != nil {
		return err
	}
	if err = insertGroup(t, kind, g, g.ID); err == nil {
		t.change.set(groupKey(kind.row(g.ID)), &groupEntry{kind.row(g.ID), g.Clone()})
	}
	return err
}

// InsertRecord stores a new record with its number.
func (t *tx) InsertRecord(r *core.Record) error {
	if err := checkTexts(checked{core.FieldKey, r.Key}); err != nil {
		return err
	}
	_, err := t.record(core.RecordRef{Realm: r.Realm, Kind: r.Kind, ID: r.ID})
	if err := free(t, r.ID, err); err != nil {
		return err
	}
	owner, err := ownerRow(t, r)
	if err != nil {
		return err
	}
	if r.Key == "" {
		r.Key = strconv.FormatInt(r.ID, 10)
	}
	return insertRecord(t, r, owner, r.ID)
}

// InsertMembership stores a new membership with its number.
func (t *tx) InsertMembership(m core.Membership) error {
	e, g, err := ends(t, m)
	if err != nil {
		return err
	}
	if membershipAt(e.members, m) >= 0 {
		return invalidID(core.Taken)
	}
	if err := membershipFree(t, scopeOf(g.row), m.ID); err != nil {
		return err
	}
	if _, err := newID(t, scopeOf(e.row), "membership:"+m.Kind, m.ID); err != nil {
		return err
	}
	return addMembership(t, m, e, g)
}

// membershipFree fails unless the number can be given to a new membership.
func membershipFree(t *tx, kind scope, id int64) error {
	row, found := kind.row(id), false
	var err error
	if !absentMembership(t, row) {
		found, err = t.row("select 1 from memberships where id = ?", []any{row}, func(Row) {})
	}
	if err == nil && !found {
		err = notFound()
	}
	return free(t, id, err)
}

// free fails unless a number can be given to a new object, where lookup is the
// error of looking for one that has it.
func free(t *tx, id int64, lookup error) error {
	if err := t.writable(); err != nil {
		return err
	}
	switch {
	case !valid(id):
		return invalidID(core.Malformed)
	case lookup == nil:
		return invalidID(core.Taken)
	case missing(lookup):
		return nil
	}
	return lookup
}

func invalidID(rule core.Rule) error {
	kind := core.Invalid
	if rule == core.Taken {
		kind = core.Conflict
	}
	return &core.Error{Kind: kind, Faults: []core.Fault{{Field: core.FieldID, Rule: rule}}}
}
