package sqldb

import (
	"sync"

	"github.com/dragoman-gateway/dragoman/core"
)

// kindKey is a realm, or with a kind, that kind in it.
type kindKey struct {
	realm core.Realm
	kind  string
}

// names remembers the numbers of realms and kinds. They never change and are
// never taken back, so what is remembered stays true.
type names struct {
	mu     sync.RWMutex
	scopes map[kindKey]scope
	kinds  map[scope]kindKey
}

func newNames() *names {
	return &names{scopes: map[kindKey]scope{}, kinds: map[scope]kindKey{}}
}

func (n *names) scope(k kindKey) scope {
	n.mu.RLock()
	defer n.mu.RUnlock()
	return n.scopes[k]
}

func (n *names) kind(s scope) (kindKey, bool) {
	n.mu.RLock()
	defer n.mu.RUnlock()
	k, ok := n.kinds[s]
	return k, ok
}

// keep remembers a committed number.
func (n *names) keep(k kindKey, s scope) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.scopes[k] = s
	if k.kind != "" {
		n.kinds[s] = k
	}
}

// realm returns the realm's number, 0 if it has none yet.
func (t *tx) realm(name core.Realm) (scope, error) {
	return t.lookUp(kindKey{realm: name}, func() (string, []any, error) {
		return "select no from realms where name = ?", []any{string(name)}, nil
	})
}

// kind returns the number of the kind in the realm, 0 if it has none yet.
func (t *tx) kind(realm core.Realm, kind string) (scope, error) {
	return t.lookUp(kindKey{realm, kind}, func() (string, []any, error) {
		no, err := t.realm(realm)
		return "select no from kinds where realm = ? and kind = ?", []any{int64(no), kind}, err
	})
}

// lookUp finds a number in memory, else by the query.
func (t *tx) lookUp(k kindKey, query func() (string, []any, error)) (scope, error) {
	if s := t.db.names.scope(k); s != 0 {
		return s, nil
	}
	if s, ok := t.fresh[k]; ok {
		return s, nil
	}
	if !storable(string(k.realm)) || !storable(k.kind) {
		return 0, nil
	}
	sql, args, err := query()
	if err != nil {
		return 0, err
	}
	var s scope
	found, err := t.row(sql, args, func(r Row) { s = scope(r.Int(0)) })
	if found && err == nil {
		t.remember(k, s)
	}
	return s, err
}

// remember keeps a number: for all if it is committed, as what a view sees is.
func (t *tx) remember(k kindKey, s scope) {
	if !t.write {
		t.db.names.keep(k, s)
		return
	}
	if t.fresh == nil {
		t.fresh = map[kindKey]scope{}
	}
	t.fresh[k] = s
}

// makeRealm returns the realm's number, a new one if it has none.
func (t *tx) makeRealm(name core.Realm) (scope, error) {
	if s, err := t.realm(name); s != 0 || err != nil {
		return s, err
	}
	return t.makeScope(kindKey{realm: name}, "insert into realms (name) values (?) returning no", string(name))
}

// makeKind returns the number of the kind in the realm, a new one if it has none.
func (t *tx) makeKind(realm core.Realm, kind string) (scope, error) {
	if s, err := t.kind(realm, kind); s != 0 || err != nil {
		return s, err
	}
	no, err := t.makeRealm(realm)
	if err != nil {
		return 0, err
	}
	return t.makeScope(kindKey{realm, kind}, "insert into kinds (realm, kind) values (?, ?) returning no", int64(no), kind)
}

func (t *tx) makeScope(k kindKey, sql string, args ...any) (s scope, err error) {
	if err := t.writable(); err != nil {
		return 0, err
	}
	if err := checkTexts(checked{"realm", string(k.realm)}, checked{"kind", k.kind}); err != nil {
		return 0, err
	}
	_, err = t.row(sql, args, func(r Row) { s = scope(r.Int(0)) })
	if err == nil {
		t.remember(k, s)
	}
	return s, err
}

// nextID takes the next number of a sequence of the realm.
func (t *tx) nextID(realm scope, name string) (id int64, err error) {
	_, err = t.row(`insert into sequences (realm, name, next) values (?, ?, 2)
		on conflict (realm, name) do update set next = sequences.next + 1 returning next - 1`,
		[]any{int64(realm), name}, func(r Row) { id = r.Int(0) })
	return id, err
}
