// Package cache keeps a store's objects in memory, in their state of now, for
// readers who may look at an earlier state.
//
// States are numbered. The cache knows from which state on each object is as it
// is; a reader of an earlier state does not get it. When a writer has made a new
// state it publishes the changes, all at once for each object; a reader that
// brings an object from an earlier state than the last change is turned away.
package cache

import (
	"sync"
	"sync/atomic"
)

// Key names an object: a row of a table.
type Key struct {
	Table uint8 // below [maxTables]
	Row   int64
}

// maxTables is how many tables there may be. Each has maps of its own, whose keys
// are then plain numbers, which maps find fastest.
const maxTables = 8

// Value is an object, or what is known of one. It does not change.
type Value interface {
	// Size is about how many bytes of memory it takes.
	Size() int64
}

// Cache holds objects up to a number of bytes. It is safe for concurrent use.
type Cache struct {
	shards  [shardCount]shard
	aliases aliases
}

const shardCount = 32

// shard is a part of the objects, with a lock of its own.
type shard struct {
	mu      sync.RWMutex
	entries [maxTables]map[int64]*entry
	order   sieve
	size    int64
	limit   int64
	// changed is the latest state that changed any object of the shard.
	changed uint64

	hits, misses, evicted atomic.Uint64
}

// entry is an object and the state from which on it is as it is.
type entry struct {
	key        Key
	value      Value
	from       uint64
	size       int64
	seen       atomic.Bool
	aliases    []Alias
	prev, next *entry
}

// New makes a cache of about that many bytes; with 0 it keeps nothing.
func New(limit int64) *Cache {
	c := &Cache{}
	c.aliases.init()
	for i := range c.shards {
		for table := range c.shards[i].entries {
			c.shards[i].entries[table] = map[int64]*entry{}
		}
		c.shards[i].limit = limit / shardCount
	}
	return c
}

func (c *Cache) shard(k Key) *shard {
	h := uint64(k.Row)*0x9E3779B97F4A7C15 + uint64(k.Table)*0xBF58476D1CE4E5B9
	return &c.shards[h>>59]
}

// Get returns the object as it is in the state at.
func (c *Cache) Get(k Key, at uint64) (Value, bool) {
	s := c.shard(k)
	s.mu.RLock()
	e := s.entries[k.Table][k.Row]
	if e == nil || e.from > at {
		s.mu.RUnlock()
		s.misses.Add(1)
		return nil, false
	}
	v := e.value
	s.mu.RUnlock()
	if !e.seen.Load() {
		e.seen.Store(true)
	}
	s.hits.Add(1)
	return v, true
}

// Fill keeps an object that was read in the state at, unless it may have changed
// since.
func (c *Cache) Fill(k Key, v Value, at uint64) {
	s := c.shard(k)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.changed <= at {
		c.put(s, k, v, at)
	}
}

// Change is an object's new value; nil if it is gone or not known.
type Change struct {
	Key   Key
	Value Value
}

// Publish makes the changes that lead to a new state known. Readers may begin to
// read that state only after it. With keep, objects that were not in memory are
// taken in.
func (c *Cache) Publish(state uint64, changes []Change, keep bool) {
	for _, change := range changes {
		s := c.shard(change.Key)
		s.mu.Lock()
		s.changed = state
		old := s.entries[change.Key.Table][change.Key.Row]
		if change.Value != nil && (keep || old != nil) {
			c.put(s, change.Key, change.Value, state)
		} else if old != nil {
			c.remove(s, old)
		}
		s.mu.Unlock()
	}
}

// Forget drops every object that gone says is changed by the new state.
func (c *Cache) Forget(state uint64, gone func(Key) bool) {
	for i := range c.shards {
		s := &c.shards[i]
		s.mu.Lock()
		s.changed = state
		for _, rows := range s.entries {
			for _, e := range rows {
				if gone(e.key) {
					c.remove(s, e)
				}
			}
		}
		s.mu.Unlock()
	}
}

// put takes an object in and makes room for it.
func (c *Cache) put(s *shard, k Key, v Value, from uint64) {
	size := v.Size()
	e := s.entries[k.Table][k.Row]
	if size > s.limit {
		if e != nil {
			c.remove(s, e)
		}
		return
	}
	if e == nil {
		e = &entry{key: k}
		s.entries[k.Table][k.Row] = e
		s.order.push(e)
	}
	s.size += size - e.size
	e.value, e.from, e.size = v, from, size
	for s.size > s.limit {
		c.evict(s)
	}
}

func (c *Cache) evict(s *shard) {
	c.remove(s, s.order.victim())
	s.evicted.Add(1)
}

func (c *Cache) remove(s *shard, e *entry) {
	delete(s.entries[e.key.Table], e.key.Row)
	s.order.remove(e)
	s.size -= e.size
	for _, a := range e.aliases {
		c.aliases.drop(a, e.key.Row)
	}
}

// Stats is how the cache does.
type Stats struct {
	Entries, Bytes, Limit   int64
	Hits, Misses, Evictions uint64
}

// Stats counts.
func (c *Cache) Stats() (st Stats) {
	for i := range c.shards {
		s := &c.shards[i]
		s.mu.RLock()
		for _, rows := range s.entries {
			st.Entries += int64(len(rows))
		}
		st.Bytes += s.size
		st.Limit += s.limit
		s.mu.RUnlock()
		st.Hits += s.hits.Load()
		st.Misses += s.misses.Load()
		st.Evictions += s.evicted.Load()
	}
	return st
}
