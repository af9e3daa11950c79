package onapp

import (
	"bytes"
	"sync"
	"sync/atomic"
	"time"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

// kindRole is the kind of group that a role is; its members are the users who have it. Key is the folded label.
const kindRole = "onapp.role"

// The identifiers of the roles that every panel has. The first holds every permission, whatever it was given.
const (
	roleAdmin = "admin"
	roleUser  = "user"
)

// role is a group's document, read. It is shared and must not be changed.
type role struct {
	id                int64
	label, identifier string
	system            bool
	permissions       []permission
	rights            rights
	created, updated  time.Time

	text   []byte // the document it was read from
	inUser fragments
}

// roleMemory keeps roles as they were read, so that showing a user does not read all its roles' permissions again.
// A role is known by all that it was made of: what changed, by whatever process, is read anew.
type roleMemory struct {
	roles sync.Map // id -> *role
	count atomic.Int64
}

// maxRemembered bounds the memory; roles beyond it are read each time.
const maxRemembered = 4096

// roleOf returns the role that a group is.
func (d *Dialect) roleOf(g *core.Group) (*role, error) {
	known, there := d.memory.roles.Load(g.ID)
	if there && known.(*role).is(g) {
		return known.(*role), nil
	}
	r, err := readRole(g)
	if err == nil && (there || d.memory.count.Add(1) <= maxRemembered) {
		d.memory.roles.Store(g.ID, r)
	}
	return r, err
}

// is tells whether the role is what the group says now.
func (r *role) is(g *core.Group) bool {
	return r.label == g.Name && r.updated.Equal(g.UpdatedAt) && r.created.Equal(g.CreatedAt) && bytes.Equal(r.text, g.Body.Text())
}

func readRole(g *core.Group) (*role, error) {
	v, err := wire.ParseJSON(g.Body.Text(), wire.Limits{})
	if err != nil {
		return nil, &core.Error{Op: "decode role", Subject: kindRole, Err: err}
	}
	r := &role{
		id: g.ID, label: g.Name, identifier: textAt(v, "identifier"), system: flagAt(v, "system") == yes,
		created: g.CreatedAt, updated: g.UpdatedAt, text: g.Body.Text(),
	}
	r.grant(intsAt(v, "permission_ids"))
	return r, nil
}

func (r *role) grant(ids []int64) {
	if r.identifier == roleAdmin {
		r.permissions, r.rights = permissions, allRights()
		return
	}
	for _, id := range ids {
		if p, ok := permissionByID(id); ok {
			r.permissions = append(r.permissions, p)
			r.rights.union(implied(p))
		}
	}
}

// encodeRole is the document of a role.
func encodeRole(identifier string, system bool, permissionIDs []int64) *core.Document {
	v := wire.Object(
		wire.Member{Name: "v", Value: wire.Int(1)},
		wire.Member{Name: "identifier", Value: wire.String(identifier)},
		wire.Member{Name: "system", Value: wire.Bool(system)},
		wire.Member{Name: "permission_ids", Value: intsValue(permissionIDs)},
	)
	return core.NewDocument(v.JSON())
}

// writeRole writes what is inside a role. Its order: source: vendor reference, the user object.
func (d *Dialect) writeRole(e emitter, r *role) {
	e.Time("created_at", r.created)
	e.Int("id", r.id)
	if d.version >= v21 {
		e.Str("identifier", r.identifier)
	}
	e.Str("label", r.label)
	e.Time("updated_at", r.updated)
	if d.version >= v54 {
		e.Bool("system", r.system)
	}
}

func writePermission(e emitter, p permission) {
	e.Time("created_at", catalogueTime)
	e.Int("id", p.id)
	e.Str("identifier", p.identifier)
	e.Time("updated_at", catalogueTime)
	e.Str("label", p.label)
}

// rightsOf is what all the user's roles allow together.
func (d *Dialect) rightsOf(tx *core.Tx, u *core.User) (all rights, err error) {
	members, err := tx.Memberships(core.MembershipQuery{Realm: u.Realm, Kind: kindRole, Users: []int64{u.ID}})
	if err != nil || len(members) == 0 {
		return all, err
	}
	for _, m := range members {
		r, err := d.role(tx, m.Group)
		if err != nil {
			return rights{}, err
		}
		all.union(r.rights)
	}
	return all, nil
}

// role reads one role.
func (d *Dialect) role(tx *core.Tx, id int64) (*role, error) {
	g, err := tx.Group(core.GroupRef{Realm: d.cfg.Realm, Kind: kindRole, ID: id})
	if err != nil {
		return nil, err
	}
	return d.roleOf(g)
}

// checkRoles fails with NotFound if one of the ids is no role's.
func (d *Dialect) checkRoles(tx *core.Tx, ids []int64) error {
	for _, id := range ids {
		if _, err := tx.Group(core.GroupRef{Realm: d.cfg.Realm, Kind: kindRole, ID: id}); err != nil {
			return err
		}
	}
	return nil
}
