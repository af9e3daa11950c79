package sqldb

import (
	"slices"
	"strings"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/store/internal/cache"
	"github.com/dragoman-gateway/dragoman/store/internal/seal"
)

var usersTable = &table{tableUsers, "users", columnNames(userScan, ", "), func(s *secrets, r Row, k kindKey) (cache.Value, error) {
	u, err := scanUser(s, r, k.realm)
	if err != nil {
		return nil, err
	}
	return newUserEntry(u, r.Int(0)), nil
}}

// GetUser finds one user, even if marked as deleted.
func (t *tx) GetUser(ref core.UserRef) (*core.User, error) {
	if t.over {
		return nil, errOver
	}
	e, err := t.user(ref)
	if err != nil {
		return nil, err
	}
	return given(t, e.user), nil
}

// given returns an object of memory, a copy if the transaction may change it.
func given[T interface{ Clone() T }](t *tx, object T) T {
	if t.change != nil {
		return object.Clone()
	}
	return object
}

func (t *tx) user(ref core.UserRef) (*userEntry, error) {
	realm, err := t.realm(ref.Realm)
	if err != nil {
		return nil, err
	}
	if realm == 0 || !findable(ref) {
		return nil, notFound()
	}
	if ref.ID != 0 {
		return t.userAt(ref.Realm, realm.row(ref.ID))
	}
	a := userAlias(realm, ref)
	if e, ok := t.alias(a).(*userEntry); ok && e.named(ref) {
		return e, nil
	}
	if absentName(t, a) {
		return nil, notFound()
	}
	where, args := userWhere(t.db.secrets.ring, realm, ref)
	v, err := t.found(usersTable, kindKey{realm: ref.Realm}, a, where, args...)
	if err != nil {
		return nil, err
	}
	return v.(*userEntry), nil
}

func (t *tx) userAt(realm core.Realm, row int64) (*userEntry, error) {
	v, err := t.at(usersTable, kindKey{realm: realm}, row)
	if err != nil {
		return nil, err
	}
	return v.(*userEntry), nil
}

// findable reports whether a reference can name a user in any store.
func findable(ref core.UserRef) bool {
	switch {
	case ref.ID != 0:
		return valid(ref.ID)
	case ref.UID != "":
		return storable(ref.UID)
	case ref.Handle.Kind == core.HandleEmail:
		return storable(ref.Handle.Value) && ref.Handle.Value != "" && !strings.HasPrefix(ref.Handle.Value, noEmail)
	}
	return storable(ref.Handle.Kind) && storable(ref.Handle.Value)
}

// userWhere is the condition of a findable name.
func userWhere(ring *seal.Keyring, realm scope, ref core.UserRef) (string, []any) {
	switch {
	case ref.UID != "":
		return "realm = ? and uid = ?", []any{int64(realm), ref.UID}
	case ref.Handle.Kind == core.HandleUsername:
		return "realm = ? and username_key = ?", []any{int64(realm), ref.Handle.Value}
	case ref.Handle.Kind == core.HandleEmail:
		return "realm = ? and email_key = ?", []any{int64(realm), ref.Handle.Value}
	}
	return "id = (select holder from handles where realm = ? and kind = ? and lookup = ?)",
		[]any{int64(realm), ref.Handle.Kind, ring.Digest(ref.Handle.Value)}
}

func userAlias(realm scope, ref core.UserRef) cache.Alias {
	if ref.UID != "" {
		return cache.Alias{Table: tableUsers, Scope: int64(realm), Kind: aliasUID, Value: ref.UID}
	}
	return cache.Alias{Table: tableUsers, Scope: int64(realm), Kind: ref.Handle.Kind, Value: ref.Handle.Value}
}

// named reports whether the user has the name.
func (e *userEntry) named(ref core.UserRef) bool {
	switch {
	case ref.UID != "":
		return e.user.UID == ref.UID
	case ref.Handle.Kind == core.HandleUsername:
		return e.keys.username == ref.Handle.Value
	case ref.Handle.Kind == core.HandleEmail:
		return e.keys.email == ref.Handle.Value
	}
	return slices.Contains(e.user.Handles, ref.Handle)
}

// realmAt returns the cached form of the realm.
func realmAt(t *tx, realm scope) (*realmEntry, error) {
	if v, ok := t.source.get(realmKey(realm)); ok && v != nil {
		return v.(*realmEntry), nil
	}
	e := newRealmEntry(0, 0)
	_, err := t.row("select users, deleted from realms where no = ?", []any{int64(realm)}, func(r Row) {
		e.users, e.deleted = r.Int(0), r.Int(1)
	})
	if err == nil {
		t.source.keep(realmKey(realm), e)
	}
	return e, err
}

// count adds to the counts of the row's realm and block, and forgets the lists of users.
// With zeros it only forgets them, as it must when a name changes that users are listed by.
func (t *tx) count(row int64, n blockCount) error {
	realm := scopeOf(row)
	e, err := realmAt(t, realm)
	if err == nil {
		t.change.set(realmKey(realm), newRealmEntry(e.users+n.users, e.deleted+n.deleted))
		t.change.countBlock(row>>blockBits, n)
	}
	return err
}
