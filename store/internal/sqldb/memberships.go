package sqldb

import (
	"cmp"
	"slices"
	"strings"

	"github.com/dragoman-gateway/dragoman/core"
)

// Join adds the membership, unless the user has it already.
func (t *tx) Join(m *core.Membership) error {
	if err := t.writable(); err != nil {
		return err
	}
	kind, member, grouping, err := t.ends(*m)
	if err != nil {
		return err
	}
	found, err := t.row("select id from memberships where member = ? and grouping = ?",
		[]any{member, grouping}, func(r Row) { m.ID = id(r.Int(0)) })
	if found || err != nil {
		return err
	}
	if err := t.exist(m); err != nil {
		return err
	}
	realm, err := t.realm(m.Realm)
	if err != nil {
		return err
	}
	next, err := t.nextID(realm, "membership:"+m.Kind)
	if err != nil {
		return err
	}
	m.ID = next
	return t.exec("insert into memberships (id, member, grouping) values (?, ?, ?)", kind.row(next), member, grouping)
}

// ends returns the rows that a membership ties together.
func (t *tx) ends(m core.Membership) (kind scope, member, grouping int64, err error) {
	realm, err := t.realm(m.Realm)
	if err != nil {
		return 0, 0, 0, err
	}
	kind, err = t.kind(m.Realm, m.Kind)
	if err == nil && (kind == 0 || realm == 0 || !valid(m.User) || !valid(m.Group)) {
		err = notFound()
	}
	return kind, realm.row(m.User), kind.row(m.Group), err
}

// exist tells whether both ends of a membership are there.
func (t *tx) exist(m *core.Membership) error {
	if _, err := t.GetUser(core.ByID(m.Realm, m.User)); err != nil {
		return err
	}
	_, err := t.GetGroup(core.GroupRef{Realm: m.Realm, Kind: m.Kind, ID: m.Group})
	return err
}

// Leave removes the membership, if there is one.
func (t *tx) Leave(m core.Membership) error {
	if err := t.writable(); err != nil {
		return err
	}
	_, member, grouping, err := t.ends(m)
	if core.KindOf(err) == core.NotFound && err != nil {
		return nil
	}
	if err != nil {
		return err
	}
	return t.exec("delete from memberships where member = ? and grouping = ?", member, grouping)
}

// ListMemberships lists memberships; see [core.MembershipQuery].
func (t *tx) ListMemberships(q core.MembershipQuery) ([]core.Membership, error) {
	b := selecting("id, member, grouping", "memberships")
	if ok, err := t.membershipConditions(b, q); !ok || err != nil {
		return nil, err
	}
	if q.Kind == "" {
		return t.anyKind(b, q)
	}
	b.then(" order by id" + direction(q.Desc))
	b.limit(q.Limit, 0)
	return t.memberships(b, q.Realm)
}

// membershipConditions adds what q asks for; it tells whether anything can match.
func (t *tx) membershipConditions(b *builder, q core.MembershipQuery) (bool, error) {
	realm, err := t.realm(q.Realm)
	if err != nil || realm == 0 || q.Users == nil && q.Group == 0 {
		return false, err
	}
	if q.Users != nil {
		b.in("member", realm.rows(q.Users))
	}
	if q.Kind == "" {
		return q.Group == 0, nil
	}
	kind, err := t.kind(q.Realm, q.Kind)
	if err != nil || kind == 0 {
		return false, err
	}
	b.ranged(kind, q.AfterID, q.BeforeID)
	if q.Group != 0 {
		b.and("grouping = ?", kind.row(q.Group))
	}
	return q.Group == 0 || valid(q.Group), nil
}

// anyKind lists memberships of all kinds: their numbers interleave, as no index
// does, so that the few that people have are sorted here.
func (t *tx) anyKind(b *builder, q core.MembershipQuery) ([]core.Membership, error) {
	all, err := t.memberships(b, q.Realm)
	all = slices.DeleteFunc(all, func(m core.Membership) bool {
		return m.ID <= q.AfterID || q.BeforeID != 0 && m.ID >= q.BeforeID
	})
	sortMemberships(all, q.Desc)
	if q.Limit > 0 && len(all) > q.Limit {
		all = all[:q.Limit]
	}
	return all, err
}

func sortMemberships(ms []core.Membership, desc bool) {
	slices.SortFunc(ms, func(a, b core.Membership) int {
		if desc {
			a, b = b, a
		}
		return cmp.Or(cmp.Compare(a.ID, b.ID), strings.Compare(a.Kind, b.Kind))
	})
}

func (t *tx) memberships(b *builder, realm core.Realm) (list []core.Membership, err error) {
	err = t.query(b.text.String(), b.args, func(r Row) error {
		list = append(list, core.Membership{
			ID: r.Int(0), Realm: realm, User: id(r.Int(1)), Group: id(r.Int(2)),
		})
		return nil
	})
	for i := range list {
		m := &list[i]
		kind, kindErr := t.kindName(scopeOf(m.ID))
		if kindErr != nil {
			return nil, kindErr
		}
		m.ID, m.Kind = id(m.ID), kind
	}
	return list, err
}

// kindName returns the kind that has the number.
func (t *tx) kindName(s scope) (name string, err error) {
	if k, ok := t.db.names.kind(s); ok {
		return k.kind, nil
	}
	_, err = t.row("select kind from kinds where no = ?", []any{int64(s)}, func(r Row) { name = r.Text(0) })
	return name, err
}
