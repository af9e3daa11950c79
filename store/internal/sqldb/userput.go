package sqldb

import (
	"slices"
	"strconv"
	"strings"

	"github.com/dragoman-gateway/dragoman/core"
)

// PutUser inserts u, or replaces the revision before it.
func (t *tx) PutUser(u *core.User) error {
	if err := t.writable(); err != nil {
		return err
	}
	w, err := encodeUser(u)
	if err != nil {
		return err
	}
	if u.ID == 0 {
		return t.insertUser(u, w, 0)
	}
	return t.updateUser(u, w)
}

// insertUser stores u under the number, or under the next one if that is 0.
func (t *tx) insertUser(u *core.User, w userWrite, number int64) error {
	realm, err := makeRealm(t, u.Realm)
	if err != nil {
		return err
	}
	if err := checkTaken(t, realm, u, &core.User{}); err != nil {
		return err
	}
	next, err := newID(t, realm, "users", number)
	if err != nil {
		return err
	}
	row := realm.row(next)
	e := &userEntry{row: row, user: u, keys: keysOf(u, row), known: true}
	w.userEntry = e
	w.secrets = t.db.secrets.sealHandles(u.Handles, row)
	if err := t.exec(insertUser.sql, insertUser.values(&w)...); err != nil {
		return err
	}
	u.ID = next
	if err := t.count(row, blockCount{1, flag(!u.DeletedAt.IsZero())}); err != nil {
		return err
	}
	if err := t.index(e, nil); err != nil {
		return err
	}
	if err := setUser(t, realm, e, nil); err != nil {
		return err
	}
	t.change.prepared.added(row)
	return nil
}

func (t *tx) updateUser(u *core.User, w userWrite) error {
	old, err := t.user(core.ByID(u.Realm, u.ID))
	if err != nil {
		return err
	}
	if old.user.Revision != u.Revision-1 {
		return stale()
	}
	realm := scopeOf(old.row)
	if err := checkTaken(t, realm, u, old.user); err != nil {
		return err
	}
	e := newUserEntry(u, old.row)
	e.members, e.known = old.members, old.known
	w.userEntry = e
	w.secrets = t.db.secrets.sealHandles(u.Handles, e.row)
	s, renamed := updateUser, e.keys != old.keys
	if renamed || u.UID != old.user.UID {
		s = renameUser // which writes the columns in an index, too
	}
	if err := t.exec(s.sql, append(s.values(&w), e.row)...); err != nil {
		return err
	}
	deleted := flag(!u.DeletedAt.IsZero()) - flag(!old.user.DeletedAt.IsZero())
	if deleted != 0 || renamed {
		if err := t.count(e.row, blockCount{0, deleted}); err != nil {
			return err
		}
	}
	if err := t.index(e, old); err != nil {
		return err
	}
	return setUser(t, realm, e, old.user.Handles)
}

// setUser records what has been stored, and stores the handles.
func setUser(t *tx, realm scope, e *userEntry, handles []core.Handle) error {
	switch {
	case t.change.hasCapacity():
		kept := *e
		kept.user = e.user.Clone()
		t.change.set(userKey(e.row), &kept)
	case e.user.Revision == 1:
		t.change.set(userKey(e.row), unknown{added: true})
	default:
		t.change.set(userKey(e.row), unknown{})
	}
	t.change.prepared.named(realm, e)
	return putHandles(t, realm, e.row, handles, e.user.Handles)
}

// checkTaken fails with the names of u that old has not and another user has, found by
// one query. A broken constraint would end the transaction in some databases.
func checkTaken(t *tx, realm scope, u, old *core.User) error {
	q := takenQuery{t: t, realm: realm}
	if u.UID != old.UID {
		q.add(taken(core.FieldUID, ""), userName{aliasUID, u.UID})
	}
	if name := core.Fold(u.Username); name != core.Fold(old.Username) {
		q.add(taken(core.FieldUsername, core.HandleUsername), userName{core.HandleUsername, name})
	}
	if email := core.Fold(u.Email); email != "" && email != core.Fold(old.Email) {
		q.add(taken(core.FieldEmail, core.HandleEmail), userName{core.HandleEmail, email})
	}
	for _, h := range u.Handles {
		if !slices.Contains(old.Handles, h) {
			q.add(taken(core.FieldHandle, h.Kind), userName(h))
		}
	}
	return q.run(realm.row(u.ID))
}

// takenQuery asks for the holders of several names at once.
type takenQuery struct {
	t      *tx
	realm  scope
	faults []core.Fault // of each name, if it is taken
	sql    []string
	args   []any
}

// add asks for the user with the name, unless it is known that there is none.
func (q *takenQuery) add(f core.Fault, n userName) {
	if absentName(q.t, n.alias(q.realm)) {
		return
	}
	where, args := n.where(q.t.db.secrets.ring, q.realm)
	q.sql = append(q.sql, "select "+strconv.Itoa(len(q.faults))+", id from users where "+where)
	q.args = append(q.args, args...)
	q.faults = append(q.faults, f)
}

// run fails with a Conflict if another row than own holds any of the names.
func (q *takenQuery) run(own int64) error {
	if len(q.faults) == 0 {
		return nil
	}
	held := make([]bool, len(q.faults))
	err := q.t.query(strings.Join(q.sql, " union all "), q.args, func(r Row) error {
		held[r.Int(0)] = r.Int(1) != own
		return nil
	})
	if err != nil {
		return err
	}
	var faults []core.Fault
	for i, f := range q.faults {
		if held[i] {
			faults = append(faults, f)
		}
	}
	if len(faults) > 0 {
		return conflict(faults...)
	}
	return nil
}

// putHandles brings the table of handles from old to now.
func putHandles(t *tx, realm scope, row int64, old, now []core.Handle) error {
	for _, h := range old {
		if slices.Contains(now, h) {
			continue
		}
		if err := t.exec("delete from handles where realm = ? and kind = ? and lookup = ?",
			int64(realm), h.Kind, t.db.secrets.ring.Digest(h.Value)); err != nil {
			return err
		}
	}
	for i, h := range now {
		if slices.Contains(old, h) || slices.Contains(now[:i], h) {
			continue
		}
		if err := t.exec("insert into handles (realm, kind, lookup, holder) values (?, ?, ?, ?)",
			int64(realm), h.Kind, t.db.secrets.ring.Digest(h.Value), row); err != nil {
			return err
		}
	}
	return nil
}

// DropUser removes the user, its handles, its memberships and the records it owns.
func (t *tx) DropUser(realm core.Realm, id int64) error {
	if err := t.writable(); err != nil {
		return err
	}
	e, err := t.user(core.ByID(realm, id))
	if err != nil {
		return err
	}
	b := selecting("id", "records")
	b.and("owner = ?", e.row)
	owned, err := t.numbers(b)
	if err != nil {
		return err
	}
	if err := putHandles(t, scopeOf(e.row), e.row, e.user.Handles, nil); err != nil {
		return err
	}
	if err := t.exec("delete from users where id = ?", e.row); err != nil {
		return err
	}
	for _, row := range owned {
		t.change.set(recordKey(row), nil)
	}
	t.change.set(userKey(e.row), nil)
	return t.count(e.row, blockCount{-1, -flag(!e.user.DeletedAt.IsZero())})
}
