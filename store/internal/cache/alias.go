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

// aliases find objects by other names. They are hints: the caller checks whether the
// object, in its state, really has the name.
type aliases struct{ shards [shardCount]aliasShard }

type aliasShard struct {
	mu   sync.RWMutex
	rows map[Alias]int64 // nil: empty
}

func (as *aliases) shard(a Alias) *aliasShard {
	h := uint64(a.Scope) + uint64(len(a.Value))
	for i := max(0, len(a.Value)-8); i < len(a.Value); i++ {
		h = h*31 + uint64(a.Value[i])
	}
	return &as.shards[h*0x9E3779B97F4A7C15>>59]
}

func (as *aliases) set(a Alias, row int64) {
	s := as.shard(a)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.rows == nil {
		s.rows = map[Alias]int64{}
	}
	s.rows[a] = row
}

// drop removes the name, if it still belongs to this row.
func (as *aliases) drop(a Alias, row int64) {
	s := as.shard(a)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.rows[a] == row {
		delete(s.rows, a)
	}
}

// maxAliases is how many names of an object are remembered.
const maxAliases = 8

// AddAlias lets an object in memory be found by another name, by which it was asked
// for. Most objects are never asked for by most of their names.
func (c *Cache) AddAlias(k Key, a Alias) {
	s := c.shard(k)
	s.mu.Lock()
	defer s.mu.Unlock()
	e := s.entries[k.Table][k.Row]
	if e == nil || slices.Contains(e.aliases, a) {
		return
	}
	if len(e.aliases) == maxAliases {
		c.aliases.drop(e.aliases[0], k.Row)
		e.aliases = slices.Delete(e.aliases, 0, 1)
	}
	e.aliases = append(e.aliases, a)
	c.aliases.set(a, k.Row)
}

// Lookup returns the object that has, or recently had, the name.
func (c *Cache) Lookup(a Alias) (Key, bool) {
	s := c.aliases.shard(a)
	s.mu.RLock()
	row, ok := s.rows[a]
	s.mu.RUnlock()
	return Key{a.Table, row}, ok
}
