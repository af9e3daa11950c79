package onapp

import (
	"slices"

	"github.com/dragoman-gateway/dragoman/core"
)

// placeGroup decides where the user group is kept: as a membership if there is such a group, and otherwise in the
// facet, as it was given.
func (d *Dialect) placeGroup(tx *core.Tx, in *userIn, f *facet) error {
	if !in.group.Present() {
		return nil
	}
	f.Group = 0
	id := in.group.Or(0)
	if id == 0 {
		return nil
	}
	there, err := d.hasGroup(tx, kindUserGroup, id)
	if err == nil && !there {
		f.Group = id
	}
	return err
}

// join makes the memberships what the request says: all its roles and no others, one user group or none, its bucket.
func (d *Dialect) join(tx *core.Tx, u *core.User, in *userIn) error {
	if in.hasRoles {
		if err := d.belong(tx, u, kindRole, in.roles); err != nil {
			return err
		}
	}
	if in.group.Present() {
		if err := d.belongIfThere(tx, u, kindUserGroup, in.group.Or(0)); err != nil {
			return err
		}
	}
	if in.bucket.Present() {
		return d.belongIfThere(tx, u, kindBucket, in.bucket.Or(0))
	}
	return nil
}

// belongIfThere makes the user a member of that one group of the kind, or of none if it is not there.
func (d *Dialect) belongIfThere(tx *core.Tx, u *core.User, kind string, id int64) error {
	there, err := d.hasGroup(tx, kind, id)
	if err != nil {
		return err
	}
	if !there {
		return d.belong(tx, u, kind, nil)
	}
	return d.belong(tx, u, kind, []int64{id})
}

// belong makes the user a member of exactly these groups of the kind.
func (d *Dialect) belong(tx *core.Tx, u *core.User, kind string, ids []int64) error {
	rows, err := tx.Memberships(core.MembershipQuery{Realm: u.Realm, Kind: kind, Users: []int64{u.ID}})
	if err != nil {
		return err
	}
	have := make([]int64, 0, len(rows))
	for _, m := range rows {
		have = append(have, m.Group)
		if !slices.Contains(ids, m.Group) {
			if err := tx.Leave(u, &core.Group{ID: m.Group, Realm: u.Realm, Kind: kind}); err != nil {
				return err
			}
		}
	}
	for _, id := range ids {
		if slices.Contains(have, id) {
			continue
		}
		if _, err := tx.Join(u, &core.Group{ID: id, Realm: u.Realm, Kind: kind}); err != nil {
			return err
		}
	}
	return nil
}
