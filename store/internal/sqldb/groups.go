package sqldb

import (
	"github.com/dragoman-gateway/dragoman/core"
)

const groupColumns = "id, parent, created_at, updated_at, uid, key, name, body"

func scanGroup(r Row, k kindKey) *core.Group {
	return &core.Group{
		Realm: k.realm, Kind: k.kind,
		ID: id(r.Int(0)), Parent: r.Int(1), CreatedAt: timeAt(r, 2), UpdatedAt: timeAt(r, 3),
		UID: r.Text(4), Key: r.Text(5), Name: r.Text(6), Body: document(r, 7),
	}
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
	kind, err := t.kind(ref.Realm, ref.Kind)
	if err != nil {
		return nil, err
	}
	where, args := groupWhere(kind, ref)
	if kind == 0 || where == "" {
		return nil, notFound()
	}
	var g *core.Group
	_, err = t.row("select "+groupColumns+" from groups where "+where, args, func(r Row) {
		g = scanGroup(r, kindKey{ref.Realm, ref.Kind})
	})
	if err == nil && g == nil {
		return nil, notFound()
	}
	return g, err
}

// groupWhere is the condition that a reference means; "" if it can find nothing.
func groupWhere(kind scope, ref core.GroupRef) (string, []any) {
	switch {
	case ref.ID != 0 && valid(ref.ID):
		return "id = ?", []any{kind.row(ref.ID)}
	case ref.ID != 0 || !storable(ref.UID) || !storable(ref.Key):
		return "", nil
	case ref.UID != "":
		return "scope = ? and uid = ?", []any{int64(kind), ref.UID}
	case ref.Key != "":
		return "scope = ? and key = ?", []any{int64(kind), ref.Key}
	}
	return "", nil
}

// ListGroups lists groups; see [core.GroupQuery].
func (t *tx) ListGroups(q core.GroupQuery) ([]*core.Group, error) {
	kind, err := t.kind(q.Realm, q.Kind)
	if err != nil || kind == 0 {
		return nil, err
	}
	b := selecting(groupColumns, "groups")
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
	return t.groups(b, kindKey{q.Realm, q.Kind})
}

func groupOrder(q core.GroupQuery) string {
	way := direction(q.Desc)
	if q.ByName {
		return " order by name" + way + ", id" + way
	}
	return " order by id" + way
}

func (t *tx) groups(b *builder, k kindKey) (list []*core.Group, err error) {
	err = t.query(b.text.String(), b.args, func(r Row) error {
		list = append(list, scanGroup(r, k))
		return nil
	})
	return list, err
}

// PutGroup inserts g, or replaces the stored one.
func (t *tx) PutGroup(g *core.Group) error {
	if err := t.writable(); err != nil {
		return err
	}
	if err := checkTexts(checked{core.FieldUID, g.UID}, checked{core.FieldKey, g.Key}, checked{core.FieldName, g.Name}); err != nil {
		return err
	}
	kind, err := t.makeKind(g.Realm, g.Kind)
	if err != nil {
		return err
	}
	if g.ID != 0 {
		if _, err := t.GetGroup(core.GroupRef{Realm: g.Realm, Kind: g.Kind, ID: g.ID}); err != nil {
			return err
		}
	}
	if err := t.checkGroupTaken(kind, g); err != nil {
		return err
	}
	if g.ID == 0 {
		return t.insertGroup(kind, g)
	}
	return t.updateGroup(kind, g)
}

// checkGroupTaken finds the unique names of g that another group of the kind has.
func (t *tx) checkGroupTaken(kind scope, g *core.Group) error {
	var faults []core.Fault
	_, err := t.row("select 1 from groups where scope = ? and uid = ? and id <> ?",
		[]any{int64(kind), g.UID, kind.row(g.ID)}, func(Row) { faults = append(faults, taken(core.FieldUID, "")) })
	if err != nil {
		return err
	}
	if g.Key != "" {
		_, err = t.row("select 1 from groups where scope = ? and key = ? and id <> ?",
			[]any{int64(kind), g.Key, kind.row(g.ID)}, func(Row) { faults = append(faults, taken(core.FieldKey, "")) })
	}
	if err == nil && len(faults) > 0 {
		return conflict(faults...)
	}
	return err
}

func (t *tx) insertGroup(kind scope, g *core.Group) error {
	realm, err := t.realm(g.Realm)
	if err != nil {
		return err
	}
	next, err := t.nextID(realm, "group:"+g.Kind)
	if err != nil {
		return err
	}
	err = t.exec(`insert into groups (id, scope, parent, created_at, updated_at, uid, key, name, body)
		values (?, ?, ?, ?, ?, ?, ?, ?, ?)`, kind.row(next), int64(kind), g.Parent,
		micros(g.CreatedAt), micros(g.UpdatedAt), g.UID, optional(g.Key), g.Name, body(g.Body))
	if err == nil {
		g.ID = next
	}
	return err
}

func (t *tx) updateGroup(kind scope, g *core.Group) error {
	return t.exec(`update groups set parent = ?, created_at = ?, updated_at = ?, uid = ?, key = ?, name = ?, body = ?
		where id = ?`, g.Parent, micros(g.CreatedAt), micros(g.UpdatedAt),
		g.UID, optional(g.Key), g.Name, body(g.Body), kind.row(g.ID))
}

// DropGroup removes the group and its memberships.
func (t *tx) DropGroup(realm core.Realm, kind string, id int64) error {
	return t.drop("groups", realm, kind, id)
}

// drop removes one row; what hangs on it goes with it.
func (t *tx) drop(table string, realm core.Realm, kind string, id int64) error {
	if err := t.writable(); err != nil {
		return err
	}
	no, err := t.kind(realm, kind)
	if err != nil {
		return err
	}
	if no == 0 || !valid(id) {
		return notFound()
	}
	found, err := t.row("delete from "+table+" where id = ? returning id", []any{no.row(id)}, func(Row) {})
	if err == nil && !found {
		return notFound()
	}
	return err
}
