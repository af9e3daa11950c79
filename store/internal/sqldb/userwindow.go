package sqldb

import (
	"github.com/dragoman-gateway/dragoman/core"
)

// window is a range of folded usernames.
type window struct {
	low, high string // "" means no bound; high is exclusive
	open      bool   // low is exclusive
	empty     bool
}

// narrow turns the prefix, and After where the order allows, into one bound each. Of
// two lower bounds a database uses one for its index and filters by the other, at a
// cost that grows with the depth of the page.
func narrow(q *core.UserQuery) window {
	w := window{low: q.UsernamePrefix, high: after(q.UsernamePrefix), empty: !storable(q.UsernamePrefix)}
	switch {
	case q.After == nil:
		return w
	case q.Order == core.OrderID:
		narrowIDs(q)
	case q.Order == core.OrderUsername:
		w.narrow(core.Fold(q.After.Username), q.Desc)
	default:
		return w
	}
	q.After = nil
	return w
}

func narrowIDs(q *core.UserQuery) {
	switch {
	case !q.Desc:
		q.AfterID = max(q.AfterID, q.After.ID)
	case q.BeforeID == 0 || q.After.ID < q.BeforeID:
		q.BeforeID = q.After.ID
	}
}

func (w *window) narrow(afterUser string, desc bool) {
	switch {
	case desc && (w.high == "" || afterUser < w.high):
		w.high = afterUser
	case !desc && afterUser >= w.low:
		w.low, w.open = afterUser, true
	}
}

func (w window) add(b *builder) {
	switch {
	case w.empty:
		b.and("0 = 1")
		return
	case w.open:
		b.and("username_key > ?", w.low)
	case w.low != "":
		b.and("username_key >= ?", w.low)
	}
	if w.high != "" {
		b.and("username_key < ?", w.high)
	}
}
