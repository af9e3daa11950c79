package onapp

import (
	"slices"
	"strings"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

// userGroupRoutes: source: vendor reference, user groups.
var userGroupRoutes = []route{
	{"GET", "/user_groups", "user_groups.list", listUserGroups},
	{"POST", "/user_groups", "user_groups.create", createUserGroup},
	{"GET", "/user_groups/:id", "user_groups.show", getUserGroup},
	{"PUT", "/user_groups/:id", "user_groups.update", updateUserGroup},
	{"DELETE", "/user_groups/:id", "user_groups.delete", deleteUserGroup},
	{"GET", "/user_groups/:id/users", "user_groups.users", listGroupUsers},
}

var nounUserGroup = noun{"user_group", "user_groups"}

func writeUserGroup(e stream, g *userGroup) { g.write(e) }

func listUserGroups(c *call) (reply, error) {
	if err := forbidden(!c.all(mayReadGroups) && !c.all(mayListGroups)); err != nil {
		return reply{}, err
	}
	var all []*userGroup
	p := c.pageOf()
	err := c.view(func(tx *core.Tx) error {
		groups, err := tx.Groups(core.GroupQuery{Realm: c.realm(), Kind: kindUserGroup})
		if err != nil {
			return err
		}
		all = nil
		for _, g := range cut(p, groups) {
			one, err := c.userGroup(tx, g)
			if err != nil {
				return err
			}
			all = append(all, one)
		}
		return nil
	})
	return showList(nounUserGroup, all, p, writeUserGroup), err
}

// userGroup reads the group with all it refers to.
func (c *call) userGroup(tx *core.Tx, g *core.Group) (*userGroup, error) {
	one, err := c.d.readUserGroup(g)
	if err != nil {
		return nil, err
	}
	return one, c.load(tx, one)
}

// groupAt reads the group that the path names and refuses a caller who lacks the right.
func (c *call) groupAt(tx *core.Tx, a access) (*core.Group, error) {
	g, err := tx.Group(core.GroupRef{Realm: c.realm(), Kind: kindUserGroup, ID: c.id("id")})
	if err != nil {
		return nil, err
	}
	return g, forbidden(!c.all(a))
}

func getUserGroup(c *call) (reply, error) {
	var one *userGroup
	err := c.view(func(tx *core.Tx) error {
		g, err := c.groupAt(tx, mayReadGroups)
		if err != nil {
			return err
		}
		one, err = c.userGroup(tx, g)
		return err
	})
	return showObject(nounUserGroup, one, writeUserGroup), err
}

// userGroupIn is what a request says about a user group.
type userGroupIn struct {
	label      wire.Field[string]
	closed     wire.Field[bool]
	roles      []int64
	hasRoles   bool
	buckets    []int64
	hasBuckets bool
	oneBucket  bool // by bucket_id
}

func (d *Dialect) readUserGroupIn(v wire.Value) userGroupIn {
	in := userGroupIn{label: textField(v, "label"), closed: boolField(v, "closed")}
	in.roles, in.hasRoles = idList(v, "role_ids")
	for _, name := range []string{"user_bucket_ids", "billing_plan_ids", "bucket_id", "billing_plan_id"} {
		if !in.hasBuckets {
			in.buckets, in.hasBuckets = idList(v, name)
			in.oneBucket = strings.HasSuffix(name, "_id")
		}
	}
	in.buckets = slices.DeleteFunc(in.buckets, func(id int64) bool { return id == 0 }) // was no number
	return in
}

// changesBuckets tells whether the request speaks of other buckets than are shown. The one that is shown as bucket_id
// stands for all of them when a client sends back what it loaded.
func (in *userGroupIn) changesBuckets(g *userGroup) bool {
	return in.hasBuckets && !(in.oneBucket && first(in.buckets) == first(g.bucketIDs))
}

// apply checks what was said and changes the group.
func (in *userGroupIn) apply(c *call, tx *core.Tx, g *userGroup, isNew bool) error {
	if in.label.Present() || isNew {
		label := strings.TrimSpace(in.label.Or(""))
		var faults faultList
		if label == "" {
			faults.add(fieldLabel, core.NotBlank, 0)
		}
		faults.length(fieldLabel, in.label, maxText)
		if len(faults) > 0 {
			return core.NewInvalid(faults...)
		}
		g.group.Name = label
	}
	if closed, ok := in.closed.Get(); ok {
		g.closed = closed
	}
	if in.changesBuckets(g) {
		g.bucketIDs = slices.Clone(in.buckets)
	}
	if in.hasRoles {
		g.roleIDs = slices.Clone(in.roles)
		return c.d.checkRoles(tx, in.roles)
	}
	return nil
}

func createUserGroup(c *call) (reply, error) {
	if err := forbidden(!c.all(mayCreateGroups)); err != nil {
		return reply{}, err
	}
	in := c.d.readUserGroupIn(c.resource("user_group"))
	var one *userGroup
	err := c.update(func(tx *core.Tx) (err error) {
		one = &userGroup{d: c.d, group: &core.Group{Realm: c.realm(), Kind: kindUserGroup}}
		one.identifier = tx.Directory().NewKey(identifierAlphabet, identifierLength)
		if err := in.apply(c, tx, one, true); err != nil {
			return err
		}
		one.group.Body = one.encode()
		if err := tx.SaveGroup(one.group); err != nil {
			return err
		}
		one, err = c.userGroup(tx, one.group)
		return err
	})
	if err != nil {
		return reply{}, err
	}
	return created(nounUserGroup, "/user_groups", one.group.ID, one, writeUserGroup), nil
}

func updateUserGroup(c *call) (reply, error) {
	in := c.d.readUserGroupIn(c.resource("user_group"))
	err := c.update(func(tx *core.Tx) error {
		g, err := c.groupAt(tx, mayUpdateGroups)
		if err != nil {
			return err
		}
		one, err := c.d.readUserGroup(g)
		if err != nil {
			return err
		}
		if err := in.apply(c, tx, one, false); err != nil {
			return err
		}
		g.Body = one.encode()
		return tx.SaveGroup(g)
	})
	return c.d.done(), err
}

// deleteUserGroup also ends its users' memberships, so that their user_group_id becomes null.
func deleteUserGroup(c *call) (reply, error) {
	err := c.update(func(tx *core.Tx) error {
		g, err := c.groupAt(tx, mayDeleteGroups)
		if err != nil {
			return err
		}
		return tx.RemoveGroup(g)
	})
	return c.d.done(), err
}

// listGroupUsers shows the users of one group in the form of the list of users.
func listGroupUsers(c *call) (reply, error) {
	err := c.view(func(tx *core.Tx) error {
		_, err := tx.Group(core.GroupRef{Realm: c.realm(), Kind: kindUserGroup, ID: c.id("id")})
		return err
	})
	if err == nil {
		err = forbidden(!c.all(mayReadUsers))
	}
	if err != nil {
		return reply{}, err
	}
	return c.userList(core.UserQuery{
		Realm: c.realm(), Deleted: true, Member: c.id("id"), MemberKind: kindUserGroup,
		Search: searchFor(c.top("q").Text()),
	})
}
