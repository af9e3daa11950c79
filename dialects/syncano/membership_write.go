package syncano

import (
	"errors"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
	"github.com/dragoman-gateway/dragoman/dialects/syncano/internal/schema"
)

// readMember reads the one field of a membership.
func readMember(c *call, field string) (int64, error) {
	in, err := c.bodyObject()
	if err != nil {
		return 0, err
	}
	v, ok := in.Get(field)
	switch {
	case !ok:
		return 0, fieldError(field, msgRequired)
	case v.IsNull() || isBlank(v):
		return 0, fieldError(field, msgNull)
	case v.Kind() == wire.KindBool:
		return 0, fieldError(field, schema.MsgNotPK("bool"))
	}
	id, fault := schema.ReadPK(v)
	if fault != "" {
		return 0, fieldError(field, fault)
	}
	return id, nil
}

func addUserGroup(c *call) (reply, error) {
	id, err := readMember(c, "group")
	if err != nil {
		return reply{}, err
	}
	var g *core.Group
	err = c.update(func(tx *core.Tx) error {
		g, err = tx.Group(core.GroupRef{Realm: c.instance.Realm, Kind: groupKind, ID: id})
		if errors.Is(err, core.ErrNotFound) {
			return fieldError("group", noSuchPK(decimal(id)))
		}
		if err != nil {
			return err
		}
		return join(tx, c.user, g)
	})
	if err != nil {
		return reply{}, err
	}
	return created(func(e *encoder) { e.userGroup(c.user.ID, g) })
}

func addGroupUser(c *call) (reply, error) {
	id, err := readMember(c, "user")
	if err != nil {
		return reply{}, err
	}
	var view *userView
	err = c.update(func(tx *core.Tx) error {
		u, err := tx.User(core.ByID(c.instance.Realm, id))
		if errors.Is(err, core.ErrNotFound) {
			return fieldError("user", noSuchPK(decimal(id)))
		}
		if err != nil {
			return err
		}
		if err := join(tx, u, c.group); err != nil {
			return err
		}
		view, err = loadUserView(c, tx, u)
		return err
	})
	if err != nil {
		return reply{}, err
	}
	return created(func(e *encoder) { e.groupUser(c.group.ID, view) })
}

// join adds the membership, unless it is there or the user is in too many groups.
func join(tx *core.Tx, u *core.User, g *core.Group) error {
	list, err := tx.Memberships(core.MembershipQuery{Realm: u.Realm, Kind: groupKind, Users: []int64{u.ID}})
	if err != nil {
		return err
	}
	for _, m := range list {
		if m.Group == g.ID {
			return errAlreadyMember
		}
	}
	if len(list) >= maxGroups {
		return errTooManyGroups
	}
	_, err = tx.Join(u, g)
	return err
}

func leaveGroup(c *call) (reply, error) {
	return noContent(c.update(func(tx *core.Tx) error { return tx.Leave(c.user, c.group) }))
}
