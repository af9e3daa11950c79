package core

import (
	"errors"
	"strconv"

	"github.com/dragoman-gateway/dragoman/core/passwd"
)

// The methods of this file move whole stores. Only the operator may call them; for
// any other actor they fail with Forbidden.

// Realms lists all realms, in the order of their creation, but those that are being
// removed; see [BeginRemoval].
func (tx *Tx) Realms() ([]Realm, error) {
	all, err := tx.store.ListRealms()
	if err != nil {
		return nil, err
	}
	return withoutRemovals(tx, all)
}

// Kinds lists the kinds of groups and records of the realm that a transfer moves:
// all but that of the records of [Directory.ProvisionExisting], which an import sets.
func (tx *Tx) Kinds(realm Realm) (kinds []string, err error) {
	all, err := tx.store.ListKinds(realm)
	for _, k := range all {
		if k != provisionedKind {
			kinds = append(kinds, k)
		}
	}
	return kinds, err
}

// Counters lists the counters of the realm that a transfer moves.
func (tx *Tx) Counters(realm Realm) (list []Counter, err error) {
	all, err := tx.store.ListCounters(realm)
	for _, c := range all {
		if c.Name != "record:"+provisionedKind {
			list = append(list, c)
		}
	}
	return list, err
}

// RaiseCounter makes the next number of the counter at least c.Next.
func (tx *Tx) RaiseCounter(realm Realm, c Counter) error {
	if err := operatorOnly(tx); err != nil {
		return err
	}
	if err := EnterRealm(tx, realm); err != nil {
		return err
	}
	if err := noteRealm(tx, realm); err != nil {
		return err
	}
	return subject(tx.store.RaiseCounter(realm, c), "counter")
}

// ImportUser stores a new user as it is, with its number, revision, dates and
// hash; an ID of 0 takes the next number, a missing UID gets a new one, and missing
// dates are now. Provisioners do not run: see [Tx.ProvisionAgain].
func (tx *Tx) ImportUser(u *User) error {
	if err := operatorOnly(tx); err != nil {
		return err
	}
	if u.UID == "" {
		u.UID = tx.dir.NewUID()
	}
	if err := applyMappings(tx, u, nil); err != nil {
		return err
	}
	if err := checkUser(u); err != nil {
		return err
	}
	if err := checkHash(u); err != nil {
		return err
	}
	setIfZero(&u.CreatedAt, tx.Now())
	setIfZero(&u.UpdatedAt, u.CreatedAt)
	setIfZero(&u.PasswordChangedAt, u.CreatedAt)
	u.Revision = max(u.Revision, 1)
	if err := insertUser(tx, u); err != nil {
		return err
	}
	tx.noteUser(u, nil)
	return nil
}

func insertUser(tx *Tx, u *User) error {
	if u.ID == 0 {
		return tx.putUser(u)
	}
	err := tx.store.InsertUser(u)
	if e := AsError(err); e != nil && e.Kind == Conflict {
		return &Error{Kind: Invalid, Subject: "user", Faults: e.Faults}
	}
	return subject(err, "user")
}

// ErrUnknownHash is the cause of a Malformed fault of a password hash that no
// scheme of core/passwd knows, or whose cost is out of bounds.
var ErrUnknownHash = errors.New("the password hash is of no known scheme, or its cost is out of bounds")

func checkHash(u *User) error {
	if u.Password == "" || passwd.Known(u.Password) {
		return nil
	}
	return &Error{Kind: Invalid, Subject: "user", Faults: []Fault{{Field: FieldPassword, Rule: Malformed}}, Err: ErrUnknownHash}
}

// CheckImport fails as ImportUser does for the form of u, without storing it.
func (tx *Tx) CheckImport(u *User) error {
	return errors.Join(checkUser(u), checkHash(u))
}

// CheckNewNames fails if the name or the address of a new user could mean another user, or
// only looks like another's: the rule of [Tx.AddUser], which ImportUser leaves out, since
// a store of before the rule must be moved as it is. The address may come from a mapped
// attribute, which sets it.
func (tx *Tx) CheckNewNames(u *User) error {
	if err := applyMappings(tx, u, nil); err != nil {
		return err
	}
	return checkNames(tx, u, nil)
}

// ImportGroup stores a new group as it is, with its number; 0 takes the next one.
func (tx *Tx) ImportGroup(g *Group) error {
	if g.ID == 0 {
		return tx.SaveGroup(g)
	}
	if err := errors.Join(operatorOnly(tx), checkGroup(g)); err != nil {
		return err
	}
	if g.UID == "" {
		g.UID = tx.dir.NewUID()
	}
	setTimes(&g.CreatedAt, &g.UpdatedAt, true, tx.Now())
	return noteDone(tx, subject(tx.store.InsertGroup(g), g.Kind), Change{Action: "add", Kind: g.Kind, Realm: g.Realm, ID: g.ID})
}

// ImportRecord stores a new record as it is, with its number; 0 takes the next one.
func (tx *Tx) ImportRecord(r *Record) error {
	if r.ID == 0 {
		return tx.SaveRecord(r)
	}
	if err := errors.Join(operatorOnly(tx), checkKeys(r.Kind, indexedText{FieldKey, r.Key})); err != nil {
		return err
	}
	setTimes(&r.CreatedAt, &r.UpdatedAt, true, tx.Now())
	r.Revision = max(r.Revision, 1)
	return noteDone(tx, subject(tx.store.InsertRecord(r), r.Kind), Change{Action: "add", Kind: r.Kind, Realm: r.Realm, ID: r.ID, User: r.Owner})
}

// ImportMembership stores a membership with its number. If the number is 0 or
// taken, the membership gets the next one: its number only orders a group's members.
func (tx *Tx) ImportMembership(m *Membership) error {
	if err := operatorOnly(tx); err != nil {
		return err
	}
	isNew, err := membershipChanges(tx, "join", *m)
	if err != nil {
		return err
	}
	return noteMembership(tx, isNew, insertMembership(tx, m), "join", *m)
}

func insertMembership(tx *Tx, m *Membership) error {
	if m.ID != 0 {
		err := tx.store.InsertMembership(*m)
		if KindOf(err) != Conflict || err == nil {
			return subject(err, m.Kind)
		}
	}
	return subject(tx.store.Join(m), m.Kind)
}

// ProvisionAgain makes the next [Directory.ProvisionExisting] look at the realm's
// users from that number on: an import may fill numbers below those it has seen.
func (tx *Tx) ProvisionAgain(realm Realm, first int64) error {
	done, err := tx.Records(RecordQuery{Realm: realm, Kind: provisionedKind})
	if err != nil {
		return err
	}
	for _, r := range done {
		last, err := strconv.ParseInt(string(r.Body.Text()), 10, 64)
		if err != nil {
			return err
		}
		if last < first {
			continue
		}
		r.Body = NewDocument(strconv.AppendInt(nil, first-1, 10))
		if err := tx.SaveRecord(r); err != nil {
			return err
		}
	}
	return nil
}

// PrepareImport makes the imports of these users and memberships, of which only
// numbers and names matter, faster in this transaction. Nothing else changes by it.
func (tx *Tx) PrepareImport(users []*User, memberships []Membership) error {
	if err := operatorOnly(tx); err != nil {
		return err
	}
	return tx.store.PrepareInsert(users, memberships)
}

func operatorOnly(tx *Tx) error {
	if tx.actor.operator {
		return nil
	}
	return &Error{Kind: Forbidden, Op: "transfer", Subject: "user"}
}
