package sqldb

import (
	"context"
	"maps"

	"github.com/dragoman-gateway/dragoman/store/internal/cache"
	"github.com/dragoman-gateway/dragoman/store/internal/snapshot"
)

// writeSet is what an update, or a batch of them, has changed so far: the part of the
// state that is in memory and that the cache must not show before the commit.
type writeSet struct {
	db     *DB
	conn   Conn
	parent *writeSet // of the batch
	wrote  bool
	// commit is the name of a batch's commit in the log of states.
	commit string

	objects       map[cache.Key]cache.Value // nil is gone; see unknown
	clearedScopes map[snapshot.Scope]bool   // where everything that was before is gone
	next          map[sequence]int64
	newScopes     map[kindKey]scope
	// missing is what the database has no number for. Others cannot give it one while the
	// transaction runs, and what this one gives is looked for first.
	missing map[kindKey]bool

	prepared *prepared // of an update

	blocks map[int64]blockCount // by how many users they change

	filters        map[int64]*pendingFilter // of a batch
	filtersChanged []cache.Change           // what has become of them
}

func newWriteSet(db *DB, conn Conn, parent *writeSet) *writeSet {
	return &writeSet{
		db: db, conn: conn, parent: parent,
		objects: map[cache.Key]cache.Value{}, clearedScopes: map[snapshot.Scope]bool{}, next: map[sequence]int64{},
		newScopes: map[kindKey]scope{}, missing: map[kindKey]bool{}, blocks: map[int64]blockCount{},
		filters: map[int64]*pendingFilter{},
	}
}

// placeOf is the part of a table that belongs to a scope.
func placeOf(table uint8, s scope) snapshot.Scope {
	return snapshot.Scope{Table: table, Scope: int64(s)}
}

// sequence is a counter of a realm.
type sequence struct {
	realm scope
	name  string
}

// unknown stands for an object that has changed and must be read from the database.
type unknown struct {
	added bool // it was not there before
}

func (unknown) Size() int64 { return 0 }

// maxObjects is how many objects a batch keeps in memory. Of more it only knows
// that they changed, and the cache adds none of them: an import of any size needs
// little memory and does not evict what is in use.
const maxObjects = 512

// hasCapacity reports whether one more object would be kept.
func (c *writeSet) hasCapacity() bool { return len(c.objects) < maxObjects }

// find returns the object as this update left it, or one before it in the batch.
func (c *writeSet) find(k cache.Key) (v cache.Value, ok bool) {
	for ; c != nil; c = c.parent {
		if v, ok := c.objects[k]; ok {
			return v, true
		}
		if c.clearedScopes[placeOf(k.Table, scopeOf(k.Row))] {
			return nil, true
		}
	}
	return nil, false
}

func (c *writeSet) query(_ context.Context, sql string, args []any, scan func(Row) error) error {
	return c.conn.Query(sql, args, scan)
}

func (c *writeSet) get(k cache.Key) (cache.Value, bool) {
	if s := c.batch().filters[k.Row]; s != nil && k.Table == tableFilters {
		return &s.filterEntry, true
	}
	v, ok := c.find(k)
	if !ok {
		return c.db.cache.Get(k, c.db.base.Number)
	}
	_, asks := v.(unknown)
	return v, !asks
}

// keep adds an object to the cache if it is as it was before the batch. An object that
// has changed, and was read again to learn more of it, stays in the write set.
func (c *writeSet) keep(k cache.Key, v cache.Value) {
	if _, changed := c.find(k); changed {
		c.set(k, v)
		return
	}
	c.db.cache.Add(k, v, c.db.base.Number)
}

// set records the new value of an object.
func (c *writeSet) set(k cache.Key, v cache.Value) {
	c.prepared.forget(k)
	if v != nil && k.Table != tableRealms && !c.hasCapacity() {
		was, _ := c.objects[k].(unknown)
		is, _ := v.(unknown)
		v = unknown{added: was.added || is.added}
	}
	c.objects[k] = v
}

// clearScope records that all objects of a scope are gone.
func (c *writeSet) clearScope(p snapshot.Scope) {
	c.prepared = nil
	c.clearedScopes[p] = true
	if p.Table == tableUsers {
		maps.DeleteFunc(c.blocks, func(block int64, _ blockCount) bool { return int64(scopeOf(block<<blockBits)) == p.Scope })
	}
	for k := range c.objects {
		if placeOf(k.Table, scopeOf(k.Row)) == p {
			delete(c.objects, k)
		}
	}
}

// scope returns a number that this update or one before it in the batch has assigned, else 0.
func (c *writeSet) scope(k kindKey) scope {
	for ; c != nil; c = c.parent {
		if s := c.newScopes[k]; s != 0 {
			return s
		}
	}
	return 0
}

func (c *writeSet) remember(k kindKey, s scope) { c.newScopes[k] = s }

// lacks reports whether the database is known to have no number for the key.
func (c *writeSet) lacks(k kindKey) bool {
	for ; c != nil; c = c.parent {
		if c.missing[k] {
			return true
		}
	}
	return false
}

// known returns the next number of a sequence, 0 if only the database knows it.
func (c *writeSet) known(s sequence) int64 {
	for ; c != nil; c = c.parent {
		if n := c.next[s]; n != 0 {
			return n
		}
		if c.parent == nil {
			return c.db.next[s]
		}
	}
	return 0
}

// merge makes the update part of the batch.
func (c *writeSet) merge() {
	b := c.parent
	b.wrote = b.wrote || c.wrote
	for p := range c.clearedScopes {
		b.clearScope(p)
	}
	for k, v := range c.objects {
		b.set(k, v)
	}
	for block, n := range c.blocks {
		b.countBlock(block, n)
	}
	maps.Copy(b.next, c.next)
	maps.Copy(b.newScopes, c.newScopes)
}

// publish adds what the batch has changed to the cache, as the state of that number.
func (c *writeSet) publish(number uint64) {
	for k, s := range c.newScopes {
		c.db.names.keep(k, s)
	}
	if len(c.clearedScopes) > 0 {
		c.db.cache.Invalidate(number, func(k cache.Key) bool { return c.clearedScopes[placeOf(k.Table, scopeOf(k.Row))] })
	}
	changes := make([]cache.Change, 0, len(c.objects)+len(c.filtersChanged))
	changes = append(changes, c.filtersChanged...)
	for k, v := range c.objects {
		if _, asks := v.(unknown); asks {
			v = nil
		}
		changes = append(changes, cache.Change{Key: k, Value: v})
	}
	c.db.cache.Apply(number, changes, len(c.objects) < maxObjects)
}

// logged lists what a batch has changed, for other processes.
func (c *writeSet) logged() []byte {
	var list snapshot.Changes
	for _, change := range c.filtersChanged {
		list.Objects = append(list.Objects, snapshot.Object{Table: change.Key.Table, Row: change.Key.Row})
	}
	for p := range c.clearedScopes {
		list.Scopes = append(list.Scopes, p)
	}
	for k, v := range c.objects {
		if u, is := v.(unknown); !is || !u.added {
			list.Objects = append(list.Objects, snapshot.Object{Table: k.Table, Row: k.Row})
		}
	}
	return list.Encode()
}

// batch returns the batch that the change is part of.
func (c *writeSet) batch() *writeSet {
	for c.parent != nil {
		c = c.parent
	}
	return c
}
