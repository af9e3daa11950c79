package sqldb

import (
	"slices"
	"strings"

	"github.com/dragoman-gateway/dragoman/core"
)

// GetUser finds one user, be it marked as deleted or not.
func (t *tx) GetUser(ref core.UserRef) (*core.User, error) {
	realm, err := t.realm(ref.Realm)
	if err != nil {
		return nil, err
	}
	where, args := userWhere(realm, ref)
	if realm == 0 || where == "" {
		return nil, notFound()
	}
	return t.userBy(ref.Realm, where, args)
}

// userWhere is the condition that a reference means; "" if it can find nobody.
func userWhere(realm scope, ref core.UserRef) (string, []any) {
	no := int64(realm)
	switch {
	case ref.ID != 0 && valid(ref.ID):
		return "id = ?", []any{realm.row(ref.ID)}
	case ref.ID != 0 || !storable(ref.UID) || !storable(ref.Handle.Kind) || !storable(ref.Handle.Value):
		return "", nil
	case ref.UID != "":
		return "realm = ? and uid = ?", []any{no, ref.UID}
	case ref.Handle.Kind == core.HandleUsername:
		return "realm = ? and username_key = ?", []any{no, ref.Handle.Value}
	case ref.Handle.Kind == core.HandleEmail && strings.HasPrefix(ref.Handle.Value, noEmail):
		return "", nil
	case ref.Handle.Kind == core.HandleEmail:
		return "realm = ? and email_key = ?", []any{no, ref.Handle.Value}
	}
	return "id = (select holder from handles where realm = ? and kind = ? and value = ?)",
		[]any{no, ref.Handle.Kind, ref.Handle.Value}
}

func (t *tx) userBy(realm core.Realm, where string, args []any) (u *core.User, err error) {
	err = t.query("select "+userColumns+" from users where "+where, args, func(r Row) (err error) {
		u, err = scanUser(r, realm)
		return err
	})
	if err == nil && u == nil {
		return nil, notFound()
	}
	return u, err
}

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
	if err := t.checkTaken(realm, u, &core.User{}); err != nil {
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
	return t.putHandles(realm, row, nil, u.Handles)
}

func (t *tx) updateUser(u *core.User, values []any) error {
	old, err := t.GetUser(core.ByID(u.Realm, u.ID))
	if err != nil {
		return err
	}
	if old.Revision != u.Revision-1 {
		return stale()
	}
	realm, err := t.realm(u.Realm)
	if err != nil {
		return err
	}
	if err := t.checkTaken(realm, u, old); err != nil {
		return err
	}
	if err := t.writeUser(realm, u, old, values); err != nil {
		return err
	}
	if err := t.count(realm, 0, flag(!u.DeletedAt.IsZero())-flag(!old.DeletedAt.IsZero())); err != nil {
		return err
	}
	return t.putHandles(realm, realm.row(u.ID), old.Handles, u.Handles)
}

// writeUser leaves the indexes alone if no key changed.
func (t *tx) writeUser(realm scope, u, old *core.User, values []any) error {
	row := realm.row(u.ID)
	keys := keysOf(u, row)
	if u.UID == old.UID && keys == keysOf(old, row) {
		return t.exec(updateUser, append(values, row)...)
	}
	return t.exec(updateUserKeys, append(values, u.UID, uidKey(u.UID), keys.username, keys.email, row)...)
}

// checkTaken finds every unique name of u that another user has. Names that old
// has too are not looked for.
func (t *tx) checkTaken(realm scope, u, old *core.User) error {
	var faults []core.Fault
	look := func(f core.Field, value string, ref core.UserRef) error {
		holder, err := t.holder(realm, ref)
		if holder != 0 && holder != u.ID {
			faults = append(faults, taken(f, value))
		}
		return err
	}
	for _, n := range newNamesOf(u, old) {
		if err := look(n.field, n.ref.Handle.Kind, n.ref); err != nil {
			return err
		}
	}
	if len(faults) > 0 {
		return conflict(faults...)
	}
	return nil
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

// holder returns the ID of the user with that name, 0 if nobody has it.
func (t *tx) holder(realm scope, ref core.UserRef) (found int64, err error) {
	where, args := userWhere(realm, ref)
	if where == "" {
		return 0, nil
	}
	_, err = t.row("select id from users where "+where, args, func(r Row) { found = id(r.Int(0)) })
	return found, err
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

// count adds to the realm's counts of users.
func (t *tx) count(realm scope, users, deleted int64) error {
	if users == 0 && deleted == 0 {
		return nil
	}
	return t.exec("update realms set users = users + ?, deleted = deleted + ? where no = ?", users, deleted, int64(realm))
}

// DropUser removes the user, its handles, its memberships and the records it owns.
func (t *tx) DropUser(realm core.Realm, id int64) error {
	if err := t.writable(); err != nil {
		return err
	}
	u, err := t.GetUser(core.ByID(realm, id))
	if err != nil {
		return err
	}
	no, err := t.realm(realm)
	if err != nil {
		return err
	}
	if err := t.putHandles(no, no.row(id), u.Handles, nil); err != nil {
		return err
	}
	if err := t.exec("delete from users where id = ?", no.row(id)); err != nil {
		return err
	}
	return t.count(no, -1, -flag(!u.DeletedAt.IsZero()))
}
