package sqldb

import (
	"slices"
	"strings"
	"time"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/store/internal/cache"
)

// ListUsers lists users; see [core.UserQuery].
func (t *tx) ListUsers(q core.UserQuery) ([]*core.User, error) {
	if t.over {
		return nil, errOver
	}
	realm, err := t.realm(q.Realm)
	if err != nil || realm == 0 {
		return nil, err
	}
	if onlyIDs(q) {
		return usersByID(t, realm, q)
	}
	if q.Order == core.OrderHandle {
		return listHolders(t, realm, q)
	}
	if bounded(q) {
		return boundedSearch(t, realm, q)
	}
	if ids, ok, err := idsByTrigram(t, realm, q); err != nil {
		return nil, err
	} else if ok {
		q.IDs, q.Search = ids, core.Search{}
	}
	if needsGoMatch(q.Search) {
		return searchRows(t, realm, q)
	}
	rows, err := userRows(t, realm, q)
	if err != nil {
		return nil, err
	}
	return usersAt(t, q.Realm, rows)
}

// onlyIDs reports whether q asks for users by their numbers and nothing else.
func onlyIDs(q core.UserQuery) bool {
	hasIDs := q.IDs != nil
	q.IDs = nil
	return hasIDs && wholeRealm(q) && q.Order == core.OrderID && q.After == nil && q.Limit == 0 && q.Offset == 0
}

func usersByID(t *tx, realm scope, q core.UserQuery) ([]*core.User, error) {
	entries, err := existing(t, usersTable, kindKey{realm: q.Realm}, realm.rows(q.IDs), q.Desc)
	if err != nil {
		return nil, err
	}
	entries = slices.DeleteFunc(entries, func(v cache.Value) bool {
		return !q.Deleted && !v.(*userEntry).user.DeletedAt.IsZero()
	})
	return giveUsers(t, entries), nil
}

// userRows returns the rows of the users that q lists: from memory, if the same page
// was listed before.
func userRows(t *tx, realm scope, q core.UserQuery) ([]int64, error) {
	if q.After != nil && q.After.Realm != q.Realm {
		q.After = nil
	}
	w := narrow(&q)
	k, ok := pageOf(realm, q, w)
	if !ok {
		return readRows(t, realm, q, w)
	}
	e, err := realmAt(t, realm)
	if err != nil {
		return nil, err
	}
	if rows, ok := e.pages.get(k); ok {
		return rows, nil
	}
	rows, err := readRows(t, realm, q, w)
	if err == nil {
		e.pages.put(k, rows)
	}
	return rows, err
}

func readRows(t *tx, realm scope, q core.UserQuery, w window) ([]int64, error) {
	q, err := passBlocks(t, realm, q)
	if err != nil {
		return nil, err
	}
	b := selecting("id", "users")
	if err := userPage(t, b, realm, q, w); err != nil {
		return nil, err
	}
	b.limit(q.Limit, q.Offset)
	return t.numbers(b)
}

// usersAt returns the users with the row numbers, in their order.
func usersAt(t *tx, realm core.Realm, rows []int64) ([]*core.User, error) {
	if len(rows) == 0 {
		return nil, nil
	}
	entries, err := t.all(usersTable, kindKey{realm: realm}, rows)
	if err != nil {
		return nil, err
	}
	return giveUsers(t, entries), nil
}

func giveUsers(t *tx, entries []cache.Value) []*core.User {
	t.listed = entries
	list := make([]*core.User, len(entries))
	for i, e := range entries {
		list[i] = given(t, e.(*userEntry).user)
	}
	return list
}

// CountUsers counts what ListUsers would list without Limit, Offset and After.
func (t *tx) CountUsers(q core.UserQuery) (n int, err error) {
	realm, err := t.realm(q.Realm)
	if err != nil || realm == 0 {
		return 0, err
	}
	if wholeRealm(q) {
		return countRealm(t, realm, q.Deleted)
	}
	if ids, ok, err := idsByTrigram(t, realm, q); ok || err != nil {
		return len(ids), err
	}
	if needsGoMatch(q.Search) {
		q.After, q.Limit, q.Offset = nil, 0, 0
		found, err := matchRows(t, realm, q, "users", allUsers)
		return len(found), err
	}
	b := selecting("count(*)", "users")
	q.After = nil
	w := narrow(&q)
	if err := userConditions(t, b, realm, q); err != nil {
		return 0, err
	}
	w.add(b)
	_, err = t.row(b.text.String(), b.args, func(r Row) { n = int(r.Int(0)) })
	return n, err
}

