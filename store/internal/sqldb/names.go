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

// names remembers the numbers of realms and kinds. They never change and are never
// removed, unless the database goes back to an earlier state.
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
	s := n.scopes[k]
	n.mu.RUnlock()
	return s
}

func (n *names) kind(s scope) (kindKey, bool) {
	n.mu.RLock()
	k, ok := n.kinds[s]
	n.mu.RUnlock()
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

// forget forgets everything: the database may have gone back to an earlier state.
func (n *names) forget() {
	n.mu.Lock()
	defer n.mu.Unlock()
	clear(n.scopes)
	clear(n.kinds)
}

// realm returns the realm's number, 0 if it has none yet.
func (t *tx) realm(name core.Realm) (scope, error) {
	k := kindKey{realm: name}
	if s := t.number(k); s != 0 {
		return s, nil
	}
	return t.readScope(k, "select no from realms where name = ?", string(name))
}

// kind returns the number of the kind in the realm, 0 if it has none yet.
func (t *tx) kind(realm core.Realm, kind string) (scope, error) {
	k := kindKey{realm, kind}
	if s := t.number(k); s != 0 {
		return s, nil
	}
	no, err := t.realm(realm)
	if no == 0 || err != nil {
		return 0, err
	}
	return t.readScope(k, "select no from kinds where realm = ? and kind = ?", int64(no), kind)
}

// number returns the number if it is in memory, else 0.
func (t *tx) number(k kindKey) scope {
	if s := t.db.names.scope(k); s != 0 {
		return s
	}
	return t.change.scope(k)
}

func (t *tx) readScope(k kindKey, sql string, args ...any) (s scope, err error) {
	if !storable(string(k.realm)) || !storable(k.kind) {
		return 0, nil
	}
	if t.change.lacks(k) {
		return 0, nil
	}
	found, err := t.row(sql, args, func(r Row) { s = scope(r.Int(0)) })
	switch {
	case err != nil:
	case found:
		t.source.remember(k, s)
	case t.change != nil:
		t.change.missing[k] = true
	}
	return s, err
}

// makeRealm returns the realm's number, a new one if it has none.
func makeRealm(t *tx, name core.Realm) (scope, error) {
	if s, err := t.realm(name); s != 0 || err != nil {
		return s, err
	}
	return makeScope(t, kindKey{realm: name}, "insert into realms (name) values (?) returning no", string(name))
}

// makeKind returns the number of the kind in the realm, a new one if it has none.
func makeKind(t *tx, realm core.Realm, kind string) (scope, error) {
	if s, err := t.kind(realm, kind); s != 0 || err != nil {
		return s, err
	}
	no, err := makeRealm(t, realm)
	if err != nil {
		return 0, err
	}
	return makeScope(t, kindKey{realm, kind}, "insert into kinds (realm, kind) values (?, ?) returning no", int64(no), kind)
}

func makeScope(t *tx, k kindKey, sql string, args ...any) (s scope, err error) {
	if err := checkTexts(checked{"realm", string(k.realm)}, checked{"kind", k.kind}); err != nil {
		return 0, err
	}
	t.change.wrote = true
	_, err = t.row(sql, args, func(r Row) { s = scope(r.Int(0)) })
	if err == nil {
		t.source.remember(k, s)
	}
	return s, err
}

// kindName returns the kind that has the number.
func kindName(t *tx, s scope) (name string, err error) {
	if k, ok := t.db.names.kind(s); ok {
		return k.kind, nil
	}
	_, err = t.row("select kind from kinds where no = ?", []any{int64(s)}, func(r Row) { name = r.Text(0) })
	return name, err
}

// newID is nextID, or takes the given number if that is not 0.
func newID(t *tx, realm scope, name string, number int64) (int64, error) {
	if number == 0 {
		return t.nextID(realm, name)
	}
	return number, raise(t, realm, name, number+1)
}

// raise makes the next number of a sequence at least next.
func raise(t *tx, realm scope, name string, next int64) error {
	now, err := peekID(t, realm, name)
	if err == nil && now < next {
		t.change.next[sequence{realm, name}] = next
		t.change.wrote = true
	}
	return err
}

// nextID takes the next number of a sequence of the realm. It is stored with the batch.
func (t *tx) nextID(realm scope, name string) (int64, error) {
	next, err := peekID(t, realm, name)
	if err != nil {
		return 0, err
	}
	if next > maxID {
		return 0, &core.Error{Kind: core.Internal, Op: "number an object of " + name, Err: errFull}
	}
	t.change.next[sequence{realm, name}] = next + 1
	t.change.wrote = true
	return next, nil
}

// peekID returns the number that nextID would take.
func peekID(t *tx, realm scope, name string) (next int64, err error) {
	if next = t.change.known(sequence{realm, name}); next != 0 {
		return next, nil
	}
	next = 1
	_, err = t.row("select next from sequences where realm = ? and name = ?",
		[]any{int64(realm), name}, func(r Row) { next = r.Int(0) })
	return next, err
}
