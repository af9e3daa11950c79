package core

import (
	"maps"
	"slices"
	"strings"
)

// decide is the one place that says who may make a change that touches
// authority. conferred is what the change gives or takes away: an actor never grants
// what they do not hold. target, if not nil, is a user whose credentials, status
// or existence change: if they hold authority, only they themselves with
// [ProofSecret] may do it, or an actor who holds all of it.
func (tx *Tx) decide(realm Realm, target *User, conferred Authority) error {
	if decidesNothing(tx) {
		return nil
	}
	holds, err := tx.ActorAuthority(realm) // first: the change may be of the actor's own rights
	if err != nil {
		return err
	}
	needed := conferred
	if target != nil && !(tx.actor.Is(target) && tx.actor.proof >= ProofSecret) {
		held, err := tx.Authority(target)
		if err != nil {
			return err
		}
		needed = union(held, conferred)
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

// decideUser judges the change of the stored user, before, to u.
func decideUser(tx *Tx, u, before *User) error {
	if decidesNothing(tx) || !guardedChange(tx, before, u) {
		return nil
	}
	return tx.decide(u.Realm, before, nil)
}

// decidesNothing reports whether every change is allowed.
func decidesNothing(tx *Tx) bool {
	return tx.actor.operator || tx.dir.cfg.TrustDialects || len(tx.dir.authority) == 0
}

// guardedChange reports whether the two differ in what logs the user in, finds
// them, or lets them act.
func guardedChange(tx *Tx, a, b *User) bool {
	if a.UID != b.UID || a.Username != b.Username || a.Email != b.Email || a.Password != b.Password ||
		a.Enabled != b.Enabled || !a.EnabledUntil.Equal(b.EnabledUntil) || !a.DeletedAt.Equal(b.DeletedAt) ||
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

// decideMembership judges u's joining or leaving the stored group g, or for a nil u
// removing it.
func decideMembership(tx *Tx, u *User, g *Group) error {
	if decidesNothing(tx) {
		return nil
	}
	conferred, err := groupAuthority(tx, GroupRef{Realm: g.Realm, Kind: g.Kind, ID: g.ID})
	if err != nil || conferred.Empty() {
		return err
	}
	return tx.decide(g.Realm, u, conferred)
}

// decideGroup judges writing g: whoever changes the rights of a group must hold
// those that it had and those that it gets.
func decideGroup(tx *Tx, g *Group) error {
	if decidesNothing(tx) {
		return nil
	}
	gets, err := rightsOf(tx, g)
	if err != nil {
		return err
	}
	had := Authority(nil)
	if g.ID != 0 {
		if had, err = groupAuthority(tx, GroupRef{Realm: g.Realm, Kind: g.Kind, ID: g.ID}); err != nil {
			return err
		}
	}
	return decideChange(tx, g.Realm, had, gets)
}

// decideChange judges a change of what something confers.
func decideChange(tx *Tx, realm Realm, had, gets Authority) error {
	if had.Holds(gets) && gets.Holds(had) {
		return nil
	}
	return tx.decide(realm, nil, union(had, gets))
}

// decideRealm judges removing a realm with all its users: whoever does it must
// hold what any of its groups and records confers.
func decideRealm(tx *Tx, realm Realm) error {
	if decidesNothing(tx) {
		return nil
	}
	var conferred Authority
	for _, kind := range tx.dir.authorityKinds {
		groups, err := tx.Groups(GroupQuery{Realm: realm, Kind: kind})
		if err != nil {
			return err
		}
		for _, g := range groups {
			a, err := rightsOf(tx, g)
			if err != nil {
				return err
			}
			conferred = union(conferred, a)
		}
	}
	for _, kind := range tx.dir.authorityRecords {
		records, err := tx.Records(RecordQuery{Realm: realm, Kind: kind})
		if err != nil {
			return err
		}
		for _, r := range records {
			a, err := recordAuthority(tx, r)
			if err != nil {
				return err
			}
			conferred = union(conferred, a)
		}
	}
	return tx.decide(realm, nil, conferred)
}

// union returns a new Authority with all rights of all.
func union(all ...Authority) (sum Authority) {
	for _, a := range all {
		for dialect, rights := range a {
			sum = sum.with(dialect, slices.Collect(maps.Keys(rights)))
		}
	}
	return sum
}

// groupAuthority returns what membership of the stored group confers.
func groupAuthority(tx *Tx, ref GroupRef) (Authority, error) {
	if len(tx.dir.conferring[ref.Kind]) == 0 {
		return nil, nil
	}
	g, err := tx.store.GetGroup(ref)
	if err != nil {
		return nil, subject(err, ref.Kind)
	}
	return rightsOf(tx, g)
}

// rightsOf returns what membership of g, as it is given, confers.
func rightsOf(tx *Tx, g *Group) (a Authority, err error) {
	for _, source := range tx.dir.conferring[g.Kind] {
		rights, err := source.GroupRights(g)
		if err != nil {
			return nil, err
		}
		a = a.with(source.Name(), rights)
	}
	return a, nil
}

// recordAuthority returns what r, as it is given, confers.
func recordAuthority(tx *Tx, r *Record) (a Authority, err error) {
	for _, source := range tx.dir.authority {
		conferring, ok := source.(RecordAuthority)
		if !ok || !slices.Contains(conferring.AuthorityRecords(), r.Kind) {
			continue
		}
		rights, err := conferring.RecordRights(r)
		if err != nil {
			return nil, err
		}
		a = a.with(source.Name(), rights)
	}
	return a, nil
}

// decideRecord judges writing r, or removing it: one that is a credential of its
// owner by the owner it has and the one it gets, one that confers rights by those.
func (tx *Tx) decideRecord(r *Record, stays bool) error {
	guarded, conferring := slices.Contains(tx.dir.guardedRecords, r.Kind), slices.Contains(tx.dir.authorityRecords, r.Kind)
	if !guarded && !conferring || decidesNothing(tx) {
		return nil
	}
	before := &Record{Realm: r.Realm, Kind: r.Kind}
	if r.ID != 0 {
		stored, err := tx.store.GetRecord(RecordRef{Realm: r.Realm, Kind: r.Kind, ID: r.ID})
		if err != nil {
			return subject(err, r.Kind)
		}
		before = stored
	}
	if guarded {
		if err := decideOwners(tx, r.Realm, before.Owner, r.Owner); err != nil {
			return err
		}
	}
	if !conferring {
		return nil
	}
	return decideRecordRights(tx, before, r, stays)
}

// decideOwners judges changing a credential of these users; 0 means none.
func decideOwners(tx *Tx, realm Realm, owners ...int64) error {
	for i, id := range owners {
		if id == 0 || slices.Contains(owners[:i], id) {
			continue
		}
		owner, err := tx.UserIncludingDeleted(ByID(realm, id))
		if err != nil {
			return err
		}
		if err := tx.decide(realm, owner, nil); err != nil {
			return err
		}
	}
	return nil
}

// decideRecordRights judges what before conferred and, if it stays, r confers.
func decideRecordRights(tx *Tx, before, r *Record, stays bool) (err error) {
	var had, gets Authority
	if before.ID != 0 {
		if had, err = recordAuthority(tx, before); err != nil {
			return err
		}
	}
	if stays {
		if gets, err = recordAuthority(tx, r); err != nil {
			return err
		}
	}
	return decideChange(tx, r.Realm, had, gets)
}
