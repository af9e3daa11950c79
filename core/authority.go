package core

import (
	"maps"
	"slices"
)

// Authority is what a caller's credentials allow it to do to others: for each
// dialect the rights that it confers, in words of that dialect's own which the
// core only compares. The zero Authority allows nothing.
type Authority map[string]map[string]bool

// NewAuthority returns the authority of rights in one dialect; without rights it is empty.
func NewAuthority(dialect string, rights ...string) Authority {
	var a Authority
	return a.with(dialect, rights)
}

// Empty reports whether a allows nothing.
func (a Authority) Empty() bool { return len(a) == 0 }

// Holds reports whether a includes every right of other.
func (a Authority) Holds(other Authority) bool { return len(a.missing(other)) == 0 }

// with returns a with more rights in one dialect. It may change a.
func (a Authority) with(dialect string, rights []string) Authority {
	if len(rights) == 0 {
		return a
	}
	if a == nil {
		a = Authority{}
	}
	if a[dialect] == nil {
		a[dialect] = map[string]bool{}
	}
	for _, r := range rights {
		a[dialect][r] = true
	}
	return a
}

// missing lists the rights of other that a lacks, as "dialect:right", sorted.
func (a Authority) missing(other Authority) (lacking []string) {
	for dialect, rights := range other {
		for right := range rights {
			if !a[dialect][right] {
				lacking = append(lacking, dialect+":"+right)
			}
		}
	}
	slices.Sort(lacking)
	return lacking
}

// AuthoritySource is a dialect whose groups confer authority. The core derives a
// user's authority from the memberships at every decision, so it is never out of date.
type AuthoritySource interface {
	// Name is the dialect's name.
	Name() string
	// AuthorityKinds are the kinds of group whose membership can confer authority.
	AuthorityKinds() []string
	// GroupRights returns the rights over others that membership of g confers, each
	// of them: one that includes others is listed with those it includes. Rights over
	// one's own account are not among them, nor are those of a group in a realm that
	// the source does not serve. It fails only if g cannot be read.
	GroupRights(g *Group) ([]string, error)
}

// RecordAuthority is an [AuthoritySource] some of whose records confer rights on
// whoever holds or is named in them, such as the flags of an API key. Such a record
// is decided like a group.
type RecordAuthority interface {
	// AuthorityRecords are the kinds of record that can confer rights.
	AuthorityRecords() []string
	// RecordRights returns the rights that r confers, as GroupRights.
	RecordRights(r *Record) ([]string, error)
}

// FacetGuard is an [AuthoritySource] that keeps credentials or a status in its facet.
type FacetGuard interface {
	// GuardedFacetChanged reports whether the two facets, of which either may be
	// nil, differ in a credential or a status.
	GuardedFacetChanged(before, after *Document) bool
}

// RecordGuard is an [AuthoritySource] that keeps credentials in records.
type RecordGuard interface {
	// GuardedRecords are the kinds of record that are a credential of their owner,
	// here or elsewhere, or restrict one, such as API keys, SSH keys and lists of
	// allowed addresses.
	GuardedRecords() []string
}

// Proof is how a user showed who they are.
type Proof uint8

// Proofs, from weakest to strongest.
const (
	// ProofSession is a key that applications hold for the user, such as a Syncano
	// user key. It outlives passwords and may lie on many devices: it does not
	// carry the user's authority.
	ProofSession Proof = iota
	// ProofSecret is the password, or a key that the user made as a credential of
	// a dialect in which they hold authority.
	ProofSecret
)

// Actor is who makes a change. The zero Actor is an anonymous client, who holds
// no authority.
type Actor struct {
	// Dialect is the name of the dialect the actor came through; "" for the program itself.
	Dialect string

	operator  bool
	user      UserRef
	proof     Proof
	authority map[Realm]Authority // of credentials that are not a user's
}

// Operator acts for whoever runs the program: the seed, the command line, and
// bookkeeping such as counters of failed logins. It may do everything.
func Operator() Actor { return Actor{operator: true} }

