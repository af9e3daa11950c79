package onapp

import (
	"strings"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/internal/railsxml"
)

// roleRoutes: source: vendor reference, roles and permissions.
var roleRoutes = []route{
	{"GET", "/roles", "roles.list", listRoles},
	{"POST", "/roles", "roles.create", createRole},
	{"GET", "/roles/:id", "roles.show", getRole},
	{"PUT", "/roles/:id", "roles.update", updateRole},
	{"DELETE", "/roles/:id", "roles.delete", deleteRole},
	{"POST", "/roles/:id/clone", "roles.clone", cloneRole},
	{"GET", "/permissions", "permissions.list", listPermissions},
}

var (
	nounRole       = noun{"role", "roles"}
	nounPermission = noun{"permission", "permissions"}
)

const fieldLabel core.Field = "label"

// countedRole is a role with how many users have it, which is shown here but not inside users.
type countedRole struct {
	d *Dialect
	*role
	users int
}

func (r countedRole) write(e stream) {
	r.d.writeRole(e, r.role)
	e.Int("users_count", int64(r.users))
	writePermissions(e, r.permissions)
}

func (c *call) counted(tx *core.Tx, g *core.Group) (countedRole, error) {
	r, err := c.d.roleOf(g)
	if err != nil {
		return countedRole{}, err
	}
	n, err := tx.CountUsers(core.UserQuery{Realm: c.realm(), Member: g.ID, MemberKind: kindRole, Deleted: true})
	return countedRole{c.d, r, n}, err
}

// listRoles shows all roles, or to a caller who may only see its own, those.
func listRoles(c *call) (reply, error) {
	if err := forbidden(!c.some(mayReadRoles)); err != nil {
		return reply{}, err
	}
	var all []countedRole
	p := c.pageOf()
	err := c.view(func(tx *core.Tx) error {
		groups, err := c.visibleRoles(tx)
		if err != nil {
			return err
		}
		all = nil
		for _, g := range cut(p, groups) {
			r, err := c.counted(tx, g)
			if err != nil {
				return err
			}
			all = append(all, r)
		}
		return nil
	})
	return showList(nounRole, all, p, func(e stream, r countedRole) { r.write(e) }), err
}

func (c *call) visibleRoles(tx *core.Tx) ([]*core.Group, error) {
	q := core.GroupQuery{Realm: c.realm(), Kind: kindRole}
	if !c.all(mayReadRoles) {
		own, err := tx.Memberships(core.MembershipQuery{Realm: c.realm(), Kind: kindRole, Users: []int64{c.user.ID}})
		if err != nil {
			return nil, err
		}
		q.IDs = []int64{}
		for _, m := range own {
			q.IDs = append(q.IDs, m.Group)
		}
	}
	return tx.Groups(q)
}

func (c *call) roleGroup(tx *core.Tx, id int64) (*core.Group, error) {
	return tx.Group(core.GroupRef{Realm: c.realm(), Kind: kindRole, ID: id})
}

func getRole(c *call) (reply, error) {
	var r countedRole
	err := c.view(func(tx *core.Tx) error {
		g, err := c.roleGroup(tx, c.id("id"))
		if err != nil {
			return err
		}
		own, err := tx.Memberships(core.MembershipQuery{Realm: c.realm(), Kind: kindRole, Users: []int64{c.user.ID}})
		if err != nil {
			return err
		}
		if err := forbidden(!c.all(mayReadRoles) && !(c.some(mayReadRoles) && isMember(own, g.ID))); err != nil {
			return err
		}
		r, err = c.counted(tx, g)
		return err
	})
	return showObject(nounRole, r, func(e stream, r countedRole) { r.write(e) }), err
}

func isMember(rows []core.Membership, group int64) bool {
	for _, m := range rows {
		if m.Group == group {
			return true
		}
	}
	return false
}

func listPermissions(c *call) (reply, error) {
	if err := forbidden(!c.all(mayReadPermission)); err != nil {
		return reply{}, err
	}
	p := c.pageOf()
	return showList(nounPermission, cut(p, permissions), p, func(e stream, p permission) { writePermission(e, p) }), nil
}

func writePermissions(e emitter, all []permission) {
	e.Array("permissions", "permission", railsxml.Wrapped)
	for _, p := range all {
		e.Item()
		writePermission(e, p)
		e.End()
	}
	e.End()
}

// labelKey is a label as it is compared with others.
func labelKey(label string) string { return core.Fold(strings.TrimSpace(label)) }
