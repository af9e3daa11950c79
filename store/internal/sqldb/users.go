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
	if ref.ID != 0 && realm != 0 && valid(ref.ID) {
		return t.userAt(ref.Realm, realm.row(ref.ID))
	}
	n := userNameOf(ref)
	if ref.ID != 0 || realm == 0 || !n.storable() {
		return nil, notFound()
	}
	a := n.alias(realm)
	if e, ok := t.alias(a).(*userEntry); ok && e.named(n) {
		return e, nil
	}
	if absentName(t, a) {
		return nil, notFound()
	}
	where, args := n.where(t.db.secrets.ring, realm)
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

// userName is a text that finds a user: a UID, or a handle in its folded form.
type userName core.Handle

func userNameOf(ref core.UserRef) userName {
	if ref.UID != "" {
		return userName{aliasUID, ref.UID}
	}
	return userName(ref.Handle)
}

// column is where users have names of that kind, "" if in the table of handles.
func (n userName) column() string {
	switch n.Kind {
	case aliasUID:
		return "uid"
	case core.HandleUsername:
		return "username_key"
	case core.HandleEmail:
		return "email_key"
	}
	return ""
}

// storable reports whether a user can have the name in any store.
func (n userName) storable() bool {
	if n.Kind == core.HandleEmail && (n.Value == "" || strings.HasPrefix(n.Value, noEmail)) {
		return false
	}
	return storable(n.Value) && (n.Kind == aliasUID || storable(n.Kind))
}

// where is the condition that finds the user of the name.
func (n userName) where(ring *seal.Keyring, realm scope) (string, []any) {
	if column := n.column(); column != "" {
		return "realm = ? and " + column + " = ?", []any{int64(realm), n.Value}
	}
	return "id = (select holder from handles where realm = ? and kind = ? and lookup = ?)",
		[]any{int64(realm), n.Kind, ring.Digest(n.Value)}
}

func (n userName) alias(realm scope) cache.Alias {
	return cache.Alias{Table: tableUsers, Scope: int64(realm), Kind: n.Kind, Value: n.Value}
}

// named reports whether the user has the name.
func (e *userEntry) named(n userName) bool {
	switch n.Kind {
	case aliasUID:
		return e.user.UID == n.Value
	case core.HandleUsername:
		return e.keys.username == n.Value
	case core.HandleEmail:
		return e.keys.email == n.Value
	}
	return slices.Contains(e.user.Handles, core.Handle(n))
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
