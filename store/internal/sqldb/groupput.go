package sqldb

import (
	"github.com/dragoman-gateway/dragoman/core"
)

// PutGroup inserts g, or replaces the stored one.
func (t *tx) PutGroup(g *core.Group) error {
	if err := t.writable(); err != nil {
		return err
	}
	if err := checkTexts(checked{core.FieldUID, g.UID}, checked{core.FieldKey, g.Key}, checked{core.FieldName, g.Name}); err != nil {
		return err
	}
	old := &core.Group{}
	if g.ID != 0 {
		e, err := t.group(core.GroupRef{Realm: g.Realm, Kind: g.Kind, ID: g.ID})
		if err != nil {
			return err
		}
		old = e.group
	}
	if err := checkGroupTaken(t, g, old); err != nil {
		return err
	}
	kind, err := makeKind(t, g.Realm, g.Kind)
	if err != nil {
		return err
	}
	if g.ID == 0 {
		err = insertGroup(t, kind, g, 0)
	} else {
		err = updateGroup(t, kind, g)
	}
	if err == nil {
		t.change.set(groupKey(kind.row(g.ID)), &groupEntry{kind.row(g.ID), g.Clone()})
	}
	return err
}

// checkGroupTaken looks for other groups with a name that g has and old has not.
func checkGroupTaken(t *tx, g, old *core.Group) error {
	var faults []core.Fault
	look := func(f core.Field, ref core.GroupRef) error {
		other, err := t.group(ref)
		if err == nil && other.group.ID != g.ID {
			faults = append(faults, taken(f, ""))
		}
		if missing(err) {
			return nil
		}
		return err
	}
	if g.UID != old.UID || g.ID == 0 {
		if err := look(core.FieldUID, core.GroupRef{Realm: g.Realm, Kind: g.Kind, UID: g.UID}); err != nil {
			return err
		}
	}
	if g.Key != old.Key {
		if err := look(core.FieldKey, core.GroupRef{Realm: g.Realm, Kind: g.Kind, Key: g.Key}); err != nil {
			return err
		}
	}
	if len(faults) > 0 {
		return conflict(faults...)
	}
	return nil
}

// insertGroup stores g under the number, or under the next one if that is 0.
func insertGroup(t *tx, kind scope, g *core.Group, number int64) error {
	realm, err := t.realm(g.Realm)
	if err != nil {
		return err
	}
	next, err := newID(t, realm, "group:"+g.Kind, number)
	if err != nil {
		return err
	}
	c := t.db.secrets.sealGroup(g, kind.row(next))
	err = t.exec(`insert into groups (id, scope, parent, created_at, updated_at, uid, key, name, body, secrets)
		values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, kind.row(next), int64(kind), g.Parent,
		micros(g.CreatedAt), micros(g.UpdatedAt), g.UID, optional(g.Key), g.Name, c.body, c.secrets)
	if err == nil {
		g.ID = next
	}
	return err
}

func updateGroup(t *tx, kind scope, g *core.Group) error {
	c := t.db.secrets.sealGroup(g, kind.row(g.ID))
	return t.exec(`update groups set parent = ?, created_at = ?, updated_at = ?, uid = ?, key = ?, name = ?, body = ?, secrets = ?
		where id = ?`, g.Parent, micros(g.CreatedAt), micros(g.UpdatedAt),
		g.UID, optional(g.Key), g.Name, c.body, c.secrets, kind.row(g.ID))
}

// DropGroup removes the group and its memberships.
func (t *tx) DropGroup(realm core.Realm, kind string, id int64) error {
	if err := t.writable(); err != nil {
		return err
	}
	e, err := t.group(core.GroupRef{Realm: realm, Kind: kind, ID: id})
	if err != nil {
		return err
	}
	if id == 0 {
		return notFound()
	}
	b := selecting("member", "memberships")
	b.and("grouping = ?", e.row)
	members, err := t.numbers(b)
	if err != nil {
		return err
	}
	if err := t.exec("delete from groups where id = ?", e.row); err != nil {
		return err
	}
	for _, row := range members {
		forgetMembers(t, row)
	}
	t.change.set(groupKey(e.row), nil)
	return nil
}
