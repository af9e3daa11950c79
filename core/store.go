package core

import "context"

// Store keeps users, groups and records. It has no rules of its own beyond
// uniqueness and existence: those of the product are [Tx]'s.
//
// An acknowledged Update survives the loss of the process.
type Store interface {
	// View runs fn on one consistent state, which holds every Update that was
	// acknowledged before. It may run fn again when the state changes meanwhile;
	// the result of the last run counts. So fn must be pure. What fn reads is
	// shared and must not be changed.
	View(ctx context.Context, fn func(StoreTx) error) error
	// Update runs fn in one transaction: all of it is kept, or nothing when fn
	// or the commit fails. It may run fn again, after a conflict with another
	// writer, so fn must be pure. Updates that come in together may share one
	// commit; each still fails or succeeds alone.
	Update(ctx context.Context, fn func(StoreTx) error) error
	// Close waits for what is running and releases everything.
	Close() error
}

// StoreTx is what a transaction can do. A Get that finds nothing fails with
// [ErrNotFound]; a Put that would break uniqueness fails with an [Error] of kind
// Conflict that names the field in a Taken fault, and one that meets another
// revision than it replaces fails with kind Stale.
type StoreTx interface {
	GetUser(UserRef) (*User, error) // the deleted too
	ListUsers(UserQuery) ([]*User, error)
	CountUsers(UserQuery) (int, error)
	// PutUser inserts u and sets its ID if that is 0, else replaces the stored user.
	PutUser(u *User) error
	// DropUser removes the user with its memberships and the records it owns.
	DropUser(realm Realm, id int64) error

	GetGroup(GroupRef) (*Group, error)
	ListGroups(GroupQuery) ([]*Group, error)
	PutGroup(*Group) error // inserts and sets the ID if that is 0
	// DropGroup removes the group and its memberships.
	DropGroup(realm Realm, kind string, id int64) error

	// Join adds the membership and sets its ID; joined already: nothing, and the stored ID.
	Join(*Membership) error
	Leave(Membership) error // not joined: nothing
	ListMemberships(MembershipQuery) ([]Membership, error)

	GetRecord(RecordRef) (*Record, error)
	ListRecords(RecordQuery) ([]*Record, error)
	CountRecords(RecordQuery) (int, error)
	PutRecord(*Record) error // inserts and sets the ID, and an empty Key, if the ID is 0
	DropRecord(realm Realm, kind string, id int64) error

	// ListRealms lists the realms that something was ever stored in.
	ListRealms() ([]Realm, error)
	// DropRealm removes everything in the realm; its numbers are not given again.
	DropRealm(Realm) error
}
