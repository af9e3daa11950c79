package syncano

import (
	"errors"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/syncano/internal/schema"
)

// lookUp checks that what the object points at is there, and drops from
// relations what is not. Faults go to p.
func (c *call) lookUp(tx *core.Tx, in *objectInput, p *problems) error {
	if name, ok := in.channel.Get(); ok {
		p.add("channel", "Object with name="+name+" does not exist.") // channels are not served
	}
	if err := c.lookUpGroup(tx, in, p); err != nil {
		return err
	}
	if err := c.lookUpOwner(tx, in, p); err != nil {
		return err
	}
	for i := range in.values {
		if err := c.lookUpValue(tx, &in.values[i], p); err != nil {
			return err
		}
	}
	return nil
}

func (c *call) lookUpGroup(tx *core.Tx, in *objectInput, p *problems) error {
	id, ok := in.group.Get()
	if !ok {
		return nil
	}
	living, err := existingGroup(tx, c.instance.Realm, id)
	switch {
	case err != nil:
		return err
	case living == 0:
		p.add("group", noSuchPK(decimal(id)))
	case c.caller.user != nil && !c.caller.key.IgnoreACL:
		return c.checkOwnGroup(tx, id, p)
	}
	return nil
}

// checkOwnGroup refuses a group that the person of the user key is not in.
func (c *call) checkOwnGroup(tx *core.Tx, id int64, p *problems) error {
	in, err := isMember(tx, c.caller.user, id)
	if err == nil && !in {
		p.add("group", "Invalid group specified.")
	}
	return err
}

// isMember tells whether the user is in the group.
func isMember(tx *core.Tx, u *core.User, group int64) (bool, error) {
	m, err := membershipOf(tx, u, group)
	return m != nil, err
}

// membershipOf finds the user's membership in the group; nil for none.
func membershipOf(tx *core.Tx, u *core.User, group int64) (*core.Membership, error) {
	list, err := tx.Memberships(core.MembershipQuery{Realm: u.Realm, Kind: groupKind, Users: []int64{u.ID}})
	for i := range list {
		if list[i].Group == group {
			return &list[i], err
		}
	}
	return nil, err
}

func (c *call) lookUpOwner(tx *core.Tx, in *objectInput, p *problems) error {
	id, ok := in.owner.Get()
	if !ok || in.class.IsProfile() {
		return nil
	}
	_, err := tx.User(core.ByID(c.instance.Realm, id))
	if errors.Is(err, core.ErrNotFound) {
		p.add("owner", noSuchPK(decimal(id)))
		return nil
	}
	return err
}

func (c *call) lookUpValue(tx *core.Tx, in *schema.Input, p *problems) error {
	switch in.Field.Type {
	case schema.File:
		return c.lookUpFile(tx, in, p)
	case schema.Reference, schema.Relation:
	default:
		return nil
	}
	if len(in.IDs) == 0 {
		return nil
	}
	found, err := c.existing(tx, in.Field, in.IDs)
	if err != nil {
		return err
	}
	if in.Field.Type == schema.Relation {
		in.KeepIDs(found)
	} else if len(found) == 0 {
		p.add(in.Field.Name, schema.MsgNoTarget)
	}
	return nil
}

// existing returns which of the ids are those of living objects of the field's target.
func (c *call) existing(tx *core.Tx, f *schema.Field, ids []int64) ([]int64, error) {
	if f.Target == "user" {
		users, err := tx.Users(core.UserQuery{Realm: c.instance.Realm, IDs: ids})
		return idsOf(users, func(u *core.User) int64 { return u.ID }), err
	}
	target := f.Target
	if target == "self" {
		target = c.targetSelf()
	}
	rows, err := tx.Records(core.RecordQuery{Realm: c.instance.Realm, Kind: schema.ObjectKind(target), IDs: ids})
	return idsOf(rows, func(r *core.Record) int64 { return r.ID }), err
}

// targetSelf is the class that "self" means: the one whose object is written.
func (c *call) targetSelf() string {
	if c.class != nil {
		return c.class.Name()
	}
	return schema.ProfileClass
}

func idsOf[T any](list []T, id func(T) int64) []int64 {
	ids := make([]int64, 0, len(list))
	for _, one := range list {
		ids = append(ids, id(one))
	}
	return schema.SortedIDs(ids)
}
