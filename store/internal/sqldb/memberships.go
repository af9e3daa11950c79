package sqldb

import (
	"cmp"
	"slices"
	"strings"

	"github.com/dragoman-gateway/dragoman/core"
)

// ListMemberships lists memberships; see [core.MembershipQuery].
func (t *tx) ListMemberships(q core.MembershipQuery) ([]core.Membership, error) {
	if t.over {
		return nil, errOver
	}
	realm, err := t.realm(q.Realm)
	switch {
	case err != nil || realm == 0:
		return nil, err
	case q.Users != nil:
		return membershipsOf(t, realm, q)
	case q.Group == 0 && q.Groups == nil || q.Kind == "":
		return nil, nil
	}
	kind, err := t.kind(q.Realm, q.Kind)
	if err != nil || kind == 0 || q.Groups == nil && !valid(q.Group) {
		return nil, err
	}
	b := selecting(membershipColumns, "memberships")
	if q.Groups == nil {
		b.and("grouping = ?", kind.row(q.Group))
	} else {
		b.in("grouping", kind.rows(q.Groups))
	}
	b.ranged(kind, q.AfterID, q.BeforeID)
	b.then(" order by id" + direction(q.Desc))
	b.limit(q.Limit, 0)
	return t.memberships(b, q.Realm)
}

const membershipColumns = "id, member, grouping"

func (t *tx) memberships(b *builder, realm core.Realm) (list []core.Membership, err error) {
	err = t.query(b.text.String(), b.args, func(r Row) error {
		list = append(list, core.Membership{ID: r.Int(0), Realm: realm, User: id(r.Int(1)), Group: id(r.Int(2))})
		return nil
	})
	for i := range list {
		m := &list[i]
		kind, kindErr := kindName(t, scopeOf(m.ID))
		if kindErr != nil {
			return nil, kindErr
		}
		m.ID, m.Kind = id(m.ID), kind
	}
	return list, err
}

// membershipsOf lists those of some users: from memory, and the rest by one statement,
// which are then kept in memory.
func membershipsOf(t *tx, realm scope, q core.MembershipQuery) ([]core.Membership, error) {
	rows := realm.rows(q.Users)
	if all, ok := membersListed(t, rows, q); ok {
		sortMemberships(all, q.Desc)
		return firstOf(all, q.Limit), nil
	}
	slices.Sort(rows)
	var all []core.Membership
	var missing []int64
	for _, row := range slices.Compact(rows) {
		if members, known := knownMembers(t, row); known {
			all = appendMatching(all, members, q)
		} else {
			missing = append(missing, row)
		}
	}
	read, err := readMembers(t, q.Realm, missing)
	if err != nil {
		return nil, err
	}
	all = appendMatching(all, read, q)
	if len(rows) > 1 || q.Desc {
		sortMemberships(all, q.Desc)
	}
	return firstOf(all, q.Limit), nil
}

// membersListed returns the memberships of exactly the users that the view listed
// last, if they were known then. In an update they may have changed.
func membersListed(t *tx, rows []int64, q core.MembershipQuery) (all []core.Membership, ok bool) {
	if t.change != nil || len(rows) == 0 || len(rows) != len(t.listed) {
		return nil, false
	}
	for i, v := range t.listed {
		e := v.(*userEntry)
		if e.row != rows[i] || !e.known {
			return nil, false
		}
		all = appendMatching(all, e.members, q)
	}
	return all, true
}

func firstOf[T any](list []T, limit int) []T {
	if limit > 0 && len(list) > limit {
		return list[:limit]
	}
	return list
}

func appendMatching(all, some []core.Membership, q core.MembershipQuery) []core.Membership {
	for _, m := range some {
		if (q.Kind == "" || m.Kind == q.Kind) && (q.Group == 0 || m.Group == q.Group) &&
			m.ID > q.AfterID && (q.BeforeID == 0 || m.ID < q.BeforeID) {
			all = append(all, m)
		}
	}
	return all
}

func sortMemberships(ms []core.Membership, desc bool) {
	slices.SortFunc(ms, func(a, b core.Membership) int {
		if desc {
			a, b = b, a
		}
		return cmp.Or(cmp.Compare(a.ID, b.ID), strings.Compare(a.Kind, b.Kind))
	})
}

// inMemory returns the user with the row number if it is in memory, else nil.
func (t *tx) inMemory(row int64) *userEntry {
	v, _ := t.source.get(userKey(row))
	e, _ := v.(*userEntry)
	return e
}

// knownMembers returns the user's memberships, if they are in memory.
func knownMembers(t *tx, row int64) (members []core.Membership, known bool) {
	if members, known = joined(t, row); known {
		return members, true
	}
	e := t.inMemory(row)
	if e == nil || !e.known {
		return nil, false
	}
	return e.members, true
}

