package sqldb

import (
	"context"

	"github.com/dragoman-gateway/dragoman/store/internal/cache"
)

// changing is what a change has done so far, or a batch of them: the part of the
// state that memory has and the cache must not know before the commit.
type changing struct {
	db    *DB
	conn  Conn
	under *changing // of the batch
	wrote bool
	// writer names a batch's commit in the log of states: no other has the name.
	writer string

	objects map[cache.Key]cache.Value // nil is gone; see unknown
	wiped   map[place]bool            // where everything that was before is gone
	next    map[sequence]int64
	fresh   map[kindKey]scope

	summaries  map[int64]*summed // of a batch
	summarized []cache.Change    // what has become of them
}

// place is the part of a table that one scope has.
type place struct {
	table uint8
	scope scope
}

// sequence is a counter of a realm.
type sequence struct {
	realm scope
	name  string
}

// unknown stands for an object that has changed: to know how, ask the database.
type unknown struct {
	added bool // it was not there before
}

func (unknown) Size() int64 { return 0 }

// maxObjects is how many objects a batch keeps in memory. Of more it only knows
// that they changed, and then the cache takes none of them in: an import of any
// size takes little, and does not push out what is in use.
const maxObjects = 512

// room tells whether one more object would be kept.
func (c *changing) room() bool { return len(c.objects) < maxObjects }

// find returns what this change, or one before it in the batch, made of an object.
func (c *changing) find(k cache.Key) (v cache.Value, ok bool) {
	for ; c != nil; c = c.under {
		if v, ok := c.objects[k]; ok {
			return v, true
		}
		if c.wiped[place{k.Table, scopeOf(k.Row)}] {
			return nil, true
		}
	}
	return nil, false
}

func (c *changing) query(_ context.Context, sql string, args []any, scan func(Row) error) error {
	return c.conn.Query(sql, args, scan)
}

func (c *changing) get(k cache.Key) (cache.Value, bool) {
	if s := c.batch().summaries[k.Row]; s != nil && k.Table == tableGrams {
		return &s.grams, true
	}
	v, ok := c.find(k)
	if !ok {
		return c.db.cache.Get(k, c.db.number)
	}
	_, asks := v.(unknown)
	return v, !asks
}

// keep lets the cache have what is as it was before the batch. What has changed
// since, and was read again to learn more of it, is kept with the changes.
func (c *changing) keep(k cache.Key, v cache.Value) {
	if _, changed := c.find(k); changed {
		c.set(k, v)
		return
	}
	c.db.cache.Fill(k, v, c.db.number)
}

// set notes what has become of an object.
func (c *changing) set(k cache.Key, v cache.Value) {
	if c.objects == nil {
		c.objects = map[cache.Key]cache.Value{}
	}
	if v != nil && k.Table != tableRealms && !c.room() {
		was, _ := c.objects[k].(unknown)
		is, _ := v.(unknown)
		v = unknown{added: was.added || is.added}
	}
	c.objects[k] = v
}

// add notes a new object of which nothing is kept.
func (c *changing) add(k cache.Key) {
	c.set(k, unknown{added: true})
}

// wipe notes that all objects of a place are gone.
func (c *changing) wipe(p place) {
	if c.wiped == nil {
		c.wiped = map[place]bool{}
	}
	c.wiped[p] = true
	for k := range c.objects {
		if (place{k.Table, scopeOf(k.Row)}) == p {
			delete(c.objects, k)
		}
	}
}

func (c *changing) scope(k kindKey) scope {
	for ; c != nil; c = c.under {
		if s := c.fresh[k]; s != 0 {
			return s
		}
	}
	return 0
}

func (c *changing) remember(k kindKey, s scope) {
	if c.fresh == nil {
		c.fresh = map[kindKey]scope{}
	}
	c.fresh[k] = s
}

func (c *changing) private() bool { return true }

// known returns the next number of a sequence, 0 if only the database knows.
func (c *changing) known(s sequence) int64 {
	for ; c != nil; c = c.under {
		if n := c.next[s]; n != 0 {
			return n
		}
		if c.under == nil {
			return c.db.next[s]
		}
	}
	return 0
}

func (c *changing) setNext(s sequence, n int64) {
	if c.next == nil {
		c.next = map[sequence]int64{}
	}
	c.next[s] = n
}

// merge makes the change part of the batch.
func (c *changing) merge() {
	b := c.under
	b.wrote = b.wrote || c.wrote
	for p := range c.wiped {
		b.wipe(p)
	}
	if b.objects == nil {
		b.objects, c.objects = c.objects, nil
	}
	for k, v := range c.objects {
		b.set(k, v)
	}
	for s, n := range c.next {
		b.setNext(s, n)
	}
	for k, s := range c.fresh {
		b.remember(k, s)
	}
}

// publish lets everybody know what the batch has made, as the state of that
// number in the cache.
func (c *changing) publish(number uint64) {
	for k, s := range c.fresh {
		c.db.names.keep(k, s)
	}
	if len(c.wiped) > 0 {
		c.db.cache.Forget(number, func(k cache.Key) bool { return c.wiped[place{k.Table, scopeOf(k.Row)}] })
	}
	changes := make([]cache.Change, 0, len(c.objects)+len(c.summarized))
	changes = append(changes, c.summarized...)
	for k, v := range c.objects {
		if _, asks := v.(unknown); asks {
			v = nil
		}
		changes = append(changes, cache.Change{Key: k, Value: v})
	}
	c.db.cache.Publish(number, changes, len(c.objects) < maxObjects)
}
