package core

import (
	"slices"
	"time"
)

// User is one account, the same for every dialect.
//
// It has what the core must act on, and what at least two dialects show with the
// same meaning. The first rule that fits decides where a value is stored:
//
//  1. the core must act on it (find, log in, expire, delete): a field of User;
//  2. two dialects show it with the same meaning: a field of User;
//  3. it has its own address or ID: a [Record], or a [Group] if it has members;
//  4. otherwise: a [Facet] of the dialect.
//
// A user read in [Directory.View] is shared with other readers and must not be
// changed; one read in [Directory.Update] belongs to the caller.
type User struct {
	// ID counts from 1 in each realm and is never reused. The store gives it.
	ID int64
	// UID is text, unique in the realm: a new UUID unless the creator brings one.
	UID string
	// Realm is the set of users this one belongs to. It never changes.
	Realm Realm

	// Username is unique in the realm, compared folded ([Fold]), kept as given.
	Username string
	// Email is unique in the realm if not empty, compared folded, kept as given.
	Email string
	Name  Name
	// Password is an encoded hash of core/passwd; "" cannot log in.
	Password string

	// Enabled is the administrator's switch; see [User.Active] for the clock's.
	Enabled bool
	// EnabledUntil is the time from which the user counts as disabled; zero is never.
	EnabledUntil time.Time

	// Times are UTC, cut to microseconds. DeletedAt is zero unless the user
	// is marked as deleted.
	CreatedAt, UpdatedAt, PasswordChangedAt, DeletedAt time.Time
	// Revision counts the writes, from 1.
	Revision int64

	// Attributes are the customer's own values of this user.
	Attributes Attributes
	// Handles are further texts that find this user, besides Username and Email.
	Handles []Handle
	// Facets are the dialects' private data of the user.
	Facets Facets

	// shortPassword is the Password that was chosen shorter than MinAuthorityPassword.
	// It is not stored.
	shortPassword string
}

// Name is the user's name, whole or in parts. A dialect stores the parts that a
// client sends; the others are derived when they are shown, and never stored.
type Name struct {
	Formatted, Given, Family string
}

// Full returns the whole name: Formatted if it was sent, else the parts with a
// space between them; "" if there is none.
func (n Name) Full() string {
	switch {
	case n.Formatted != "":
		return n.Formatted
	case n.Given == "" || n.Family == "":
		return n.Given + n.Family
	}
	return n.Given + " " + n.Family
}

// Handle is a text that finds one user in a realm, compared byte for byte.
// Kind starts with the owning dialect's name, as in "onapp.api_key".
type Handle struct {
	Kind, Value string
}

// Active reports whether the user may act at the time now: enabled, not expired and
// not deleted.
func (u *User) Active(now time.Time) bool {
	return u.Enabled && u.DeletedAt.IsZero() && (u.EnabledUntil.IsZero() || now.Before(u.EnabledUntil))
}

// Handle returns the value of the user's handle of that kind, or "".
func (u *User) Handle(kind string) string {
	for _, h := range u.Handles {
		if h.Kind == kind {
			return h.Value
		}
	}
	return ""
}

// SetHandle makes value the user's only handle of that kind; "" removes it.
func (u *User) SetHandle(kind, value string) {
	u.Handles = slices.DeleteFunc(u.Handles, func(h Handle) bool { return h.Kind == kind })
	if value != "" {
		u.Handles = append(u.Handles, Handle{Kind: kind, Value: value})
	}
}

// Size returns roughly how many bytes the user's texts take, those of all dialects
// included.
func (u *User) Size() (n int) {
	n = u.Attributes.Size()
	for i := range u.Facets {
		n += len(u.Facets[i].Doc.Text())
	}
	return n + len(u.Username) + len(u.Email) + len(u.Name.Formatted) + len(u.Name.Given) + len(u.Name.Family)
}

// Clone returns a copy that can be changed without touching u.
func (u *User) Clone() *User {
	c := *u
	c.Attributes = slices.Clone(u.Attributes)
	c.Handles = slices.Clone(u.Handles)
	c.Facets = slices.Clone(u.Facets)
	return &c
}

// UserRef identifies one user of a realm: by ID, by UID or by a handle.
type UserRef struct {
	Realm  Realm
	ID     int64
	UID    string
	Handle Handle
}

// The kinds of handle that every user has. Their values are compared folded.
const (
	HandleUsername = "username"
	HandleEmail    = "email"
)

// ByID identifies a user by number.
func ByID(realm Realm, id int64) UserRef { return UserRef{Realm: realm, ID: id} }

// ByUID identifies a user by its text ID.
func ByUID(realm Realm, uid string) UserRef { return UserRef{Realm: realm, UID: uid} }

// ByUsername identifies a user by name, ignoring case.
func ByUsername(realm Realm, username string) UserRef {
	return ByHandle(realm, HandleUsername, Fold(username))
}

// ByEmail identifies a user by address, ignoring case.
func ByEmail(realm Realm, email string) UserRef { return ByHandle(realm, HandleEmail, Fold(email)) }

// ByHandle identifies a user by one of its handles.
func ByHandle(realm Realm, kind, value string) UserRef {
	return UserRef{Realm: realm, Handle: Handle{Kind: kind, Value: value}}
}
