package core

import "context"

// Store keeps users, groups and records. Its only rules are uniqueness and
// existence; all others are [Tx]'s. An Update that has returned nil survives the
// loss of the process.
type Store interface {
	// View runs fn on one consistent state, which holds every Update that was
	// acknowledged before. It may run fn again when the state changes meanwhile;
	// the result of the last run counts. So fn must be pure. What fn reads is
	// shared and must not be changed.
	View(ctx context.Context, fn func(StoreTx) error) error
	// Snapshot is View for a long reading, such as an export: fn runs once, on a state
	// that no later Update changes and that does not hold one up.
	Snapshot(ctx context.Context, fn func(StoreTx) error) error
	// Update runs fn in one transaction: all of it is kept, or nothing when fn
	// or the commit fails. It may run fn again, after a conflict with another
	// writer, so fn must be pure. Updates that come in together may share one
	// commit; each still fails or succeeds alone. Those of each client, see [ClientOf],
	// take turns with those of others.
	Update(ctx context.Context, fn func(StoreTx) error) error
	// Close waits for what is running and releases everything.
	Close() error
}

// StoreTx is one transaction on a store. A Get that finds nothing fails with
// [ErrNotFound]. A Put that would break uniqueness fails with an [Error] of kind
// Conflict, with a Taken fault for each field, and one that does not replace the
// revision before fails with kind Stale.
type StoreTx interface {
	UserTx
	GroupTx
	RecordTx
	TransferTx
	// ListRealms lists the realms that something was ever stored in.
	ListRealms() ([]Realm, error)
	// DropRealm removes everything in the realm; its numbers are not given again.
	DropRealm(Realm) error
}

// UserTx is what a transaction does with users.
type UserTx interface {
	GetUser(UserRef) (*User, error) // users marked as deleted too
	ListUsers(UserQuery) ([]*User, error)
	CountUsers(UserQuery) (int, error)
	// PutUser inserts u and sets its ID if that is 0, else replaces the stored user.
	PutUser(u *User) error
	// DropUser removes the user with its memberships and the records it owns.
	DropUser(realm Realm, id int64) error
}

// GroupTx is what a transaction does with groups and memberships.
type GroupTx interface {
	GetGroup(GroupRef) (*Group, error)
	ListGroups(GroupQuery) ([]*Group, error)
	PutGroup(*Group) error // inserts and sets the ID if that is 0
	// DropGroup removes the group and its memberships.
	DropGroup(realm Realm, kind string, id int64) error

	// Join adds the membership and sets its ID. If there is one, it only sets the ID.
	Join(*Membership) error
	Leave(Membership) error // no error if there is no such membership
	ListMemberships(MembershipQuery) ([]Membership, error)
}

// RecordTx is what a transaction does with records.
type RecordTx interface {
	GetRecord(RecordRef) (*Record, error)
	ListRecords(RecordQuery) ([]*Record, error)
	CountRecords(RecordQuery) (int, error)
	PutRecord(*Record) error // inserts and sets the ID, and an empty Key, if the ID is 0
	DropRecord(realm Realm, kind string, id int64) error
}

// TransferTx is what a transaction does to move everything from one store to another,
// with the numbers that clients remember.
type TransferTx interface {
	// ListKinds lists, sorted, the kinds of groups and records that were ever stored
	// in the realm.
	ListKinds(Realm) ([]string, error)
	// ListCounters lists, sorted by name, the realm's counters.
	ListCounters(Realm) ([]Counter, error)
	// RaiseCounter makes the next number of the counter at least c.Next. It creates
	// the realm.
	RaiseCounter(Realm, Counter) error
	// An Insert stores a new object under the ID and revision that it brings, and
	// raises the counter above that ID. It fails with a Conflict if the ID or
	// another text that must be unique is taken, and with Invalid for an ID that
	// the store cannot hold.
	InsertUser(*User) error
	InsertGroup(*Group) error
	InsertRecord(*Record) error // an empty Key becomes the decimal ID
	// InsertMembership fails with NotFound if the user or the group does not exist,
	// and with a Conflict if the user is a member already.
	InsertMembership(Membership) error
	// PrepareInsert looks up, with few queries, what may be in the way of inserting
	// these users and memberships, of which only numbers and names matter. It changes
	// nothing: the calls for each then need no queries for what it did not find.
	PrepareInsert([]*User, []Membership) error
}

// Counter is the next number that a realm gives to one sort of objects: "users",
// "group:KIND", "membership:KIND" or "record:SEQUENCE"; see [Sequence].
type Counter struct {
	Name string
	Next int64
}
