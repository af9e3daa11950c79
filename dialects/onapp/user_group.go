package onapp

import (
	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/internal/railsxml"
)

// kindUserGroup is the kind of the groups that are user groups; a user is in one or none. Key is
// empty: the panel allows a label twice.
const kindUserGroup = "onapp.user_group"

var nounUserGroup = noun{"user_group", "user_groups"}

// userGroupRoutes: see REFERENCE.md, "User groups".
var userGroupRoutes = []route{
	{"GET", "/user_groups", "user_groups.list", listUserGroups},
	{"POST", "/user_groups", "user_groups.create", createUserGroup},
	{"GET", "/user_groups/:id", "user_groups.show", getUserGroup},
	{"PUT", "/user_groups/:id", "user_groups.update", updateUserGroup},
	{"DELETE", "/user_groups/:id", "user_groups.delete", deleteUserGroup},
	{"GET", "/user_groups/:id/users", "user_groups.users", listGroupUsers},
}

// userGroupBody is the stored document of a user group.
type userGroupBody struct {
	Version    int     `json:"v"`
	Identifier string  `json:"identifier"`
	Closed     bool    `json:"closed"`
	BucketIDs  []int64 `json:"bucket_ids"`
	RoleIDs    []int64 `json:"role_ids"`

	Organization *organizationBody `json:"organization,omitempty"` // nil unless created as one
}

// groupView is what is shown of a user group.
type groupView struct {
	version version
	group   *core.Group
	*userGroupBody
	buckets []bucketView
	roles   []roleView
}

// loadGroupView reads what the group refers to. What no longer exists is left out.
func (c *call) loadGroupView(tx *core.Tx, g *core.Group) (*groupView, error) {
	body, err := decodeBody[userGroupBody](g.Body)
	if err != nil {
		return nil, err
	}
	v := &groupView{version: c.d.version, group: g, userGroupBody: body}
	if len(body.RoleIDs) > 0 {
		groups, err := tx.Groups(core.GroupQuery{Realm: g.Realm, Kind: kindRole, IDs: body.RoleIDs})
		if err != nil {
			return nil, err
		}
		v.roles = make([]roleView, len(groups))
		for i, role := range groups {
			if v.roles[i], err = c.loadRoleView(tx, role); err != nil {
				return nil, err
			}
		}
	}
	if len(body.BucketIDs) > 0 {
		v.buckets, err = loadBuckets(tx, g.Realm, body.BucketIDs)
	}
	return v, err
}

// writeGroupView writes what is inside a user group. See REFERENCE.md, "User groups".
func writeGroupView(e stream, v *groupView) {
	if v.version < v30 {
		e.Time("created_at", v.group.CreatedAt)
		e.Int("id", v.group.ID)
		e.Str("label", v.group.Name)
		e.Time("updated_at", v.group.UpdatedAt)
		return
	}
	e.Bool("closed", v.Closed)
	e.Time("created_at", v.group.CreatedAt)
	e.Bool("federation_enabled", false)
	e.Nil("federation_id")
	e.Nil("hypervisor_id")
	e.Int("id", v.group.ID)
	e.Str("identifier", v.Identifier)
	e.Str("label", v.group.Name)
	e.Bool("traded", false)
	e.Time("updated_at", v.group.UpdatedAt)
	name, item := "billing_plans", "billing_plan"
	if v.version >= v56 {
		name, item = "user_buckets", "user_bucket"
		e.IntOrNil("bucket_id", first(v.BucketIDs), len(v.BucketIDs) > 0)
	}
	e.Array(name, item, railsxml.Wrapped)
	for _, b := range v.buckets {
		e.Item()
		writeBucket(e, b)
		e.End()
	}
	e.End()
	e.Array("roles", "role", railsxml.Wrapped)
	for _, r := range v.roles {
		e.Item()
		writeGroupRole(e, r)
		e.End()
	}
	e.End()
}

// writeGroupRole writes a role inside a user group: without its permissions, with the number of its
// users.
func writeGroupRole(e stream, r roleView) {
	e.Int("id", r.group.ID)
	e.Str("label", r.group.Name)
	e.Str("identifier", r.Identifier)
	e.Time("created_at", r.group.CreatedAt)
	e.Time("updated_at", r.group.UpdatedAt)
	e.Int("users_count", int64(r.users))
}

// first returns the first id, or 0.
func first(ids []int64) int64 {
	if len(ids) == 0 {
		return 0
	}
	return ids[0]
}

func listUserGroups(c *call) (reply, error) {
	if err := require(c.mayAll(mayReadGroups) || c.mayAll(mayListGroups)); err != nil {
		return reply{}, err
	}
	var all []*groupView
	p := c.readPage()
	err := c.view(func(tx *core.Tx) error {
		groups, err := tx.Groups(core.GroupQuery{Realm: c.d.cfg.Realm, Kind: kindUserGroup})
		if err != nil {
			return err
		}
		groups = cut(p, groups)
		all = make([]*groupView, len(groups))
		for i, g := range groups {
			if all[i], err = c.loadGroupView(tx, g); err != nil {
				return err
			}
		}
		return nil
	})
	return showList(nounUserGroup, all, p, writeGroupView), err
}

func getUserGroup(c *call) (reply, error) {
	var v *groupView
	err := c.view(func(tx *core.Tx) error {
		g, err := c.targetGroup(tx, kindUserGroup, mayReadGroups)
		if err != nil {
			return err
		}
		v, err = c.loadGroupView(tx, g)
		return err
	})
	return showObject(nounUserGroup, v, writeGroupView), err
}

// listGroupUsers shows the users of one group in the form of the list of users.
func listGroupUsers(c *call) (reply, error) {
	err := c.view(func(tx *core.Tx) error {
		_, err := c.targetGroup(tx, kindUserGroup, mayReadUsers)
		return err
	})
	if err != nil {
		return reply{}, err
	}
	return c.listUsers(core.UserQuery{
		Realm: c.d.cfg.Realm, Deleted: true, Member: c.id("id"), MemberKind: kindUserGroup,
		Search: searchFor(c.top("q").Text()),
	})
}
