package sqldb

import (
	"math"
	"time"

	"github.com/dragoman-gateway/dragoman/core"
)

// sorting is one order in SQL.
type sorting struct {
	key      string
	nullable bool
	unique   bool // no two users share a key, so ID need not break ties
	value    func(u *core.User, row int64) any
}

func sortingOf(o core.Order) sorting {
	switch o {
	case core.OrderUsername:
		return sorting{"username_key", false, true, func(u *core.User, _ int64) any { return core.Fold(u.Username) }}
	case core.OrderEmail:
		return sorting{"email_key", false, true, func(u *core.User, row int64) any { return emailKey(u.Email, row) }}
	case core.OrderUID:
		return sorting{"uid", false, true, func(u *core.User, _ int64) any { return u.UID }}
	case core.OrderName:
		return sorting{"name_key", true, false, func(u *core.User, _ int64) any { return nameKey(u.Name) }}
	case core.OrderCreatedAt:
		return sorting{createdKey, false, false, func(u *core.User, _ int64) any { return orLast(u.CreatedAt) }}
	case core.OrderUpdatedAt:
		return sorting{updatedKey, false, false, func(u *core.User, _ int64) any { return orLast(u.UpdatedAt) }}
	}
	return sorting{"id", false, true, func(_ *core.User, row int64) any { return row }}
}

// The times as indexes have them: users without one come last.
const (
	createdKey = "coalesce(created_at, 9223372036854775807)"
	updatedKey = "coalesce(updated_at, 9223372036854775807)"
)

// orLast is a time as an index has it.
func orLast(t time.Time) any {
	if t.IsZero() {
		return int64(math.MaxInt64)
	}
	return micros(t)
}

// userOrder is the ORDER BY of an order. Users without the value come last ascending.
func userOrder(o core.Order, desc bool) string {
	s, way := sortingOf(o), direction(desc)
	switch {
	case s.nullable:
		return " order by (" + s.key + " is null)" + way + ", " + s.key + way + ", id" + way
	case s.unique:
		return " order by " + s.key + way
	}
	return " order by " + s.key + way + ", id" + way
}

// afterUser keeps only users that come after q.After in q's order.
func afterUser(b *builder, realm scope, q core.UserQuery) {
	row := realm.row(q.After.ID)
	s, than := sortingOf(q.Order), " >"
	if q.Desc {
		than = " <"
	}
	value := s.value(q.After, row)
	switch {
	case s.unique:
		b.and(s.key+than+" ?", value)
	case value == nil && q.Desc:
		b.and("("+s.key+" is not null or id < ?)", row)
	case value == nil:
		b.and("("+s.key+" is null and id > ?)", row)
	case !s.nullable:
		b.and(s.key+than+"= ?", value) // which SQLite finds in an index, unlike the next
		b.and("("+s.key+", id)"+than+" (?, ?)", value, row)
	case q.Desc:
		b.and("("+s.key+" < ? or "+s.key+" = ? and id < ?)", value, value, row)
	default:
		b.and("("+s.key+" > ? or "+s.key+" is null or "+s.key+" = ? and id > ?)", value, value, row)
	}
}
