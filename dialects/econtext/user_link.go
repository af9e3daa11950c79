package econtext

import "github.com/dragoman-gateway/dragoman/core"

// linked finds the user and the group that a link is about, the user first.
func (c *call) linked(tx *core.Tx, kind string) (*core.User, *core.Group, error) {
	u, err := c.pathUser(tx)
	if err != nil {
		return nil, nil, err
	}
	g, err := c.pathGroup(tx, kind)
	return u, g, err
}

func joinApplication(c *call) (reply, error) {
	err := c.update(func(tx *core.Tx) error {
		u, app, err := c.linked(tx, kindApplication)
		if err == nil {
			_, err = tx.Join(u, app)
		}
		return err
	})
	return flagReply("application"), err
}

// leaveApplication keeps a user's last application, whichever one the path
// names. The user's memberships in the application's groups end too.
// See REFERENCE.md, "Links".
func leaveApplication(c *call) (reply, error) {
	err := c.update(func(tx *core.Tx) error {
		u, app, err := c.linked(tx, kindApplication)
		if err != nil {
			return err
		}
		all, err := tx.Memberships(core.MembershipQuery{Realm: c.d.realm, Kind: kindApplication, Users: []int64{u.ID}})
		if err != nil {
			return err
		}
		if len(all) == 1 && !c.d.v2 {
			return conflict(textLastApplication)
		}
		if err := tx.Leave(u, app); err != nil {
			return err
		}
		return c.d.leaveGroupsOf(tx, u, app)
	})
	return flagReply("deleted"), err
}

func (d *Dialect) leaveGroupsOf(tx *core.Tx, u *core.User, app *core.Group) error {
	all, err := tx.Memberships(core.MembershipQuery{Realm: d.realm, Kind: kindGroup, Users: []int64{u.ID}})
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

// joinGroup needs a membership in the group's application, which the update of
// a user does not.
func joinGroup(c *call) (reply, error) {
	err := c.update(func(tx *core.Tx) error {
		u, g, err := c.linked(tx, kindGroup)
		if err != nil {
			return err
		}
		app, err := tx.Group(core.GroupRef{Realm: c.d.realm, Kind: kindApplication, ID: g.Parent})
		if err != nil {
			return err
		}
		isMember, err := c.d.isMember(tx, u, kindApplication, app.ID)
		switch {
		case err != nil:
			return err
		case !isMember && c.d.v2:
			return crash(textGroupWithoutID)
		case !isMember:
			return invalid("groupid", "User is not a member the application "+app.UID+" specified by this group")
		}
		_, err = tx.Join(u, g)
		return err
	})
	return flagReply("group"), err
}

func leaveGroup(c *call) (reply, error) {
	err := c.update(func(tx *core.Tx) error {
		u, g, err := c.linked(tx, kindGroup)
		if err == nil {
			err = tx.Leave(u, g)
		}
		return err
	})
	return flagReply("deleted"), err
}
