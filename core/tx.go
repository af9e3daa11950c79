package core

import "time"

// Tx is one transaction on the directory. It validates, sets times and revisions,
// and calls the store. Its reads fail with NotFound; its writes with Invalid (all
// faults at once, in field order), Stale, NotFound or Forbidden. It is not safe for
// concurrent use.
type Tx struct {
	store StoreTx
	dir   *Directory
	now   time.Time
	actor Actor

	// actorHolds is the authority of an actor who is a user, once actorKnown.
	actorHolds Authority
	actorKnown bool

	seedState seedState
	// keepsSessions says that a new hash is of the same password.
	keepsSessions bool

	// names are those that vendors are asked about.
	names *vendorNames

	// changes are what was written, if there is an auditor.
	changes []Change

	// committed is called after the commit, in this order.
	committed []func()
}

// Now returns the time of the transaction, the same at every call.
func (tx *Tx) Now() time.Time {
	if tx.now.IsZero() {
		tx.now = tx.dir.Now()
	}
	return tx.now
}

// Actor returns who makes the changes of this transaction.
func (tx *Tx) Actor() Actor { return tx.actor }

// Directory returns the directory this transaction belongs to, for new keys and ids.
func (tx *Tx) Directory() *Directory { return tx.dir }

// User finds one user that is not marked as deleted.
func (tx *Tx) User(ref UserRef) (*User, error) {
	u, err := tx.UserIncludingDeleted(ref)
	if err == nil && !u.DeletedAt.IsZero() {
		return nil, notFound("user")
	}
	return u, err
}

// UserIncludingDeleted finds one user, marked as deleted or not.
func (tx *Tx) UserIncludingDeleted(ref UserRef) (*User, error) {
	if ref.Realm == "" || ref == (UserRef{Realm: ref.Realm}) {
		return nil, notFound("user")
	}
	u, err := tx.store.GetUser(ref)
	return u, subject(err, "user")
}

// Users lists users.
func (tx *Tx) Users(q UserQuery) ([]*User, error) { return tx.store.ListUsers(q) }

// CountUsers counts what Users would list without Limit, Offset and After.
func (tx *Tx) CountUsers(q UserQuery) (int, error) { return tx.store.CountUsers(q) }

// AddUser stores a new user and gives it its ID, a UID if it brings none, and
// its times: those it brings are kept, so that an import can bring its own. Then
// each [Provisioner] gives the user what its dialect needs.
func (tx *Tx) AddUser(u *User) error {
	u.ID, u.Revision = 0, 1 // an update that runs again adds it again
	if u.UID == "" {
		u.UID = tx.dir.NewUID()
	}
	if err := applyMappings(tx, u, nil); err != nil {
		return err
	}
	if err := checkUser(u); err != nil {
		return err
	}
	if err := checkAttributes(tx, u, nil); err != nil {
		return err
	}
	if err := checkNames(tx, u, nil); err != nil {
		return err
	}
	if err := checkVendorNames(tx, u, nil); err != nil {
		return err
	}
	setIfZero(&u.CreatedAt, tx.Now())
	setIfZero(&u.UpdatedAt, u.CreatedAt)
	setIfZero(&u.PasswordChangedAt, u.CreatedAt)
	if err := tx.putUser(u); err != nil {
		return err
	}
	tx.noteUser(u, nil)
	return tx.provision(u, tx.dir.provisioners...)
}

// SaveUser stores u as a whole: fields, attributes, handles and all facets. So a
// dialect that changes a user must keep the facets of the others.
func (tx *Tx) SaveUser(u *User) error {
	u.UpdatedAt = tx.Now()
	return tx.SaveUserKeepingUpdatedAt(u)
}

