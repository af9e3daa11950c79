package sqldb

import (
	"sync"

	"github.com/dragoman-gateway/dragoman/core"
)

// realmEntry is the cached form of a realm: how many users it has, and the pages of
// them that were listed. When a user is added or removed, or a name that users are
// listed by changes, a new entry without pages replaces it.
type realmEntry struct {
	users, deleted int64
	pages          *pages
}

func newRealmEntry(users, deleted int64) *realmEntry {
	return &realmEntry{users, deleted, &pages{}}
}

func (*realmEntry) Size() int64 { return 4 << 10 }

// pages are the row numbers of lists that were asked for.
type pages struct {
	mu   sync.RWMutex
	rows map[pageKey][]int64
	size int
}

// maxPages and maxRows bound the pages of a realm that are kept, and their rows.
const (
	maxPages = 64
	maxRows  = 4096
)

// pageKey is a list of users that depends only on which users are in the realm.
type pageKey struct {
	after, before int64
	names         window
	email         string
	order         core.Order
	desc, deleted bool
	limit, offset int
}

// pageOf returns the key of the page that a narrowed query asks for, if it is one.
func pageOf(realm scope, q core.UserQuery, w window) (k pageKey, ok bool) {
	if q.IDs != nil || len(q.Search.Terms) > 0 || q.Member != 0 || q.HandleKind != "" || q.Order > core.OrderEmail || q.Limit == 0 ||
		!q.UpdatedFrom.IsZero() || !q.UpdatedBefore.IsZero() || byState(q) {
		return k, false
	}
	k = pageKey{q.AfterID, q.BeforeID, w, "", q.Order, q.Desc, q.Deleted, q.Limit, q.Offset}
	if q.After != nil {
		k.email = emailKey(q.After.Email, realm.row(q.After.ID))
	}
	return k, true
}

func (p *pages) get(k pageKey) ([]int64, bool) {
	p.mu.RLock()
	defer p.mu.RUnlock()
	rows, ok := p.rows[k]
	return rows, ok
}

func (p *pages) put(k pageKey, rows []int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.rows == nil || len(p.rows) >= maxPages || p.size+len(rows) > maxRows {
		p.rows, p.size = map[pageKey][]int64{}, 0
	}
	if len(rows) <= maxRows {
		p.rows[k] = rows
		p.size += len(rows)
	}
}
