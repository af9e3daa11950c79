package onapp

import (
	"errors"
	"slices"

	"github.com/dragoman-gateway/dragoman/core"
)

// setMemberships makes the user a member of exactly these groups of the kind.
func setMemberships(tx *core.Tx, u *core.User, kind string, ids []int64) error {
	rows, err := tx.Memberships(core.MembershipQuery{Realm: u.Realm, Kind: kind, Users: []int64{u.ID}})
	if err != nil {
		return err
	}
	current := make([]int64, len(rows))
	for i, m := range rows {
		current[i] = m.Group
		if !slices.Contains(ids, m.Group) {
			if err := tx.Leave(u, &core.Group{ID: m.Group, Realm: u.Realm, Kind: kind}); err != nil {
				return err
			}
		}
	}
	for _, id := range ids {
		if slices.Contains(current, id) {
			continue
		}
		if _, err := tx.Join(u, &core.Group{ID: id, Realm: u.Realm, Kind: kind}); err != nil {
			return err
		}
	}
	return nil
}

// groupExists reports whether the realm has a group of that kind with that id.
func groupExists(tx *core.Tx, realm core.Realm, kind string, id int64) (bool, error) {
	_, err := tx.Group(core.GroupRef{Realm: realm, Kind: kind, ID: id})
	if errors.Is(err, core.ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}
