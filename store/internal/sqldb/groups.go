package sqldb

import (
	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/store/internal/cache"
)

const groupColumns = "id, parent, created_at, updated_at, uid, key, name, body, secrets"

var groupsTable = &table{tableGroups, "groups", groupColumns, func(s *secrets, r Row, k kindKey) (cache.Value, error) {
	g, err := scanGroup(s, r, k)
	return &groupEntry{row: r.Int(0), group: g}, err
}}

func scanGroup(s *secrets, r Row, k kindKey) (*core.Group, error) {
	g := &core.Group{
		Realm: k.realm, Kind: k.kind,
		ID: id(r.Int(0)), Parent: r.Int(1), CreatedAt: timeAt(r, 2), UpdatedAt: timeAt(r, 3),
		UID: r.Text(4), Key: r.Text(5), Name: r.Text(6), Body: document(r, 7),
	}
	return g, s.openGroup(g, r, 8)
}

// document reads a body; NULL is none.
func document(r Row, i int) *core.Document {
	if r.Null(i) {
		return nil
	}
	return core.NewDocument(r.Bytes(i))
}

// body stores a document; none is NULL.
func body(d *core.Document) any {
	text := d.Text()
	if d == nil {
		return nil
	}
	if text == nil {
		return []byte{}
	}
	return text
}

// optional stores "" as NULL.
func optional(s string) any {
	if s == "" {
		return nil
	}
	return s
}

// GetGroup finds one group.
func (t *tx) GetGroup(ref core.GroupRef) (*core.Group, error) {
	e, err := t.group(ref)
	if err != nil {
		return nil, err
	}
	return given(t, e.group), nil
}

func (t *tx) group(ref core.GroupRef) (*groupEntry, error) {
	if t.over {
		return nil, errOver
	}
	kind, err := t.kind(ref.Realm, ref.Kind)
	if err != nil {
		return nil, err
	}
	if kind == 0 || !storable(ref.UID) || !storable(ref.Key) {
		return nil, notFound()
	}
	var v cache.Value
	k := kindKey{ref.Realm, ref.Kind}
	switch {
	case ref.ID != 0:
		v, err = t.groupAt(k, kind, ref.ID)
	case ref.UID != "":
		v, err = groupNamed(t, k, cache.Alias{Table: tableGroups, Scope: int64(kind), Kind: aliasUID, Value: ref.UID}, "scope = ? and uid = ?")
	case ref.Key != "":
		v, err = groupNamed(t, k, cache.Alias{Table: tableGroups, Scope: int64(kind), Kind: aliasKey, Value: ref.Key}, "scope = ? and key = ?")
	default:
		return nil, notFound()
	}
	if err != nil {
		return nil, err
	}
	return v.(*groupEntry), nil
}

func (t *tx) groupAt(k kindKey, kind scope, id int64) (cache.Value, error) {
	if !valid(id) {
		return nil, notFound()
	}
	return t.at(groupsTable, k, kind.row(id))
}

func groupNamed(t *tx, k kindKey, a cache.Alias, where string) (cache.Value, error) {
	if e, ok := t.alias(a).(*groupEntry); ok {
		if a.Kind == aliasUID && e.group.UID == a.Value || a.Kind == aliasKey && e.group.Key == a.Value {
			return e, nil
		}
	}
	return t.found(groupsTable, k, a, where, a.Scope, a.Value)
}

// ListGroups lists groups; see [core.GroupQuery].
func (t *tx) ListGroups(q core.GroupQuery) ([]*core.Group, error) {
	kind, err := t.kind(q.Realm, q.Kind)
	if err != nil || kind == 0 {
		return nil, err
	}
	k := kindKey{q.Realm, q.Kind}
	var entries []cache.Value
	if q.IDs != nil && !q.ByName && q.Parent == 0 && q.AfterID == 0 && q.BeforeID == 0 && q.Limit == 0 && q.Offset == 0 {
		entries, err = existing(t, groupsTable, k, kind.rows(q.IDs), q.Desc)
	} else {
		entries, err = selected(t, groupsTable, k, groupQuery(kind, q))
	}
	if err != nil {
		return nil, err
	}
	list := make([]*core.Group, len(entries))
	for i, e := range entries {
		list[i] = given(t, e.(*groupEntry).group)
	}
	return list, nil
}

func groupQuery(kind scope, q core.GroupQuery) *builder {
	b := selecting("id", "groups")
	if q.ByName || q.Parent != 0 {
		b.and("scope = ?", int64(kind))
	}
	if !q.ByName || q.AfterID != 0 || q.BeforeID != 0 {
		b.ranged(kind, q.AfterID, q.BeforeID)
	}
	if q.IDs != nil {
		b.in("id", kind.rows(q.IDs))
	}
	if q.Parent != 0 {
		b.and("parent = ?", q.Parent)
		b.and("parent <> 0")
	}
	b.then(groupOrder(q))
	b.limit(q.Limit, q.Offset)
	return b
}

func groupOrder(q core.GroupQuery) string {
	way := direction(q.Desc)
	if q.ByName {
		return " order by name" + way + ", id" + way
	}
	return " order by id" + way
}