// ActingOperator is the user u acting for whoever runs the program: an operator of the
// console, who may do everything. Such a change is u's own.
func ActingOperator(dialect string, u *User) Actor {
	return Actor{Dialect: dialect, operator: true, user: ByID(u.Realm, u.ID)}
}

// ActingUser is the user u, who came through the dialect with that proof.
func ActingUser(dialect string, u *User, proof Proof) Actor {
	return Actor{Dialect: dialect, user: ByID(u.Realm, u.ID), proof: proof}
}

// ActingKey is a holder of credentials that are not a user's, such as an API key
// or a developer's account, with the authority that they confer in each realm. In
// a realm that is not named they confer none.
func ActingKey(dialect string, in map[Realm]Authority) Actor {
	return Actor{Dialect: dialect, authority: in}
}

// Is reports whether the actor is the user u.
func (a Actor) Is(u *User) bool { return a.user.ID != 0 && a.user == ByID(u.Realm, u.ID) }

// IsOperator reports whether the actor is the program's operator.
func (a Actor) IsOperator() bool { return a.operator }

// AddAuthoritySource registers s. Several sources of one name, such as two mounts
// of a dialect, add up. It must be called before the directory is in use by several
// goroutines.
func (d *Directory) AddAuthoritySource(s AuthoritySource) {
	d.authority = append(d.authority, s)
	for _, kind := range s.AuthorityKinds() {
		d.conferring[kind] = append(d.conferring[kind], s)
	}
	d.authorityKinds = slices.Sorted(maps.Keys(d.conferring))
	if g, ok := s.(RecordGuard); ok {
		d.guardedRecords = append(d.guardedRecords, g.GuardedRecords()...)
	}
	if r, ok := s.(RecordAuthority); ok {
		d.authorityRecords = append(d.authorityRecords, r.AuthorityRecords()...)
	}
}

// Authority returns what the user's memberships allow them to do to others.
func (tx *Tx) Authority(u *User) (a Authority, err error) {
	for _, kind := range tx.dir.authorityKinds {
		members, err := tx.Memberships(MembershipQuery{Realm: u.Realm, Kind: kind, Users: []int64{u.ID}})
		if err != nil {
			return nil, err
		}
		for _, m := range members {
			conferred, err := groupAuthority(tx, GroupRef{Realm: u.Realm, Kind: kind, ID: m.Group})
			if err != nil {
				return nil, err
			}
			a = union(a, conferred)
		}
	}
	return a, nil
}

// AnyAuthority reports whether a membership of any user in the realm confers authority.
func (tx *Tx) AnyAuthority(realm Realm) (bool, error) {
	for _, kind := range tx.dir.authorityKinds {
		groups, err := tx.Groups(GroupQuery{Realm: realm, Kind: kind})
		if err != nil {
			return false, err
		}
		for _, g := range groups {
			conferred, err := rightsOf(tx, g)
			if err != nil {
				return false, err
			}
			if conferred.Empty() {
				continue
			}
			members, err := tx.Memberships(MembershipQuery{Realm: realm, Kind: kind, Group: g.ID, Limit: 1})
			if err != nil || len(members) > 0 {
				return len(members) > 0, err
			}
		}
	}
	return false, nil
}

// ActorAuthority returns what the transaction's actor held in the realm when it
// made its first guarded change, so that a change of its own rights does not stop
// the rest of the change. A session key carries no authority, and authority ends
// with the realm.
func (tx *Tx) ActorAuthority(realm Realm) (Authority, error) {
	a := tx.actor
	if a.user.ID == 0 {
		return a.authority[realm], nil
	}
	if a.user.Realm != realm || a.proof < ProofSecret {
		return nil, nil
	}
	if !tx.actorKnown {
		held, err := userActorAuthority(tx)
		if err != nil {
			return nil, err
		}
		tx.actorHolds, tx.actorKnown = held, true
	}
	return tx.actorHolds, nil
}

func userActorAuthority(tx *Tx) (Authority, error) {
	u, err := tx.User(tx.actor.user)
	if err != nil || !u.Active(tx.Now()) {
		if KindOf(err) == NotFound {
			err = nil // removed since its request was let in
		}
		return nil, err
	}
	return tx.Authority(u)
}