// SaveUserKeepingUpdatedAt is SaveUser for a write that no client asked for, such
// as a counter of failed logins: UpdatedAt, which dialects show, does not change.
func (tx *Tx) SaveUserKeepingUpdatedAt(u *User) error {
	before, err := tx.store.GetUser(ByID(u.Realm, u.ID))
	if err != nil {
		return subject(err, "user")
	}
	if err := applyMappings(tx, u, before); err != nil {
		return err
	}
	if err := checkUser(u); err != nil {
		return err
	}
	if err := checkAttributes(tx, u, before); err != nil {
		return err
	}
	if err := decideUser(tx, u, before); err != nil {
		return err
	}
	if err := checkChosenPassword(tx, u, before); err != nil {
		return err
	}
	if err := checkNames(tx, u, before); err != nil {
		return err
	}
	if err := checkVendorNames(tx, u, before); err != nil {
		return err
	}
	if err := endSessionsOnChange(tx, u, before); err != nil {
		return err
	}
	u.Revision++
	if err = tx.putUser(u); err != nil {
		u.Revision-- // nothing is stored
		return err
	}
	tx.noteUser(u, before)
	return nil
}

// putUser stores u. A Conflict of the store names all taken fields, which are
// faults of the user.
func (tx *Tx) putUser(u *User) error {
	err := tx.store.PutUser(u)
	if e := AsError(err); e != nil && e.Kind == Conflict {
		return &Error{Kind: Invalid, Subject: "user", Faults: e.Faults}
	}
	return subject(err, "user")
}

// RemoveUser removes the user, its memberships and the records it owns. Its
// names are free at once; its ID is not given again.
func (tx *Tx) RemoveUser(u *User) error {
	if err := tx.decide(u.Realm, u, nil); err != nil {
		return err
	}
	if err := prepareRemoval(tx, u); err != nil {
		return err
	}
	return noteDone(tx, subject(tx.store.DropUser(u.Realm, u.ID), "user"), Change{Action: "remove", Kind: "user", Realm: u.Realm, ID: u.ID})
}

// Group finds one group.
func (tx *Tx) Group(ref GroupRef) (*Group, error) {
	if ref.Realm == "" || ref.ID == 0 && ref.UID == "" && ref.Key == "" {
		return nil, notFound(ref.Kind)
	}
	g, err := tx.store.GetGroup(ref)
	return g, subject(err, ref.Kind)
}

// Groups lists groups of one kind.
func (tx *Tx) Groups(q GroupQuery) ([]*Group, error) { return tx.store.ListGroups(q) }

// SaveGroup stores g as a whole; one without an ID is new and gets its ID, its
// UID if it brings none, and its times.
func (tx *Tx) SaveGroup(g *Group) error {
	if g.ID == 0 && g.UID == "" {
		g.UID = tx.dir.NewUID()
	}
	if err := checkGroup(g); err != nil {
		return err
	}
	if err := checkGroupBody(tx, g); err != nil {
		return err
	}
	if err := decideGroup(tx, g); err != nil {
		return err
	}
	gains, err := gainsAuthority(tx, g)
	if err != nil {
		return err
	}
	isNew := g.ID == 0
	setTimes(&g.CreatedAt, &g.UpdatedAt, isNew, tx.Now())
	if err := subject(tx.store.PutGroup(g), g.Kind); err != nil {
		return err
	}
	tx.note(Change{Action: actionOf(isNew), Kind: g.Kind, Realm: g.Realm, ID: g.ID})
	if gains {
		return endSessionsOfMembers(tx, g)
	}
	return nil
}

// RemoveGroup removes the group and its memberships.
func (tx *Tx) RemoveGroup(g *Group) error {
	if err := decideMembership(tx, nil, g); err != nil {
		return err
	}
	return noteDone(tx, subject(tx.store.DropGroup(g.Realm, g.Kind, g.ID), g.Kind), Change{Action: "remove", Kind: g.Kind, Realm: g.Realm, ID: g.ID})
}

// Join makes the user a member of the group and returns the membership, the
// existing one if the user is a member already.
func (tx *Tx) Join(u *User, g *Group) (Membership, error) {
	if u.Realm != g.Realm {
		return Membership{}, notFound(g.Kind)
	}
	if err := decideMembership(tx, u, g); err != nil {
		return Membership{}, err
	}
	m := Membership{Realm: g.Realm, Kind: g.Kind, User: u.ID, Group: g.ID}
	isNew, err := membershipChanges(tx, "join", m)
	if err != nil {
		return m, err
	}
	if err := noteMembership(tx, isNew, tx.store.Join(&m), "join", m); err != nil {
		return m, err
	}
	return m, endSessionsOnJoin(tx, u, g)
}

