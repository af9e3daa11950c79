package econtext

import (
	"cmp"
	"errors"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

// collection is what applications, groups and organizations differ in. Its
// methods are the handlers that they have in common.
type collection struct {
	kind      string
	one, many string // keys of the result
	readName  func(wire.Value) (string, error)
	// readMembers reads what is kept in the document.
	readMembers func(*call, wire.Value) ([]wire.Member, error)
	// checkUnused returns why a DISABLED one cannot be deleted.
	checkUnused func(*call, *core.Tx, *groupView) error
}

// create stores a new object. A group's application is found in the same transaction.
func (k collection) create(c *call) (reply, error) {
	in, err := c.readObject(false)
	if err != nil {
		return nil, err
	}
	name, err := k.readName(in)
	if err != nil {
		return nil, err
	}
	members, err := k.readMembers(c, in)
	if err != nil {
		return nil, err
	}
	id, err := givenID(in, "id")
	if err != nil {
		return nil, err
	}
	var made *groupView
	err = c.update(func(tx *core.Tx) error {
		g := &core.Group{Realm: c.d.realm, Kind: k.kind, UID: id, Name: name, Body: emptyDocument.with(members...)}
		if err := addGroup(c.d, tx, g, in); err != nil {
			return err
		}
		made, err = c.d.newGroupView(tx, g)
		return err
	})
	return k.reply(made, true), err
}

// addGroup stores a new object, in the application that the request names if it is a group.
func addGroup(d *Dialect, tx *core.Tx, g *core.Group, in wire.Value) error {
	if g.Kind == kindGroup {
		app, err := d.listedGroup(tx, kindApplication, idOf(member(in, "application")))
		if errors.Is(err, core.ErrNotFound) {
			return crash("Application " + textOf(member(in, "application")) + " not found")
		}
		if err != nil {
			return err
		}
		g.Parent = app.ID
	}
	g.Key = keyOf(g)
	// The store finds a taken id first, the vendor's server a taken name.
	if _, err := tx.Group(core.GroupRef{Realm: g.Realm, Kind: g.Kind, Key: g.Key}); !errors.Is(err, core.ErrNotFound) {
		return cmp.Or(err, error(d.taken(g.Kind, core.FieldKey)))
	}
	return tx.SaveGroup(g)
}

// update changes what the request names; a null body changes nothing.
func (k collection) update(c *call) (reply, error) {
	in, err := c.readObject(true)
	if err != nil {
		return nil, err
	}
	var g *groupView
	err = c.update(func(tx *core.Tx) error {
		if g, err = c.pathGroupView(tx, k.kind); err != nil || in.IsNull() {
			return err
		}
		if in.Has("name") {
			if g.Name, err = k.readName(in); err != nil {
				return err
			}
			g.Key = keyOf(g.Group)
		}
		members, err := k.readMembers(c, in)
		if err != nil {
			return err
		}
		g.Body = g.doc.with(members...)
		if err := tx.SaveGroup(g.Group); err != nil {
			return err
		}
		g.doc, err = documentOf(g.Body)
		return err
	})
	return k.reply(g, !c.d.v2), err
}

// remove needs the status DISABLED first.
func (k collection) remove(c *call) (reply, error) {
	if k.kind == kindApplication && c.param("appid") == c.d.cfg.ApplicationID {
		return nil, invalid("appid", textSystemApplication)
	}
	err := c.update(func(tx *core.Tx) error {
		g, err := c.pathGroupView(tx, k.kind)
		if err != nil {
			return err
		}
		if g.doc.status != statusDisabled {
			return mustBeDisabled(k.kind)
		}
		if err := k.checkUnused(c, tx, g); err != nil {
			return err
		}
		return tx.RemoveGroup(g.Group)
	})
	return flagReply("deleted"), err
}

// keyOf is what keeps names apart: those of groups within their application.
func keyOf(g *core.Group) string {
	if g.Kind == kindGroup {
		return groupKey(g.Parent, g.Name)
	}
	return g.Name
}

// readCommonMembers reads the members that all three have, each only if the request names it.
func readCommonMembers(c *call, in wire.Value) (members []wire.Member, err error) {
	description, err := textField(in, memberDescription)
	if err != nil {
		return nil, err
	}
	if description.Present() {
		members = append(members, wire.Member{Name: memberDescription, Value: orNull(description)})
	}
	status, err := statusField(in)
	if err != nil {
		return nil, err
	}
	if status != "" {
		members = append(members, wire.Member{Name: memberStatus, Value: wire.String(status)})
	}
	if custom, ok := c.d.customData(in); ok {
		members = append(members, wire.Member{Name: memberCustomData, Value: custom})
	}
	return members, nil
}

// checkWithoutUsers refuses the deletion of what living users belong to.
func checkWithoutUsers(tx *core.Tx, g *groupView, word string) error {
	some, err := tx.Users(core.UserQuery{Realm: g.Realm, Member: g.ID, MemberKind: g.Kind, Limit: 1})
	if err == nil && len(some) > 0 {
		return usersLeft(word)
	}
	return err
}
