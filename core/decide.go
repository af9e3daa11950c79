package core

import (
	"maps"
	"slices"
	"strings"
	"time"
)

// decide is the one place that says who may make a change that touches
// authority. conferred is what the change gives or takes away: an actor never grants
// what they do not hold. target, if not nil, is a user whose credentials, status
// or existence change: if they hold authority, only they themselves with
// [ProofSecret] may do it, or an actor who holds all of it.
func (tx *Tx) decide(realm Realm, target *User, conferred Authority) error {
	if tx.decidesNothing() {
		return nil
	}
	needed := conferred
	if target != nil && !(tx.actor.Is(target) && tx.actor.proof >= ProofSecret) {
		held, err := tx.Authority(target)
		if err != nil {
			return err
		}
		needed = union(held, conferred)
	}
	if needed.Empty() {
		return nil
	}
	holds, err := tx.ActorAuthority(realm)
	if err != nil {
		return err
	}
	if lacking := holds.missing(needed); len(lacking) > 0 {
		return &Error{Kind: Forbidden, Op: "decide authority", Subject: "user", Err: &MissingAuthority{lacking}}
	}
	return nil
}

// MissingAuthority is the cause of a Forbidden error, for the log alone.
type MissingAuthority struct {
	Rights []string // as "dialect:right", sorted
}

func (e *MissingAuthority) Error() string {
	const most = 5
	if n := len(e.Rights); n > most {
		return "the actor lacks " + strings.Join(e.Rights[:most], ", ") + " and more"
	}
	return "the actor lacks " + strings.Join(e.Rights, ", ")
}

// decideUser judges the change of a stored user to u.
func (tx *Tx) decideUser(u *User) error {
	if tx.decidesNothing() {
		return nil
	}
	before, err := tx.store.GetUser(ByID(u.Realm, u.ID))
	if err != nil || !tx.guardedChange(before, u) {
		return subject(err, "user")
	}
	return tx.decide(u.Realm, before, nil)
}

// decidesNothing reports whether every change is allowed.
func (tx *Tx) decidesNothing() bool {
	return tx.actor.operator || tx.dir.cfg.TrustDialects || len(tx.dir.authority) == 0
}

// guardedChange reports whether the two differ in what logs the user in, finds
// them, or lets them act.
func (tx *Tx) guardedChange(a, b *User) bool {
	if a.UID != b.UID || a.Username != b.Username || a.Email != b.Email || a.Password != b.Password ||
		a.Enabled != b.Enabled || !sameTime(a.EnabledUntil, b.EnabledUntil) || !sameTime(a.DeletedAt, b.DeletedAt) ||
		!sameHandles(a.Handles, b.Handles) {
		return true
	}
	for _, source := range tx.dir.authority {
		g, ok := source.(FacetGuard)
		if ok && g.GuardedFacetChanged(a.Facets.Get(source.Name()), b.Facets.Get(source.Name())) {
			return true
		}
	}
	return false
}

func sameTime(a, b time.Time) bool { return a.Equal(b) }

// sameHandles reports whether both lists find a user by the same texts, in whatever order.
func sameHandles(a, b []Handle) bool {
	if len(a) != len(b) {
		return false
	}
	for _, h := range a {
		if !slices.Contains(b, h) {
			return false
		}
	}
	return true
}

// decideMembership judges joining, leaving or removing the stored group g.
func (tx *Tx) decideMembership(g *Group) error {
	if tx.decidesNothing() {
		return nil
	}
	stored, err := tx.store.GetGroup(GroupRef{Realm: g.Realm, Kind: g.Kind, ID: g.ID})
	if err != nil {
		return subject(err, g.Kind)
	}
	conferred, err := tx.groupAuthority(stored)
	if err != nil || conferred.Empty() {
		return err
	}
	return tx.decide(g.Realm, nil, conferred)
}

// decideGroup judges writing g: whoever changes the rights of a group must hold
// those that it had and those that it gets.
func (tx *Tx) decideGroup(g *Group) error {
	if tx.decidesNothing() {
		return nil
	}
	gets, err := tx.groupAuthority(g)
	if err != nil {
		return err
	}
	had := Authority(nil)
	if g.ID != 0 {
		before, err := tx.store.GetGroup(GroupRef{Realm: g.Realm, Kind: g.Kind, ID: g.ID})
		if err != nil {
			return subject(err, g.Kind)
		}
		if had, err = tx.groupAuthority(before); err != nil {
			return err
		}
	}
	if had.Holds(gets) && gets.Holds(had) {
		return nil
	}
	return tx.decide(g.Realm, nil, union(had, gets))
}

// decideRealm judges removing a realm with all its users: whoever does it must
// hold what any of its groups confers.
func (tx *Tx) decideRealm(realm Realm) error {
	if tx.decidesNothing() {
		return nil
	}
	var conferred Authority
	for _, source := range tx.dir.authority {
		for _, kind := range source.AuthorityKinds() {
			groups, err := tx.Groups(GroupQuery{Realm: realm, Kind: kind})
			if err != nil {
				return err
			}
			for _, g := range groups {
				rights, err := source.GroupRights(g)
				if err != nil {
					return err
				}
				conferred = conferred.with(source.Name(), rights)
			}
		}
	}
	return tx.decide(realm, nil, conferred)
}

func union(all ...Authority) (sum Authority) {
	for _, a := range all {
		for dialect, rights := range a {
			sum = sum.with(dialect, slices.Collect(maps.Keys(rights)))
		}
	}
	return sum
}

func (tx *Tx) groupAuthority(g *Group) (Authority, error) {
	if g == nil {
		return nil, nil
	}
	for _, source := range tx.dir.authority {
		if slices.Contains(source.AuthorityKinds(), g.Kind) {
			rights, err := source.GroupRights(g)
			return NewAuthority(source.Name(), rights...), err
		}
	}
	return nil, nil
}

// decideRecord judges writing or removing a record that is a credential of its
// owner, of the owner it has and the one it gets.
func (tx *Tx) decideRecord(r *Record) error {
	if !tx.dir.guardedRecords[r.Kind] || tx.decidesNothing() {
		return nil
	}
	owners := []int64{r.Owner}
	if r.ID != 0 {
		before, err := tx.store.GetRecord(RecordRef{Realm: r.Realm, Kind: r.Kind, ID: r.ID})
		if err != nil {
			return subject(err, r.Kind)
		}
		if before.Owner != r.Owner {
			owners = append(owners, before.Owner)
		}
	}
	for _, id := range owners {
		if id == 0 {
			continue
		}
		owner, err := tx.UserIncludingDeleted(ByID(r.Realm, id))
		if err != nil {
			return err
		}
		if err := tx.decide(r.Realm, owner, nil); err != nil {
			return err
		}
	}
	return nil
}
