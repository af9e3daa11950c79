package syncano

import (
	"errors"
	"net/http"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/syncano/internal/query"
)

// maxGroups is how many groups a user may be in.
const maxGroups = 32

func membershipEndpoints() []*endpoint {
	userField := []optionField{{name: "user", kind: "field", label: "User", required: true}}
	groupField := []optionField{{name: "group", kind: "field", label: "Group", required: true}}
	return []*endpoint{
		{path: "instances/:instance/users/:user/groups/", title: "User Group List", scope: instanceScope, enter: enterUser, verbs: []verb{
			{method: http.MethodGet, op: "user_groups.list", may: mayReadUserGroups, read: listUserGroups},
			{method: http.MethodPost, op: "user_groups.add", may: mayWriteUserGroups, act: addUserGroup, fields: groupField},
		}},
		{path: "instances/:instance/users/:user/groups/:group/", title: "User Group Instance", scope: instanceScope, enter: enterUser, verbs: []verb{
			{method: http.MethodGet, op: "user_groups.show", may: mayReadUserGroups, find: findMembership, read: showUserGroup},
			{method: http.MethodDelete, op: "user_groups.remove", may: mayWriteUserGroups, find: findMembership, act: leaveGroup},
		}},
		{path: "instances/:instance/groups/:group/users/", title: "Group User List", scope: instanceScope, enter: enterGroup, verbs: []verb{
			{method: http.MethodGet, op: "group_users.list", may: mayReadGroupUsers, read: listGroupUsers},
			{method: http.MethodPost, op: "group_users.add", may: mayWriteGroupUsers, act: addGroupUser, fields: userField},
		}},
		{path: "instances/:instance/groups/:group/users/:user/", title: "Group User Instance", scope: instanceScope, enter: enterGroup, verbs: []verb{
			{method: http.MethodGet, op: "group_users.show", may: mayReadGroupUsers, find: findMembership, read: showGroupUser},
			{method: http.MethodDelete, op: "group_users.remove", may: mayWriteGroupUsers, find: findMembership, act: leaveGroup},
		}},
	}
}

// enterUser finds the person above the path, before authentication.
func enterUser(c *call, tx *core.Tx) (err error) {
	c.user, err = tx.User(core.ByID(c.instance.Realm, c.id("user")))
	return parentMissing(err, errNoUser)
}

func enterGroup(c *call, tx *core.Tx) error {
	return parentMissing(findGroup(c, tx), errNoGroup)
}

func parentMissing(err, missing error) error {
	if errors.Is(err, core.ErrNotFound) {
		return missing
	}
	return err
}

// findMembership finds the other end of the path and that the two belong together.
func findMembership(c *call, tx *core.Tx) (err error) {
	if c.user == nil {
		if id := c.id("user"); restrictedToSelf(c, id) {
			return errNotFound
		}
		c.user, err = tx.User(core.ByID(c.instance.Realm, c.id("user")))
	} else {
		err = findGroup(c, tx)
	}
	if err != nil {
		return err
	}
	in, err := isMember(tx, c.user, c.group.ID)
	if err == nil && !in {
		return errNotFound
	}
	return err
}

func showUserGroup(c *call) (reply, error) {
	return show(userGroupShape, func(e *encoder) { e.userGroup(c.user.ID, c.group) })
}

// userGroup writes a group as a membership of a user.
func (e *encoder) userGroup(user int64, g *core.Group) {
	e.Obj().Key("group")
	e.innerGroup(g)
	e.Key("links").Obj().Key("self")
	e.linkID("users/"+decimal(user)+"/groups/", g.ID, "/")
	e.End().End()
}

func showGroupUser(c *call) (reply, error) {
	u, err := loadUserView(c, c.tx, c.user)
	if err != nil {
		return reply{}, err
	}
	return show(c.groupUserShape(), func(e *encoder) { e.groupUser(c.group.ID, u) })
}

func (c *call) groupUserShape() *shape {
	if c.v.v2 {
		return groupFlatShape
	}
	return groupUserShape
}

// groupUser writes a user as a member of a group.
func (e *encoder) groupUser(group int64, u *userView) {
	e.Obj().Key("user")
	e.innerUser(u)
	e.Key("links").Obj().Key("self")
	e.linkID("groups/"+decimal(group)+"/users/", u.user.ID, "/")
	e.End().End()
}

func listUserGroups(c *call) (reply, error) {
	p, err := c.page()
	if err != nil {
		return reply{}, err
	}
	q := core.MembershipQuery{Realm: c.instance.Realm, Kind: groupKind, Users: []int64{c.user.ID}}
	list, err := p.Memberships(c.tx, q)
	if err != nil {
		return reply{}, err
	}
	groups, err := groupsByID(c.tx, c.instance.Realm, idsOf(list, func(m core.Membership) int64 { return m.Group }))
	if err != nil {
		return reply{}, err
	}
	return showPage(c, p, len(list), userGroupShape, func(i int) int64 { return list[i].ID }, func(e *encoder, i int) { e.userGroup(c.user.ID, groups[list[i].Group]) })
}

// listGroupUsers lists the members, without those whom another dialect has marked
// as deleted. With a user key the list has that user only.
func listGroupUsers(c *call) (reply, error) {
	p, err := c.page()
	if err != nil {
		return reply{}, err
	}
	list, users, err := membersOfPage(c, c.tx, p)
	if err != nil {
		return reply{}, err
	}
	views, err := loadUserViews(c, c.tx, users)
	if err != nil {
		return reply{}, err
	}
	return showPage(c, p, len(views), c.groupUserShape(), func(i int) int64 { return list[i].ID }, func(e *encoder, i int) { e.groupUser(c.group.ID, &views[i]) })
}

func membersOfPage(c *call, tx *core.Tx, p *query.Page) (list []core.Membership, users []*core.User, err error) {
	if c.caller.user != nil {
		m, err := membershipOf(tx, c.caller.user, c.group.ID)
		if m == nil || err != nil || !p.Contains(m.ID) {
			return nil, nil, err
		}
		return []core.Membership{*m}, []*core.User{c.caller.user}, nil
	}
	living := map[int64]*core.User{}
	list, err = scanPage(c, p, func(at query.Range) ([]core.Membership, error) {
		q := core.MembershipQuery{Realm: c.instance.Realm, Kind: groupKind, Group: c.group.ID,
			AfterID: at.After, BeforeID: at.Before, Desc: at.Desc, Limit: at.Limit}
		chunk, err := tx.Memberships(q)
		if err != nil {
			return nil, err
		}
		found, err := tx.Users(core.UserQuery{Realm: c.instance.Realm, IDs: idsOf(chunk, func(m core.Membership) int64 { return m.User })})
		for _, u := range found {
			living[u.ID] = u
		}
		return chunk, err
	}, func(m core.Membership) int64 { return m.ID }, func(m core.Membership) bool { return living[m.User] != nil })
	for _, m := range list {
		users = append(users, living[m.User])
	}
	return list, users, err
}