// Leave ends the user's membership in the group, if there is one.
func (tx *Tx) Leave(u *User, g *Group) error {
	if u.Realm != g.Realm {
		return nil
	}
	if err := decideMembership(tx, u, g); err != nil {
		return err
	}
	m := Membership{Realm: g.Realm, Kind: g.Kind, User: u.ID, Group: g.ID}
	ends, err := membershipChanges(tx, "leave", m)
	if err != nil {
		return err
	}
	return noteMembership(tx, ends, tx.store.Leave(m), "leave", m)
}

// Memberships lists the memberships of users or of a group.
func (tx *Tx) Memberships(q MembershipQuery) ([]Membership, error) {
	return tx.store.ListMemberships(q)
}

// Record finds one record.
func (tx *Tx) Record(ref RecordRef) (*Record, error) {
	if ref.Realm == "" || ref.ID == 0 && ref.Key == "" {
		return nil, notFound(ref.Kind)
	}
	r, err := tx.store.GetRecord(ref)
	return r, subject(err, ref.Kind)
}

// Records lists records of one kind.
func (tx *Tx) Records(q RecordQuery) ([]*Record, error) { return tx.store.ListRecords(q) }

// CountRecords counts what Records would list without Limit and Offset.
func (tx *Tx) CountRecords(q RecordQuery) (int, error) { return tx.store.CountRecords(q) }

// SaveRecord stores r as a whole; one without an ID is new and gets its ID, a
// Key if it brings none, and its times.
func (tx *Tx) SaveRecord(r *Record) error {
	setTimes(&r.CreatedAt, &r.UpdatedAt, r.ID == 0, tx.Now())
	return tx.SaveRecordKeepingUpdatedAt(r)
}

// SaveRecordKeepingUpdatedAt is SaveRecord for a caller that sets the times itself.
func (tx *Tx) SaveRecordKeepingUpdatedAt(r *Record) error {
	if err := checkKeys(r.Kind, indexedText{FieldKey, r.Key}); err != nil {
		return err
	}
	if err := tx.decideRecord(r, true); err != nil {
		return err
	}
	isNew := r.ID == 0
	r.Revision++
	err := subject(tx.store.PutRecord(r), r.Kind)
	if err == nil {
		tx.note(Change{Action: actionOf(isNew), Kind: r.Kind, Realm: r.Realm, ID: r.ID, User: r.Owner})
	}
	return err
}

// RemoveRecord removes the record.
func (tx *Tx) RemoveRecord(r *Record) error {
	if err := tx.decideRecord(r, false); err != nil {
		return err
	}
	return noteDone(tx, subject(tx.store.DropRecord(r.Realm, r.Kind, r.ID), r.Kind), Change{Action: "remove", Kind: r.Kind, Realm: r.Realm, ID: r.ID, User: r.Owner})
}

// RemoveRealm removes all users, groups and records of the realm.
func (tx *Tx) RemoveRealm(realm Realm) error {
	if err := decideRealm(tx, realm); err != nil {
		return err
	}
	return noteDone(tx, tx.store.DropRealm(realm), Change{Action: "remove", Kind: "realm", Realm: realm})
}

func setIfZero(t *time.Time, now time.Time) {
	if t.IsZero() {
		*t = now
	}
}

func setTimes(created, updated *time.Time, isNew bool, now time.Time) {
	if !isNew {
		*updated = now
		return
	}
	setIfZero(created, now)
	setIfZero(updated, *created)
}

func notFound(subject string) error { return &Error{Kind: NotFound, Subject: subject} }

// subject names what a store's bare error is about.
func subject(err error, name string) error {
	if err == nil {
		return nil
	}
	if e, ok := err.(*Error); ok && e.Subject == "" {
		named := *e
		named.Subject = name
		return &named
	}
	return err
}
