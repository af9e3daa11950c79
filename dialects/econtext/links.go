package econtext

import (
	"errors"

	"github.com/dragoman-gateway/dragoman/core"
)

func (d *Dialect) userLinkRoutes() []route {
	return []route{
		{"/users/user/:userid/application/:appid", postDelete,
			link("users.applications", joinApplication, leaveApplication)},
		{"/users/user/:userid/group/:groupid", postDelete,
			link("users.groups", joinGroup, leaveGroup)},
	}
}

// pathGroup finds the group of that kind that the path names.
func (k *call) pathGroup(tx *core.Tx, kind string) (*core.Group, error) {
	g, err := tx.Group(k.d.group(kind, k.param(nounOf(kind).param)))
	if errors.Is(err, core.ErrNotFound) {
		return nil, k.unknown(kind)
	}
	return g, err
}

// linked finds the two that a link is about, the user first.
func (k *call) linked(tx *core.Tx, kind string) (*core.User, *core.Group, error) {
	u, err := k.pathUser(tx)
	if err != nil {
		return nil, nil, err
	}
	g, err := k.pathGroup(tx, kind)
	return u, g, err
}

func trueReply(key string) reply {
	return replyFunc(func(a *answer) error {
		a.Key(key).Bool(true)
		return nil
	})
}

func joinApplication(k *call) (reply, error) {
	err := k.update(func(tx *core.Tx) error {
		u, app, err := k.linked(tx, kindApplication)
		if err == nil {
			_, err = tx.Join(u, app)
		}
		return err
	})
	return trueReply("application"), err
}

// leaveApplication keeps a user's last application, whichever one the path
// names. With an application go the user's places in its groups.
func leaveApplication(k *call) (reply, error) {
	err := k.update(func(tx *core.Tx) error {
		u, app, err := k.linked(tx, kindApplication)
		if err != nil {
			return err
		}
		all, err := k.d.memberships(tx, u, kindApplication)
		if err != nil {
			return err
		}
		if len(all) == 1 && !k.d.v2 {
			return conflict("A User must be associated with at least one Application")
		}
		if err := tx.Leave(u, app); err != nil {
			return err
		}
		return k.d.leaveGroupsOf(tx, u, app)
	})
	return replyFunc(deleted), err
}

func (d *Dialect) memberships(tx *core.Tx, u *core.User, kind string) ([]core.Membership, error) {
	return tx.Memberships(core.MembershipQuery{Realm: d.realm, Kind: kind, Users: []int64{u.ID}})
}

func (d *Dialect) leaveGroupsOf(tx *core.Tx, u *core.User, app *core.Group) error {
	all, err := d.memberships(tx, u, kindGroup)
	if err != nil {
		return err
	}
	for _, m := range all {
		g, err := tx.Group(core.GroupRef{Realm: d.realm, Kind: kindGroup, ID: m.Group})
		if err != nil {
			return err
		}
		if g.Parent != app.ID {
			continue
		}
		if err := tx.Leave(u, g); err != nil {
			return err
		}
	}
	return nil
}

// joinGroup asks for membership of the group's application, which the update of
// a user does not.
func joinGroup(k *call) (reply, error) {
	err := k.update(func(tx *core.Tx) error {
		u, g, err := k.linked(tx, kindGroup)
		if err != nil {
			return err
		}
		app, err := tx.Group(core.GroupRef{Realm: k.d.realm, Kind: kindApplication, ID: g.Parent})
		if err != nil {
			return err
		}
		in, err := k.d.belongs(tx, u, app)
		if err != nil {
			return err
		}
		if !in && k.d.v2 {
			return crash("'Group' object has no attribute 'id'")
		}
		if !in {
			return invalid("groupid", "User is not a member the application "+app.UID+" specified by this group")
		}
		_, err = tx.Join(u, g)
		return err
	})
	return trueReply("group"), err
}

func leaveGroup(k *call) (reply, error) {
	err := k.update(func(tx *core.Tx) error {
		u, g, err := k.linked(tx, kindGroup)
		if err == nil {
			err = tx.Leave(u, g)
		}
		return err
	})
	return replyFunc(deleted), err
}
