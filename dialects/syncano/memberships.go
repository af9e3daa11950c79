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

func showUserGroup(k *call, _ *core.Tx) error {
	k.setFilter()
	k.writeUserGroup(k.group)
	return nil
}

// writeUserGroup wraps a group as a membership of k.user. A filter acts on what
// is inside, the member that holds it always stays.
func (k *call) writeUserGroup(g *core.Group) {
	k.out.Obj().Key("group")
	k.writeShortGroup(g)
	if k.out.want("links") {
		k.out.Obj().Key("self")
		k.atIDs("users/", k.user.ID, "/groups/", g.ID, "/")
		k.out.End()
	}
	k.out.End()
}

func showGroupUser(k *call, tx *core.Tx) error {
	p, err := k.findPerson(tx, k.user)
	if err != nil {
		return err
	}
	k.setFilter()
	k.writeGroupUser(p)
	return nil
}

// writeGroupUser wraps a person as a member of k.group.
func (k *call) writeGroupUser(p *person) {
	k.out.Obj().Key("user")
	k.writeShortUser(p)
	if k.out.want("links") {
		k.out.Obj().Key("self")
		k.atIDs("groups/", k.group.ID, "/users/", p.user.ID, "/")
		k.out.End()
	}
	k.out.End()
}

func listUserGroups(k *call, tx *core.Tx) error {
	p, err := k.page()
	if err != nil {
		return err
	}
	q := core.MembershipQuery{Realm: k.instance.Realm, Kind: groupKind, Users: []int64{k.user.ID}}
	list, err := p.Memberships(tx, q)
	if err != nil {
		return err
	}
	groups, err := groupsByID(tx, k.instance.Realm, idsOf(list, func(m core.Membership) int64 { return m.Group }))
	if err != nil {
		return err
	}
	k.writePage(p, len(list), func(i int) int64 { return list[i].ID }, func(i int) { k.writeUserGroup(groups[list[i].Group]) })
	return nil
}

// listGroupUsers lists the members, of whom those are left out whom another
// dialect has marked as deleted. A user key sees its own person only.
func listGroupUsers(k *call, tx *core.Tx) error {
	p, err := k.page()
	if err != nil {
		return err
	}
	list, users, err := k.membersOfPage(tx, p)
	if err != nil {
		return err
	}
	people, err := k.findPeople(tx, users)
	if err != nil {
		return err
	}
	k.writePage(p, len(people), func(i int) int64 { return list[i].ID }, func(i int) { k.writeGroupUser(&people[i]) })
	return nil
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
