package onapp

import (
	"errors"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/internal/railsxml"
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

// kindUserGroup is the kind of group that a user group is; a user is in one or none. Key is left empty: the panel
// allows labels twice.
const kindUserGroup = "onapp.user_group"

// userGroup is a group's document, read, with the objects it refers to.
type userGroup struct {
	d          *Dialect
	group      *core.Group
	identifier string
	closed     bool
	bucketIDs  []int64
	roleIDs    []int64

	buckets []*bucket
	roles   []countedRole
}

func (d *Dialect) readUserGroup(g *core.Group) (*userGroup, error) {
	v, err := wire.ParseJSON(g.Body.Text(), wire.Limits{})
	if err != nil {
		return nil, &core.Error{Op: "decode user group", Subject: kindUserGroup, Err: err}
	}
	return &userGroup{
		d: d, group: g, identifier: textAt(v, "identifier"), closed: flagAt(v, "closed") == yes,
		bucketIDs: intsAt(v, "bucket_ids"), roleIDs: intsAt(v, "role_ids"),
	}, nil
}

func (g *userGroup) encode() *core.Document {
	v := wire.Object(
		wire.Member{Name: "v", Value: wire.Int(1)},
		wire.Member{Name: "identifier", Value: wire.String(g.identifier)},
		wire.Member{Name: "closed", Value: wire.Bool(g.closed)},
		wire.Member{Name: "bucket_ids", Value: intsValue(g.bucketIDs)},
		wire.Member{Name: "role_ids", Value: intsValue(g.roleIDs)},
	)
	return core.NewDocument(v.JSON())
}

// load reads what the group refers to. What is gone meanwhile is left out.
func (c *call) load(tx *core.Tx, g *userGroup) error {
	if len(g.roleIDs) > 0 {
		groups, err := tx.Groups(core.GroupQuery{Realm: c.realm(), Kind: kindRole, IDs: g.roleIDs})
		if err != nil {
			return err
		}
		for _, role := range groups {
			r, err := c.counted(tx, role)
			if err != nil {
				return err
			}
			g.roles = append(g.roles, r)
		}
	}
	if len(g.bucketIDs) > 0 {
		var err error
		g.buckets, err = c.d.bucketsIn(tx, g.bucketIDs)
		return err
	}
	return nil
}

// write is what is shown of a user group. source: vendor reference, user groups and versions.
func (g *userGroup) write(e stream) {
	if g.d.version < v30 {
		g.writeOld(e)
		return
	}
	e.Bool("closed", g.closed)
	e.Time("created_at", g.group.CreatedAt)
	e.Bool("federation_enabled", false)
	e.Nil("federation_id")
	e.Nil("hypervisor_id")
	e.Int("id", g.group.ID)
	e.Str("identifier", g.identifier)
	e.Str("label", g.group.Name)
	e.Bool("traded", false)
	e.Time("updated_at", g.group.UpdatedAt)
	g.writeBuckets(e)
	e.Array("roles", "role", railsxml.Wrapped)
	for _, r := range g.roles {
		e.Item()
		g.d.writeGroupRole(e, r)
		e.End()
	}
	e.End()
}

func (g *userGroup) writeOld(e stream) {
	e.Time("created_at", g.group.CreatedAt)
	e.Int("id", g.group.ID)
	e.Str("label", g.group.Name)
	e.Time("updated_at", g.group.UpdatedAt)
}

func (g *userGroup) writeBuckets(e stream) {
	name, item := "user_buckets", "user_bucket"
	if g.d.version < v56 {
		name, item = "billing_plans", "billing_plan"
	} else {
		e.IntOrNil("bucket_id", first(g.bucketIDs), len(g.bucketIDs) > 0)
	}
	e.Array(name, item, railsxml.Wrapped)
	for _, b := range g.buckets {
		e.Item()
		b.writeShort(e)
		e.End()
	}
	e.End()
}

// writeGroupRole is a role inside a user group: without its permissions, with its users.
func (d *Dialect) writeGroupRole(e stream, r countedRole) {
	e.Int("id", r.id)
	e.Str("label", r.label)
	e.Str("identifier", r.identifier)
	e.Time("created_at", r.created)
	e.Time("updated_at", r.updated)
	e.Int("users_count", int64(r.users))
}

func first(ids []int64) int64 {
	if len(ids) == 0 {
		return 0
	}
	return ids[0]
}

// hasGroup tells whether there is a group of that kind with that id.
func (d *Dialect) hasGroup(tx *core.Tx, kind string, id int64) (bool, error) {
	_, err := tx.Group(core.GroupRef{Realm: d.cfg.Realm, Kind: kind, ID: id})
	if errors.Is(err, core.ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}
