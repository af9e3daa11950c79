package scim

import (
	"time"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/scim/internal/filter"
	"github.com/dragoman-gateway/dragoman/dialects/scim/internal/schema"
)

// changed bounds meta.lastModified as a filter does, in the terms of [core.UserQuery].
type changed struct {
	from, before time.Time
	// alone says that the filter asks for nothing else.
	alone bool
}

func (b changed) bounded() bool { return !b.from.IsZero() || !b.before.IsZero() }

// query returns the users within the bounds.
func (b changed) query(realm core.Realm) core.UserQuery {
	q := core.UserQuery{Realm: realm, UpdatedFrom: b.from, UpdatedBefore: b.before}
	if b.bounded() {
		q.Order = core.OrderUpdatedAt
	}
	return q
}

// changedWithin returns the bounds that every user who meets the filter is within.
func changedWithin(t *schema.ResourceType, x filter.Expr) (b changed) {
	b.alone = true
	for _, term := range conjuncts(x, nil) {
		compare, ok := term.(filter.Compare)
		b.alone = ok && b.add(t, compare) && b.alone
	}
	return b
}

// add adds the bounds of a comparison, and reports whether it is one of them.
func (b *changed) add(t *schema.ResourceType, x filter.Compare) bool {
	target, ok := t.Resolve(x.Attr)
	if !ok || target.Extension || target.Sub == nil || target.Attr.Name != schema.Meta || target.Sub.Name != "lastModified" {
		return false
	}
	at, ok := schema.ParseTime(x.Value.Text)
	if !ok || at.Year() <= 1 { // users without a time show that year
		return false
	}
	// Times are kept in microseconds, so the next one is the first later time.
	at, later := at.UTC(), at.UTC().Truncate(time.Microsecond).Add(time.Microsecond)
	if at.Nanosecond()%int(time.Microsecond) != 0 {
		at = later
	}
	switch x.Op {
	case filter.Greater:
		b.raise(later)
	case filter.GreaterEqual:
		b.raise(at)
	case filter.Less:
		b.lower(at)
	case filter.LessEqual:
		b.lower(later)
	case filter.Equal:
		b.raise(at)
		b.lower(later)
	default:
		return false
	}
	return true
}

func (b *changed) raise(from time.Time) {
	if from.After(b.from) {
		b.from = from
	}
}

func (b *changed) lower(before time.Time) {
	if b.before.IsZero() || before.Before(b.before) {
		b.before = before
	}
}
