package onapp

import (
	"bytes"
	"time"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/internal/railsxml"
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

	by    *Dialect // whose version the fragments below are written for
	json  []byte   // the role as it stands in a user, in JSON
	inOne []byte   // and in XML, in a single user
	inAll []byte   // and in XML, in a list of users
}

// roleOf returns the role that a group is. It is kept with the group's document, which saveRole writes anew each
// time, so that it cannot outlive a change.
func (d *Dialect) roleOf(g *core.Group) (*role, error) {
	r, err := core.Decoded(g.Body, func(text []byte) (*role, error) { return d.readRole(g, text) })
	if err != nil || r.by == d && r.id == g.ID && r.label == g.Name && r.updated.Equal(g.UpdatedAt) {
		return r, err
	}
	return d.readRole(g, g.Body.Text())
}

func (d *Dialect) readRole(g *core.Group, text []byte) (*role, error) {
	v, err := wire.ParseJSON(text, wire.Limits{})
	if err != nil {
		return nil, &core.Error{Op: "decode role", Subject: kindRole, Err: err}
	}
	r := &role{
		id: g.ID, label: g.Name, identifier: textAt(v, "identifier"), system: flagAt(v, "system") == yes,
		created: g.CreatedAt, updated: g.UpdatedAt, by: d,
	}
	r.grant(intsAt(v, "permission_ids"))
	r.json = d.fragment(formatJSON, r, (*Dialect).openUser)
	r.inOne = d.fragment(formatXML, r, (*Dialect).openUser)
	r.inAll = d.fragment(formatXML, r, (*Dialect).openUsers)
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

// fragment writes the role once, as it looks in a user, so that showing a user with many permissions is a copy. A
// first item stands before it for the separators and the indent that it has there.
func (d *Dialect) fragment(f format, r *role, open func(*Dialect, railsxml.Emitter)) []byte {
	e := d.emitter(f)
	defer e.Release()
	open(d, e)
	e.Array("roles", "role", railsxml.Wrapped)
	e.Item()
	e.End()
	from := len(e.Bytes())
	e.Item()
	d.writeRole(e, r, true)
	e.End()
	return bytes.Clone(bytes.TrimPrefix(e.Bytes()[from:], []byte{','}))
}

func (d *Dialect) openUser(e railsxml.Emitter) { e.Root("user") }

func (d *Dialect) openUsers(e railsxml.Emitter) {
	e.List("users", "user", railsxml.Wrapped)
	e.Item()
}

// writeRole writes what is inside a role. Its order: source: vendor reference, the user object.
func (d *Dialect) writeRole(e railsxml.Emitter, r *role, withPermissions bool) {
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
	if withPermissions {
		writePermissions(e, r.permissions)
	}
}

func writePermission(e railsxml.Emitter, p permission) {
	e.Time("created_at", catalogueTime)
	e.Int("id", p.id)
	e.Str("identifier", p.identifier)
	e.Time("updated_at", catalogueTime)
	e.Str("label", p.label)
}

// fragmentFor picks the ready form of the role for a user that stands alone or in a list.
func (r *role) fragmentFor(f format, inList bool) []byte {
	switch {
	case f != formatXML:
		return r.json
	case inList:
		return r.inAll
	}
	return r.inOne
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
