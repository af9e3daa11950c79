package sqldb

import (
	"slices"

	"github.com/dragoman-gateway/dragoman/core"
)

// PutUser inserts u, or replaces the revision before it.
func (t *tx) PutUser(u *core.User) error {
	if err := t.writable(); err != nil {
		return err
	}
	if err := checkUserTexts(u); err != nil {
		return err
	}
	values, err := userValues(u)
	if err != nil {
		return err
	}
	if u.ID == 0 {
		return t.insertUser(u, values)
	}
	return t.updateUser(u, values)
}

func (t *tx) insertUser(u *core.User, values []any) error {
	realm, err := t.makeRealm(u.Realm)
	if err != nil {
		return err
	}
	if err := t.watchNames(realm); err != nil {
		return err
	}
	names := newNamesOf(u, &core.User{})
	if err := t.checkTaken(realm, u, names); err != nil {
		return err
	}
	next, err := t.nextID(realm, "users")
	if err != nil {
		return err
	}
	row := realm.row(next)
	keys := keysOf(u, row)
	values = append(values, row, int64(realm), u.UID, uidKey(u.UID), keys.username, keys.email)
	if err := t.exec(insertUser, values...); err != nil {
		return err
	}
	u.ID = next
	if err := t.count(realm, 1, flag(!u.DeletedAt.IsZero())); err != nil {
		return err
	}
	e := &userEntry{row: row, user: u, keys: keys, known: true}
	if err := t.summarize(e, nil); err != nil {
		return err
	}
	return t.setUser(realm, e, nil, names)
}

// watchNames takes down the names of a realm from its first user on.
func (t *tx) watchNames(realm scope) error {
	if _, changed := t.change.find(realmKey(realm)); changed {
		return nil
	}
	e, err := t.realmAt(realm)
	if err == nil && e.users == 0 {
		t.db.free.watch(realm)
	}
	return err
}

func (t *tx) updateUser(u *core.User, values []any) error {
	old, err := t.user(core.ByID(u.Realm, u.ID))
	if err != nil {
		return err
	}
	if old.user.Revision != u.Revision-1 {
		return stale()
	}
	realm := scopeOf(old.row)
	names := newNamesOf(u, old.user)
	if err := t.checkTaken(realm, u, names); err != nil {
		return err
	}
	e := old.become(u)
	if err := t.writeUser(e, old, values); err != nil {
		return err
	}
	deleted := flag(!u.DeletedAt.IsZero()) - flag(!old.user.DeletedAt.IsZero())
	if deleted != 0 || e.keys != old.keys {
		if err := t.count(realm, 0, deleted); err != nil {
			return err
		}
	}
	if err := t.summarize(e, old); err != nil {
		return err
	}
	return t.setUser(realm, e, old.user.Handles, names)
}

// writeUser leaves the indexes alone if no key changed.
func (t *tx) writeUser(e, old *userEntry, values []any) error {
	if e.user.UID == old.user.UID && e.keys == old.keys {
		return t.exec(updateUser, append(values, e.row)...)
	}
	return t.exec(updateUserKeys, append(values, e.user.UID, uidKey(e.user.UID), e.keys.username, e.keys.email, e.row)...)
}

// setUser notes what has been stored, and the handles that lead to it.
func (t *tx) setUser(realm scope, e *userEntry, handles []core.Handle, names []fieldRef) error {
	for _, n := range names {
		delete(t.change.free, n.ref)
		t.db.free.add(realm, n.ref)
	}
	switch {
	case t.change.room():
		kept := *e
		kept.user = e.user.Clone()
		t.change.set(userKey(e.row), &kept)
	case e.user.Revision == 1:
		t.change.add(userKey(e.row))
	default:
		t.change.set(userKey(e.row), unknown{})
	}
	return t.putHandles(realm, e.row, handles, e.user.Handles)
}

// fieldRef is a unique name and its field.
type fieldRef struct {
	field core.Field
	ref   core.UserRef
}

// newNamesOf lists the unique names that u has and old has not.
func newNamesOf(u, old *core.User) []fieldRef {
	refs := make([]fieldRef, 0, 4)
	if u.UID != old.UID {
		refs = append(refs, fieldRef{core.FieldUID, core.ByUID(u.Realm, u.UID)})
	}
	if core.Fold(u.Username) != core.Fold(old.Username) {
		refs = append(refs, fieldRef{core.FieldUsername, core.ByUsername(u.Realm, u.Username)})
	}
	if u.Email != "" && core.Fold(u.Email) != core.Fold(old.Email) {
		refs = append(refs, fieldRef{core.FieldEmail, core.ByEmail(u.Realm, u.Email)})
	}
	for _, h := range u.Handles {
		if !slices.Contains(old.Handles, h) {
			refs = append(refs, fieldRef{core.FieldHandle, core.ByHandle(u.Realm, h.Kind, h.Value)})
		}
	}
	return refs
}

// checkTaken finds every one of the names that another user has. A broken
// constraint would end the transaction in some databases.
func (t *tx) checkTaken(realm scope, u *core.User, names []fieldRef) error {
	var faults []core.Fault
	for _, n := range names {
		if t.change.free[n.ref] || t.db.free.surely(realm, n.ref) {
			continue
		}
		holder, err := t.holder(realm, n.ref)
		if err != nil {
			return err
		}
		if holder != 0 && holder != u.ID {
			faults = append(faults, taken(n.field, n.ref.Handle.Kind))
		}
	}
	if len(faults) > 0 {
		return conflict(faults...)
	}
	return nil
}

// holder returns the ID of the user with that name, 0 if nobody has it.
func (t *tx) holder(realm scope, ref core.UserRef) (int64, error) {
	if !findable(ref) {
		return 0, nil
	}
	if e, ok := t.alias(userAlias(realm, ref)).(*userEntry); ok && e.named(ref) {
		return e.user.ID, nil
	}
	where, args := userWhere(realm, ref)
	row, err := t.numberOf(usersTable, where, args...)
	return id(row), err
}

// putHandles brings the table of handles from old to now.
func (t *tx) putHandles(realm scope, row int64, old, now []core.Handle) error {
	for _, h := range old {
		if slices.Contains(now, h) {
			continue
		}
		if err := t.exec("delete from handles where realm = ? and kind = ? and value = ?",
			int64(realm), h.Kind, h.Value); err != nil {
			return err
		}
	}
	for i, h := range now {
		if slices.Contains(old, h) || slices.Contains(now[:i], h) {
			continue
		}
		if err := t.exec("insert into handles (realm, kind, value, holder) values (?, ?, ?, ?)",
			int64(realm), h.Kind, h.Value, row); err != nil {
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
	if err := t.putHandles(scopeOf(e.row), e.row, e.user.Handles, nil); err != nil {
		return err
	}
	if err := t.exec("delete from users where id = ?", e.row); err != nil {
		return err
	}
	for _, row := range owned {
		t.change.set(recordKey(row), nil)
	}
	t.change.set(userKey(e.row), nil)
	return t.count(scopeOf(e.row), -1, -flag(!e.user.DeletedAt.IsZero()))
}