// readMembers reads all memberships of the users with the row numbers.
func readMembers(t *tx, realm core.Realm, rows []int64) ([]core.Membership, error) {
	if len(rows) == 0 {
		return nil, nil
	}
	b := selecting(membershipColumns, "memberships")
	b.in("member", rows)
	all, err := t.memberships(b, realm)
	if err != nil {
		return nil, err
	}
	sortMemberships(all, false)
	by := make(map[int64][]core.Membership, len(rows))
	for _, m := range all {
		by[m.User] = append(by[m.User], m)
	}
	for _, row := range rows {
		if e := t.inMemory(row); e != nil {
			t.source.keep(userKey(row), e.with(by[id(row)]))
		}
	}
	return all, nil
}

// membersOf returns all memberships of a user.
func membersOf(t *tx, e *userEntry) ([]core.Membership, error) {
	if e.known {
		return e.members, nil
	}
	return readMembers(t, e.user.Realm, []int64{e.row})
}

// forgetMembers records that memberships of the user with the row number are gone.
func forgetMembers(t *tx, row int64) {
	e := t.inMemory(row)
	if e == nil {
		t.change.set(userKey(row), unknown{})
		return
	}
	without := *e
	without.members, without.known = nil, false
	t.change.set(userKey(row), &without)
}

// Join adds the membership, unless the user has it already.
func (t *tx) Join(m *core.Membership) error {
	if err := t.writable(); err != nil {
		return err
	}
	e, g, err := ends(t, *m)
	if err != nil {
		return err
	}
	if at := membershipAt(e.members, *m); at >= 0 {
		m.ID = e.members[at].ID
		return nil
	}
	m.ID, err = t.nextID(scopeOf(e.row), "membership:"+m.Kind)
	if err != nil {
		return err
	}
	return addMembership(t, *m, e, g)
}

// member is a user whose memberships change. Of one that was prepared, the user is
// not read.
type member struct {
	row     int64
	entry   *userEntry // nil if not read
	members []core.Membership
}

// addMembership adds m, with its number, to the user's memberships.
func addMembership(t *tx, m core.Membership, e member, g *groupEntry) error {
	row := scopeOf(g.row).row(m.ID)
	if err := t.exec("insert into memberships (id, member, grouping) values (?, ?, ?)", row, e.row, g.row); err != nil {
		return err
	}
	if t.change.prepared != nil {
		delete(t.change.prepared.members, row)
	}
	setMembers(t, e, append(slices.Clip(e.members), m))
	return nil
}

// setMembers records a user's memberships.
func setMembers(t *tx, e member, members []core.Membership) {
	sortMemberships(members, false)
	if e.entry != nil {
		t.change.set(userKey(e.row), e.entry.with(members))
		return
	}
	t.change.set(userKey(e.row), unknown{})
	t.change.prepared.joined[e.row] = members
}

// ends returns the user, with all memberships, and the group of a membership.
func ends(t *tx, m core.Membership) (e member, g *groupEntry, err error) {
	if m.User == 0 || m.Group == 0 {
		return e, nil, notFound()
	}
	if e, err = memberOf(t, m); err != nil {
		return e, nil, err
	}
	g, err = t.group(core.GroupRef{Realm: m.Realm, Kind: m.Kind, ID: m.Group})
	return e, g, err
}

func memberOf(t *tx, m core.Membership) (e member, err error) {
	if realm := t.number(kindKey{realm: m.Realm}); realm != 0 && valid(m.User) {
		e.row = realm.row(m.User)
		known := false
		if e.members, known = joined(t, e.row); known {
			return e, nil
		}
	}
	if e.entry, err = t.user(core.ByID(m.Realm, m.User)); err != nil {
		return e, err
	}
	e.row = e.entry.row
	e.members, err = membersOf(t, e.entry)
	return e, err
}

func membershipAt(members []core.Membership, m core.Membership) int {
	return slices.IndexFunc(members, func(o core.Membership) bool { return o.Kind == m.Kind && o.Group == m.Group })
}

// Leave removes the membership, if there is one.
func (t *tx) Leave(m core.Membership) error {
	if err := t.writable(); err != nil {
		return err
	}
	e, g, err := ends(t, m)
	if missing(err) {
		return nil
	}
	if err != nil {
		return err
	}
	at := membershipAt(e.members, m)
	if at < 0 {
		return nil
	}
	if err := t.exec("delete from memberships where member = ? and grouping = ?", e.row, g.row); err != nil {
		return err
	}
	setMembers(t, e, slices.Delete(slices.Clone(e.members), at, at+1))
	return nil
}
