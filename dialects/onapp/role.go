package onapp

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"

	"github.com/dragoman-gateway/dragoman/core"
)

// kindRole is the kind of the groups that are roles; the members have the role. Key is the folded
// label.
const kindRole = "onapp.role"

// The identifiers of the roles that every panel has. The first holds every permission, whatever it
// was given.
const (
	roleAdmin = "admin"
	roleUser  = "user"
)

var nounRole = noun{"role", "roles"}

// roleRoutes: see REFERENCE.md, "Roles and permissions".
var roleRoutes = []route{
	{"GET", "/roles", "roles.list", listRoles},
	{"POST", "/roles", "roles.create", createRole},
	{"GET", "/roles/:id", "roles.show", getRole},
	{"PUT", "/roles/:id", "roles.update", updateRole},
	{"DELETE", "/roles/:id", "roles.delete", deleteRole},
	{"POST", "/roles/:id/clone", "roles.clone", cloneRole},
	{"GET", "/permissions", "permissions.list", listPermissions},
}

// role is a group and its decoded body. Both are shared and must not be changed.
type role struct {
	group *core.Group
	*roleBody
}

// roleBody is the stored document of a role, with what follows from it.
type roleBody struct {
	Version       int     `json:"v"`
	Identifier    string  `json:"identifier"`
	System        bool    `json:"system"`
	PermissionIDs []int64 `json:"permission_ids"`

	permissions []permission
	rights      rights
	authority   []string // those of rights that reach beyond one's own account
}

// UnmarshalJSON implements json.Unmarshaler: it also computes the rights, so that they are computed
// once.
func (b *roleBody) UnmarshalJSON(text []byte) error {
	type plain roleBody
	err := json.Unmarshal(text, (*plain)(b))
	defer func() { b.authority = b.rights.overOthers() }()
	if b.Identifier == roleAdmin {
		b.permissions, b.rights = permissions, allRights()
		return err
	}
	for _, id := range b.PermissionIDs {
		if p, ok := permissionByID(id); ok {
			b.permissions = append(b.permissions, p)
			b.rights.union(implied(p))
		}
	}
	return err
}

func roleOf(g *core.Group) (*role, error) {
	body, err := decodeBody[roleBody](g.Body)
	return &role{g, body}, err
}

// encodeRole returns the document of a role.
func encodeRole(identifier string, system bool, permissionIDs []int64) *core.Document {
	if permissionIDs == nil {
		permissionIDs = []int64{}
	}
	return encodeBody(roleBody{Version: 1, Identifier: identifier, System: system, PermissionIDs: permissionIDs})
}

// equal reports whether both roles are shown the same.
func (r *role) equal(other *role) bool {
	a, b := r.group, other.group
	return a == b || a.ID == b.ID && a.Name == b.Name && a.UpdatedAt.Equal(b.UpdatedAt) && bytes.Equal(a.Body.Text(), b.Body.Text())
}

// rightsOf are the rights of all the user's roles together.
func rightsOf(tx *core.Tx, u *core.User) (all rights, err error) {
	members, err := tx.Memberships(core.MembershipQuery{Realm: u.Realm, Kind: kindRole, Users: []int64{u.ID}})
	if err != nil {
		return all, err
	}
	for _, m := range members {
		g, err := tx.Group(core.GroupRef{Realm: u.Realm, Kind: kindRole, ID: m.Group})
		if err != nil {
			return rights{}, err
		}
		r, err := roleOf(g)
		if err != nil {
			return rights{}, err
		}
		all.union(r.rights)
	}
	return all, nil
}

// checkRoles fails with NotFound if an id has no role.
func checkRoles(tx *core.Tx, realm core.Realm, ids []int64) error {
	for _, id := range ids {
		if _, err := tx.Group(core.GroupRef{Realm: realm, Kind: kindRole, ID: id}); err != nil {
			return err
		}
	}
	return nil
}

// writeRole writes what is inside a role, without its permissions.
// See REFERENCE.md, "Roles and permissions".
func writeRole(e stream, v version, r *role) {
	e.Time("created_at", r.group.CreatedAt)
	e.Int("id", r.group.ID)
	if v >= v21 {
		e.Str("identifier", r.Identifier)
	}
	e.Str("label", r.group.Name)
	e.Time("updated_at", r.group.UpdatedAt)
	if v >= v54 {
		e.Bool("system", r.System)
	}
}

// roleView is a role with the number of its users, which is not shown inside users.
type roleView struct {
	version version
	*role
	users int
}

func writeRoleView(e stream, v roleView) {
	writeRole(e, v.version, v.role)
	e.Int("users_count", int64(v.users))
	writePermissions(e, v.permissions)
}

func (c *call) loadRoleView(tx *core.Tx, g *core.Group) (roleView, error) {
	r, err := roleOf(g)
	if err != nil {
		return roleView{}, err
	}
	n, err := tx.CountUsers(core.UserQuery{Realm: g.Realm, Member: g.ID, MemberKind: kindRole, Deleted: true})
	return roleView{c.d.version, r, n}, err
}

// listRoles shows all roles, or its own to a caller who may not see others.
func listRoles(c *call) (reply, error) {
	if err := require(c.maySome(mayReadRoles)); err != nil {
		return reply{}, err
	}
	var all []roleView
	p := c.readPage()
	err := c.view(func(tx *core.Tx) error {
		q := core.GroupQuery{Realm: c.d.cfg.Realm, Kind: kindRole}
		if !c.mayAll(mayReadRoles) {
			own, err := c.ownRoles(tx)
			if err != nil {
				return err
			}
			q.IDs = own
		}
		groups, err := tx.Groups(q)
		if err != nil {
			return err
		}
		groups = cut(p, groups)
		all = make([]roleView, len(groups))
		for i, g := range groups {
			if all[i], err = c.loadRoleView(tx, g); err != nil {
				return err
			}
		}
		return nil
	})
	return showList(nounRole, all, p, writeRoleView), err
}

// ownRoles are the ids of the caller's roles; empty but not nil without any.
func (c *call) ownRoles(tx *core.Tx) ([]int64, error) {
	rows, err := tx.Memberships(core.MembershipQuery{Realm: c.d.cfg.Realm, Kind: kindRole, Users: []int64{c.user.ID}})
	ids := make([]int64, len(rows))
	for i, m := range rows {
		ids[i] = m.Group
	}
	return ids, err
}

func getRole(c *call) (reply, error) {
	var v roleView
	err := c.view(func(tx *core.Tx) error {
		g, err := tx.Group(core.GroupRef{Realm: c.d.cfg.Realm, Kind: kindRole, ID: c.id("id")})
		if err != nil {
			return err
		}
		own, err := c.ownRoles(tx)
		if err != nil {
			return err
		}
		if err := require(c.mayAll(mayReadRoles) || c.maySome(mayReadRoles) && slices.Contains(own, g.ID)); err != nil {
			return err
		}
		v, err = c.loadRoleView(tx, g)
		return err
	})
	return showObject(nounRole, v, writeRoleView), err
}

// labelKey is a label as it is compared with others.
func labelKey(label string) string { return core.Fold(strings.TrimSpace(label)) }
