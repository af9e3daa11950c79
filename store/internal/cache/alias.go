package cache

import (
	"slices"
	"sync"
)

// Alias is another name of an object, unique among those of its table, scope and kind.
type Alias struct {
	Table       uint8
	Scope       int64
	Kind, Value string
}

// aliases find objects by other names. What they say is a hint: who follows it
// looks whether the object, in the reader's state, really has the name.
type aliases struct{ shards [shardCount]aliasShard }

type aliasShard struct {
	mu   sync.RWMutex
	rows map[Alias]int64
}

func (as *aliases) init() {
	for i := range as.shards {
		as.shards[i].rows = map[Alias]int64{}
	}
}

func (as *aliases) shard(a Alias) *aliasShard {
	h := uint64(a.Scope) + uint64(len(a.Value))
	for i := max(0, len(a.Value)-8); i < len(a.Value); i++ {
		h = h*31 + uint64(a.Value[i])
	}
	return &as.shards[h*0x9E3779B97F4A7C15>>59]
}

// add lets the object be found by its aliases of now, and no more by those of before.
func (as *aliases) add(k Key, now, before []Alias) {
	if slices.Equal(now, before) {
		return
	}
	for _, a := range before {
		s := as.shard(a)
		s.mu.Lock()
		if s.rows[a] == k.Row {
			delete(s.rows, a)
		}
		s.mu.Unlock()
	}
	for _, a := range now {
		s := as.shard(a)
		s.mu.Lock()
		s.rows[a] = k.Row
		s.mu.Unlock()
	}
}

// Find returns the object that has, or lately had, the name.
func (c *Cache) Find(a Alias) (Key, bool) {
	s := c.aliases.shard(a)
	s.mu.RLock()
	row, ok := s.rows[a]
	s.mu.RUnlock()
	return Key{a.Table, row}, ok
}
