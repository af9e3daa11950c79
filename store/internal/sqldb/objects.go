package sqldb

import (
	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/store/internal/cache"
)

// The tables whose objects are kept in memory.
const (
	tableRealms uint8 = iota
	tableUsers
	tableGroups
	tableRecords
	tableFilters
)

func userKey(row int64) cache.Key   { return cache.Key{Table: tableUsers, Row: row} }
func groupKey(row int64) cache.Key  { return cache.Key{Table: tableGroups, Row: row} }
func recordKey(row int64) cache.Key { return cache.Key{Table: tableRecords, Row: row} }
func realmKey(no scope) cache.Key   { return cache.Key{Table: tableRealms, Row: no.row(0)} }

// kinds of aliases beside those of handles, which dialects name
const (
	aliasUID = "\x00uid"
	aliasKey = "\x00key"
)

// userEntry is the cached form of a user.
type userEntry struct {
	row  int64
	user *core.User
	keys userKeys
	// members are the user's memberships by ID, if known.
	members []core.Membership
	known   bool
}

func newUserEntry(u *core.User, row int64) *userEntry {
	return &userEntry{row: row, user: u, keys: keysOf(u, row)}
}

// with returns the entry with memberships.
func (e *userEntry) with(members []core.Membership) *userEntry {
	c := *e
	c.members, c.known = members, true
	return &c
}

// Sizes are estimates of the structs, with those of the cache, and of the strings.
const (
	entrySize      = 768
	memberSize     = 64
	handleSize     = 160
	attributeSize  = 48
	documentFactor = 3 // the text, and its decoded form
)

func (e *userEntry) Size() int64 {
	u := e.user
	n := entrySize + 2*(len(u.UID)+len(u.Username)+len(u.Email)) + len(u.Password) +
		len(u.Name.Formatted) + len(u.Name.Given) + len(u.Name.Family) + memberSize*len(e.members)
	for _, a := range u.Attributes {
		n += attributeSize + len(a.Name) + len(a.Value)
	}
	for _, h := range u.Handles {
		n += handleSize + len(h.Value)
	}
	for _, f := range u.Facets {
		n += attributeSize + documentFactor*len(f.Doc.Text())
	}
	return int64(n)
}

// groupEntry is the cached form of a group.
type groupEntry struct {
	row   int64
	group *core.Group
}

func (e *groupEntry) Size() int64 {
	g := e.group
	return int64(entrySize + len(g.UID)*2 + len(g.Key)*2 + len(g.Name) + documentFactor*len(g.Body.Text()))
}

// recordEntry is the cached form of a record.
type recordEntry struct {
	row    int64
	record *core.Record
}

func (e *recordEntry) Size() int64 {
	return int64(entrySize + len(e.record.Key)*2 + documentFactor*len(e.record.Body.Text()))
}
