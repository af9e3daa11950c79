package operator

import (
	"context"
	"slices"
	"strings"

	"github.com/dragoman-gateway/dragoman/core"
)

// Granter is a dialect, or a part of the program, in which a user can be given all rights.
type Granter interface {
	Name() string
	GrantAll(tx *core.Tx, u *core.User) error
}

// revoker is a [Granter] that takes rights away in its own way.
type revoker interface {
	RevokeAll(tx *core.Tx, u *core.User) error
}

// granter finds where the rights are.
func (s *Store) granter(name string) (Granter, error) {
	all := slices.Clone(s.Administered)
	for _, d := range s.Dialects {
		if g, ok := d.(Granter); ok {
			all = append(all, g)
		}
	}
	var names []string
	for _, g := range all {
		if g.Name() == name {
			return g, nil
		}
		names = append(names, g.Name())
	}
	slices.Sort(names)
	return nil, misuse("no rights to give in %q: use one of %s", name, strings.Join(names, ", "))
}

// GrantRights gives a user all rights in a dialect.
type GrantRights struct {
	User    `embed:""`
	Dialect string `arg:"" help:"onapp: the role of administrator; econtext: calls to the API; syncano: an account with full rights in the realm's instances; operator: the console."`
}

// Do gives the user the rights.
func (o *GrantRights) Do(ctx context.Context, s *Store) (Result, error) {
	g, err := s.granter(o.Dialect)
	if err == nil {
		err = o.change(ctx, s, g.GrantAll)
	}
	return o.done("has all rights in %s", o.Dialect), err
}

// RevokeRights takes all rights over others in a dialect from a user.
type RevokeRights struct {
	User    `embed:""`
	Dialect string `arg:"" help:"onapp, econtext, syncano or operator."`
}

// Do takes the rights away.
func (o *RevokeRights) Do(ctx context.Context, s *Store) (Result, error) {
	g, err := s.granter(o.Dialect)
	if err == nil {
		err = o.change(ctx, s, func(tx *core.Tx, u *core.User) error { return revoke(tx, u, g) })
	}
	return o.done("has no rights over others in %s", o.Dialect), err
}

// revoke ends the memberships that confer rights.
func revoke(tx *core.Tx, u *core.User, g Granter) error {
	if r, ok := g.(revoker); ok {
		return r.RevokeAll(tx, u)
	}
	source, ok := g.(core.AuthoritySource)
	if !ok {
		return nil
	}
	for _, kind := range source.AuthorityKinds() {
		members, err := tx.Memberships(core.MembershipQuery{Realm: u.Realm, Kind: kind, Users: []int64{u.ID}})
		if err != nil {
			return err
		}
		for _, m := range members {
			if err := leaveConferring(tx, u, source, m); err != nil {
				return err
			}
		}
	}
	return nil
}

func leaveConferring(tx *core.Tx, u *core.User, source core.AuthoritySource, m core.Membership) error {
	group, err := tx.Group(core.GroupRef{Realm: m.Realm, Kind: m.Kind, ID: m.Group})
	if err != nil {
		return err
	}
	rights, err := source.GroupRights(group)
	if err != nil || len(rights) == 0 {
		return err
	}
	return tx.Leave(u, group)
}
