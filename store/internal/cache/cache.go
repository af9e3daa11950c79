// Package cache keeps a store's objects in memory, in their current state, for readers
// who may read an earlier state.
//
// States are numbered. The cache knows since which state each object is unchanged; a
// reader of an earlier state does not get it. A writer that has made a new state
// applies its changes, all at once for each object. An object read at an older state
// than the last change is not added.
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

// maxTables is how many tables there may be. Each has a map of its rows: maps find
// plain numbers fastest.
const maxTables = 8

// Value is an object, or what is known of one. It is immutable.
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

// shard is a part of the objects, with its lock.
type shard struct {
	mu      sync.RWMutex
	entries [maxTables]map[int64]*entry // nil: empty
	order   sieve
	size    int64
	limit   int64
	// changed is the latest state that changed any object of the shard.
	changed uint64

	hits, misses, evicted atomic.Uint64
}

// entry is an object and the state since which it is unchanged.
type entry struct {
	key        Key
	value      Value
	from       uint64
	size       int64
	seen       atomic.Bool
	aliases    []Alias
	prev, next *entry
}

// New returns a cache of about that many bytes; with 0 it keeps nothing.
func New(limit int64) *Cache {
	c := &Cache{}
	for i := range c.shards {
		c.shards[i].limit = limit / shardCount
	}
	return c
}

func (c *Cache) shard(k Key) *shard {
	h := uint64(k.Row)*0x9E3779B97F4A7C15 + uint64(k.Table)*0xBF58476D1CE4E5B9
	return &c.shards[h>>59]
}

// Get returns the object if it is the same in the state at.
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

// Add adds an object that was read in the state at, unless it may have changed since.
func (c *Cache) Add(k Key, v Value, at uint64) {
	s := c.shard(k)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.changed <= at {
		c.put(s, k, v, at)
	}
}

// Change is an object's new value; nil if it is gone or unknown.
type Change struct {
	Key   Key
	Value Value
}

// Apply makes the changes of a new state known, before readers may read that state.
// With keep, objects that were not in memory are added.
func (c *Cache) Apply(state uint64, changes []Change, keep bool) {
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

// Invalidate drops every object that gone reports as changed by the new state.
func (c *Cache) Invalidate(state uint64, gone func(Key) bool) {
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

// put adds an object and evicts others if needed.
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
		if s.entries[k.Table] == nil {
			s.entries[k.Table] = map[int64]*entry{}
		}
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

// Stats describes the use of the cache.
type Stats struct {
	Entries, Bytes, Limit   int64
	Hits, Misses, Evictions uint64
}

// Stats returns the counts.
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
