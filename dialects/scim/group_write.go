package scim

import (
	"errors"
	"net/http"
	"strings"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/scim/internal/schema"
)

// readGroup reads a whole group, as POST and PUT send it.
func readGroup(c *call) (r schema.Resource, p schema.Projection, err error) {
	if p, err = c.projection(c.types.groups); err != nil {
		return nil, p, err
	}
	body, err := c.readObject()
	if err != nil {
		return nil, p, err
	}
	if r, err = c.types.groups.Read(body); err == nil && r[attrDisplayName].Text() == "" {
		err = bad(schema.InvalidValue, `The attribute "displayName" is required.`)
	}
	return r, p, err
}

// memberIDs are the ids of a representation's members.
func memberIDs(r schema.Resource) (ids []string) {
	for _, item := range r[attrMembers].Items() {
		ids = append(ids, schema.ValueOf(item))
	}
	return ids
}

func createGroup(c *call) (*reply, error) {
	want, p, err := readGroup(c)
	if err != nil {
		return nil, err
	}
	var shown schema.Resource
	err = c.update(func(tx *core.Tx) error {
		g := &core.Group{Realm: c.realm(), Kind: kindGroup}
		edit := editMembers(c, tx, g)
		for _, id := range memberIDs(want) {
			if err := edit.set(id, true); err != nil { // unknown ones make an empty group
				return err
			}
		}
		if err := saveGroup(c, tx, g, want, edit); err != nil {
			return err
		}
		shown, err = c.loadGroup(tx, g, p.Shows(attrMembers))
		return err
	})
	if err != nil {
		return nil, err
	}
	return c.resourceReply(http.StatusCreated, c.types.groups, shown, p), nil
}

// saveGroup stores the name, the connection's externalId and the members that the
// group should have. A write that changes nothing does not count.
func saveGroup(c *call, tx *core.Tx, g *core.Group, want schema.Resource, edit *memberEdit) error {
	stored, err := bodyOf(g)
	if err != nil {
		return err
	}
	b := *stored
	had, _ := b.external.Get(c.token.Name)
	id := want[schema.ExternalID].Text()
	name := want[attrDisplayName].Text()
	changed := g.ID == 0 || g.Name != name || had.Text() != id
	if g.ID == 0 { // a membership needs the group's number
		g.Name, g.Key, g.Body = name, core.Fold(name), b.document()
		if err := tx.SaveGroup(g); err != nil {
			return err
		}
	}
	moved, err := edit.store()
	if err != nil || !moved && !changed {
		return err
	}
	b.version++
	b.external = withExternalID(b.external, c.token.Name, id)
	g.Name, g.Key, g.Body = name, core.Fold(name), b.document()
	if err := tx.SaveGroup(g); err != nil {
		return err
	}
	return indexGroup(tx, g, c.token.Name, had.Text(), id)
}

// kindGroupExternalID finds groups as kindExternalID finds users. A group cannot own
// a record, so its records are removed with it.
const kindGroupExternalID = "scim.group_external_id"

func groupExternalIDKey(connection, id string) lookupKey {
	return newLookupKey(kindGroupExternalID, connection, id)
}

// groupIndex is the record that finds the group by the connection's externalId.
func groupIndex(g *core.Group, connection, id string) *core.Record {
	k := groupExternalIDKey(connection, id)
	return &core.Record{Realm: g.Realm, Kind: k.kind, Key: k.key(g.UID)}
}

func indexGroup(tx *core.Tx, g *core.Group, connection, before, now string) error {
	if before == now {
		return nil
	}
	if before != "" {
		old := groupIndex(g, connection, before)
		r, err := tx.Record(core.RecordRef{Realm: old.Realm, Kind: old.Kind, Key: old.Key})
		if err == nil {
			err = tx.RemoveRecord(r)
		}
		if err != nil && !errors.Is(err, core.ErrNotFound) {
			return err
		}
	}
	if now == "" {
		return nil
	}
	return tx.SaveRecord(groupIndex(g, connection, now))
}

// changeGroup stores what to makes of the path's group.
func changeGroup(c *call, members bool, to func(old schema.Resource, edit *memberEdit) (schema.Resource, error)) (shown schema.Resource, err error) {
	err = c.update(func(tx *core.Tx) error {
		g, err := c.pathGroupToWrite(tx)
		if err != nil {
			return err
		}
		old, err := c.groupResource(g)
		if err != nil {
			return err
		}
		if err := c.checkVersion(versionOf(old)); err != nil {
			return err
		}
		edit := editMembers(c, tx, g)
		want, err := to(old, edit)
		if err != nil {
			return err
		}
		if err := saveGroup(c, tx, g, want, edit); err != nil {
			return err
		}
		shown, err = c.loadGroup(tx, g, members)
		return err
	})
	return shown, err
}

func versionOf(r schema.Resource) string {
	v, _ := r[schema.Meta].Get("version")
	return v.Text()
}

// replaceGroup is PUT: the group has the members that it names, and no others.
func replaceGroup(c *call) (*reply, error) {
	want, p, err := readGroup(c)
	if err != nil {
		return nil, err
	}
	shown, err := changeGroup(c, p.Shows(attrMembers), func(_ schema.Resource, edit *memberEdit) (schema.Resource, error) {
		edit.clear()
		return want, edit.add(memberIDs(want))
	})
	if err != nil {
		return nil, err
	}
	return c.resourceReply(http.StatusOK, c.types.groups, shown, p), nil
}

// patchGroup is PATCH: all of its operations or none. A group can have very many
// members, so it is shown only to a client that asks for it.
func patchGroup(c *call) (*reply, error) {
	p, err := c.projection(c.types.groups)
	if err != nil {
		return nil, err
	}
	changes, err := readChanges(c, c.types.groups)
	if err != nil {
		return nil, err
	}
	shows := p.Narrowed() || strings.Contains(strings.ToLower(c.r.Header.Get("Prefer")), "return=representation")
	shown, err := changeGroup(c, shows && p.Shows(attrMembers), func(old schema.Resource, edit *memberEdit) (schema.Resource, error) {
		group := schema.NewEditor(old)
		for _, change := range changes {
			if change.Target.Attr.Name == attrMembers {
				err = edit.apply(change)
			} else {
				err = group.Apply(change)
			}
			if err != nil {
				return nil, err
			}
		}
		return group.Resource(), nil
	})
	if err != nil {
		return nil, err
	}
	r := c.resourceReply(http.StatusOK, c.types.groups, shown, p)
	if !shows {
		r.status, r.render = http.StatusNoContent, nil
	}
	return r, nil
}

func deleteGroup(c *call) (*reply, error) {
	err := c.update(func(tx *core.Tx) error {
		g, err := c.pathGroupToWrite(tx)
		if err != nil {
			return err
		}
		b, err := bodyOf(g)
		if err != nil {
			return err
		}
		if err := c.checkVersion(version(b.version)); err != nil {
			return err
		}
		for _, m := range b.external.Members() {
			if err := indexGroup(tx, g, m.Name, m.Value.Text(), ""); err != nil {
				return err
			}
		}
		return tx.RemoveGroup(g)
	})
	return &reply{status: http.StatusNoContent}, err
}