// wholeRealm reports whether only Deleted narrows the query.
func wholeRealm(q core.UserQuery) bool {
	return q.IDs == nil && q.AfterID == 0 && q.BeforeID == 0 && q.UsernamePrefix == "" &&
		q.UpdatedFrom.IsZero() && q.UpdatedBefore.IsZero() && len(q.Search.Terms) == 0 && q.Member == 0 && q.HandleKind == "" && !byState(q)
}

// byState reports whether users are kept by whether they may act.
func byState(q core.UserQuery) bool { return q.Disabled || !q.ExpiredBy.IsZero() }

func countRealm(t *tx, realm scope, deleted bool) (int, error) {
	e, err := realmAt(t, realm)
	if deleted {
		return int(e.users), err
	}
	return int(e.users - e.deleted), err
}

// userPage adds all parts of a narrowed query but a search in Go, Limit and Offset.
func userPage(t *tx, b *builder, realm scope, q core.UserQuery, w window) error {
	if err := userConditions(t, b, realm, q); err != nil {
		return err
	}
	w.add(b)
	if q.After != nil {
		afterUser(b, realm, q)
	}
	b.then(userOrder(q.Order, q.Desc))
	return nil
}

// userConditions adds all conditions of q but After and a search in Go.
func userConditions(t *tx, b *builder, realm scope, q core.UserQuery) error {
	if indexed(q.Order) || q.UsernamePrefix != "" || !q.UpdatedFrom.IsZero() || !q.UpdatedBefore.IsZero() || byState(q) {
		b.and("realm = ?", int64(realm))
	}
	if !indexed(q.Order) || q.AfterID != 0 || q.BeforeID != 0 {
		b.ranged(realm, q.AfterID, q.BeforeID)
	}
	updatedWithin(b, q)
	if q.IDs != nil {
		b.in("id", realm.rows(q.IDs))
	}
	if !q.Deleted {
		b.and("deleted_at is null")
	}
	if q.Disabled {
		b.and("enabled = 0")
	}
	if !q.ExpiredBy.IsZero() {
		b.and("enabled = 1 and enabled_until <= ?", micros(q.ExpiredBy))
	}
	if !needsGoMatch(q.Search) {
		searchedFor(t, b, realm, q.Search)
	}
	if q.HandleKind != "" {
		b.and("id in (select holder from handles where realm = ? and kind = ?)", int64(realm), q.HandleKind)
	}
	if q.Member != 0 {
		return t.members(b, q)
	}
	return nil
}

func updatedWithin(b *builder, q core.UserQuery) {
	if !q.UpdatedFrom.IsZero() {
		b.and(updatedKey+" >= ?", micros(q.UpdatedFrom))
	}
	if !q.UpdatedBefore.IsZero() {
		b.and(updatedKey+" < ?", micros(q.UpdatedBefore))
	}
	if !q.UpdatedFrom.IsZero() && q.UpdatedBefore.IsZero() {
		b.and(updatedKey+" < ?", orLast(time.Time{}))
	}
}

// indexed reports whether an index of the realm has this order.
func indexed(o core.Order) bool {
	return o != core.OrderID && o != core.OrderName
}

func (t *tx) members(b *builder, q core.UserQuery) error {
	kind, err := t.kind(q.Realm, q.MemberKind)
	if kind == 0 || err != nil || !valid(q.Member) {
		b.and("0 = 1")
		return err
	}
	b.and("id in (select member from memberships where grouping = ?)", kind.row(q.Member))
	return nil
}

// searchKeys are the folded columns of the fields that can be searched.
var searchKeys = map[core.Field]string{
	core.FieldUsername: "username_key",
	core.FieldEmail:    "case when email = '' then '' else email_key end",
	core.FieldUID:      "coalesce(uid_key, uid)",
	core.FieldName:     "coalesce(name_key, '')",
}

// searchedFor adds a search of fields: any term in any of them, or one of OrIDs.
func searchedFor(t *tx, b *builder, realm scope, s core.Search) {
	if len(s.Terms) == 0 {
		return
	}
	var found []string
	var args []any
	for _, f := range s.Fields {
		for _, term := range s.Terms {
			if key := searchKeys[f]; key != "" && storable(term) {
				found = append(found, t.db.engine.Find()+"("+key+", ?) > 0")
				args = append(args, term)
			}
		}
	}
	b.and("(" + strings.Join(append(found, "0 = 1"), " or "))
	b.then("", args...)
	if len(s.OrIDs) > 0 {
		b.word = " or "
		b.in("id", realm.rows(s.OrIDs))
	}
	b.then(")")
	b.word = " and "
}
