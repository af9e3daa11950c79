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
func enterUser(k *call, tx *core.Tx) (err error) {
	k.user, err = tx.User(core.ByID(k.instance.Realm, k.id("user")))
	return parentMissing(err, errNoUser)
}

func enterGroup(k *call, tx *core.Tx) error {
	return parentMissing(findGroup(k, tx), errNoGroup)
}

func parentMissing(err, missing error) error {
	if errors.Is(err, core.ErrNotFound) {
		return missing
	}
	return err
}

// findMembership finds the other end of the path and that the two belong together.
func findMembership(k *call, tx *core.Tx) (err error) {
	if k.user == nil {
		if id := k.id("user"); k.narrowed(id) {
			return errNotFound
		}
		k.user, err = tx.User(core.ByID(k.instance.Realm, k.id("user")))
	} else {
		err = findGroup(k, tx)
	}
	if err != nil {
		return err
	}
	in, err := isMember(tx, k.user, k.group.ID)
	if err == nil && !in {
		return errNotFound
	}
	return err
}

func showUserGroup(k *call) (reply, error) {
	return show(userGroupShape, func(e *encoder) { e.userGroup(k.user.ID, k.group) })
}

// userGroup writes a group as a membership of a user.
func (e *encoder) userGroup(user int64, g *core.Group) {
	e.Obj().Key("group")
	e.innerGroup(g)
	e.Key("links").Obj().Key("self")
	e.linkID("users/"+decimal(user)+"/groups/", g.ID, "/")
	e.End().End()
}

func showGroupUser(k *call) (reply, error) {
	u, err := k.loadUserView(k.tx, k.user)
	if err != nil {
		return reply{}, err
	}
	return show(k.groupUserShape(), func(e *encoder) { e.groupUser(k.group.ID, u) })
}

func (k *call) groupUserShape() *shape {
	if k.v.v2 {
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

func listUserGroups(k *call) (reply, error) {
	p, err := k.page()
	if err != nil {
		return reply{}, err
	}
	q := core.MembershipQuery{Realm: k.instance.Realm, Kind: groupKind, Users: []int64{k.user.ID}}
	list, err := p.Memberships(k.tx, q)
	if err != nil {
		return reply{}, err
	}
	groups, err := groupsByID(k.tx, k.instance.Realm, idsOf(list, func(m core.Membership) int64 { return m.Group }))
	if err != nil {
		return reply{}, err
	}
	return k.showPage(p, len(list), userGroupShape, func(i int) int64 { return list[i].ID }, func(e *encoder, i int) { e.userGroup(k.user.ID, groups[list[i].Group]) })
}

// listGroupUsers lists the members, without those whom another dialect has marked
// as deleted. With a user key the list has that user only.
func listGroupUsers(k *call) (reply, error) {
	p, err := k.page()
	if err != nil {
		return reply{}, err
	}
	list, users, err := k.membersOfPage(k.tx, p)
	if err != nil {
		return reply{}, err
	}
	views, err := k.loadUserViews(k.tx, users)
	if err != nil {
		return reply{}, err
	}
	return k.showPage(p, len(views), k.groupUserShape(), func(i int) int64 { return list[i].ID }, func(e *encoder, i int) { e.groupUser(k.group.ID, &views[i]) })
}

func (k *call) membersOfPage(tx *core.Tx, p *query.Page) (list []core.Membership, users []*core.User, err error) {
	if k.who.user != nil {
		m, err := membershipOf(tx, k.who.user, k.group.ID)
		if m == nil || err != nil || !p.Contains(m.ID) {
			return nil, nil, err
		}
		return []core.Membership{*m}, []*core.User{k.who.user}, nil
	}
	living := map[int64]*core.User{}
	list, err = scanPage(k, p, func(at query.Range) ([]core.Membership, error) {
		q := core.MembershipQuery{Realm: k.instance.Realm, Kind: groupKind, Group: k.group.ID,
			AfterID: at.After, BeforeID: at.Before, Desc: at.Desc, Limit: at.Limit}
		chunk, err := tx.Memberships(q)
		if err != nil {
			return nil, err
		}
		found, err := tx.Users(core.UserQuery{Realm: k.instance.Realm, IDs: idsOf(chunk, func(m core.Membership) int64 { return m.User })})
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
