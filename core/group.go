package core

import "time"

// Group is a named set of users, of a kind that one dialect owns: a Syncano
// group, an eContext application, an OnApp role. No other dialect shows it.
type Group struct {
	// ID counts from 1 in each realm and kind and is never reused. The store gives it.
	ID int64
	// UID is text, unique in the realm and kind: a new UUID unless the creator brings one.
	UID   string
	Realm Realm
	// Kind starts with the owning dialect's name, as in "econtext.application".
	Kind string
	// Key is unique in the realm and kind if not empty: the dialect finds the group
	// by it, or needs it to be unique.
	Key string
	// Parent is the ID of another group that this one belongs to, or 0. The dialect knows its kind.
	Parent int64
	// Name is the group's name, which is unique only if the dialect makes it the Key.
	Name string
	// Body is the rest, in the dialect's format.
	Body *Document
	// Times are UTC, cut to microseconds.
	CreatedAt, UpdatedAt time.Time
}

// Clone returns a copy that can be changed without touching g.
func (g *Group) Clone() *Group {
	c := *g
	return &c
}

// GroupRef identifies one group of a kind: by ID, by UID or by Key.
type GroupRef struct {
	Realm Realm
	Kind  string
	ID    int64
	UID   string
	Key   string
}

// Membership says that a user is a member of a group.
type Membership struct {
	// ID counts from 1 in each realm and kind: the order in which users joined.
	ID    int64
	Realm Realm
	Kind  string
	User  int64
	Group int64
}
