package console

import (
	"slices"

	"github.com/dragoman-gateway/dragoman/core"
)

// Name is the console's word where a dialect's name stands: in rights, group kinds
// and the log.
const Name = "operator"

const (
	groupKind = Name + ".group"
	groupKey  = "operators"
	right     = "operate"
)

// Operators confers the authority to use the console: membership of one group in the
// realm main. It is a [core.AuthoritySource], so that no other dialect can change the
// password of an operator.
type Operators struct{}

// Name implements [core.AuthoritySource].
func (Operators) Name() string { return Name }

// AuthorityKinds implements [core.AuthoritySource].
func (Operators) AuthorityKinds() []string { return []string{groupKind} }

// GroupRights implements [core.AuthoritySource].
func (Operators) GroupRights(*core.Group) ([]string, error) { return []string{right}, nil }

// GrantAll makes the user an operator.
func (Operators) GrantAll(tx *core.Tx, u *core.User) error {
	g, err := tx.Group(core.GroupRef{Realm: u.Realm, Kind: groupKind, Key: groupKey})
	if core.KindOf(err) == core.NotFound {
		g = &core.Group{Realm: u.Realm, Kind: groupKind, Key: groupKey, Name: "Operators"}
		err = tx.SaveGroup(g)
	}
	if err != nil {
		return err
	}
	_, err = tx.Join(u, g)
	return err
}

// RevokeAll ends that the user is an operator.
func (Operators) RevokeAll(tx *core.Tx, u *core.User) error {
	g, err := tx.Group(core.GroupRef{Realm: u.Realm, Kind: groupKind, Key: groupKey})
	if core.KindOf(err) == core.NotFound {
		return nil
	}
	if err != nil {
		return err
	}
	return tx.Leave(u, g)
}

// rightOf returns the number of the membership that lets the user use the console now,
// or 0. It is never that of an earlier membership.
func rightOf(tx *core.Tx, u *core.User) (int64, error) {
	if !u.Active(tx.Now()) {
		return 0, nil
	}
	all, err := tx.Memberships(core.MembershipQuery{Realm: u.Realm, Kind: groupKind, Users: []int64{u.ID}})
	if err != nil {
		return 0, err
	}
	g, err := tx.Group(core.GroupRef{Realm: u.Realm, Kind: groupKind, Key: groupKey})
	if core.KindOf(err) == core.NotFound {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	if i := slices.IndexFunc(all, func(m core.Membership) bool { return m.Group == g.ID }); i >= 0 {
		return all[i].ID, nil
	}
	return 0, nil
}

// confirm refuses, in the transaction of a change, an operator who lost the right or
// whose password changed since the request began.
func confirm(tx *core.Tx, operator *core.User) error {
	now, err := tx.User(core.ByID(operator.Realm, operator.ID))
	if core.KindOf(err) == core.NotFound {
		return errSignedOut
	}
	if err != nil {
		return err
	}
	right, err := rightOf(tx, now)
	if err == nil && (right == 0 || operator.Password != now.Password) {
		err = errSignedOut
	}
	return err
}

// errSignedOut reports that the user of a change is no longer an operator.
var errSignedOut = &core.Error{Kind: core.Unauthenticated, Op: "change", Subject: "user"}
