package core

import "time"

// Order is what a list of users is sorted by, and then by ID.
type Order uint8

// The orders of a list. OrderName sorts the whole realm, and so do OrderCreatedAt and
// OrderUpdatedAt in a list that includes users who are marked as deleted.
const (
	OrderID Order = iota
	OrderUsername
	OrderEmail
	OrderUID
	OrderName
	OrderCreatedAt
	OrderUpdatedAt
	// OrderHandle is that of digests of the handles of HandleKind, which means nothing: it
	// lists a few of very many holders. Only Realm, Deleted, HandleKind and Limit count.
	OrderHandle
)

// UserQuery selects users of a realm. They must meet all of its conditions.
type UserQuery struct {
	Realm Realm
	// IDs keeps only these numbers; nil keeps all.
	IDs []int64
	// AfterID and BeforeID are exclusive bounds of the number; 0 means no bound.
	AfterID, BeforeID int64
	// UpdatedFrom and UpdatedBefore bound the time of the last change, inclusive and
	// exclusive, in microseconds; zero means no bound.
	UpdatedFrom, UpdatedBefore time.Time
	// UsernamePrefix is compared with the folded username, byte for byte.
	UsernamePrefix string
	// Search keeps users in which one of its terms is found.
	Search Search
	// Member keeps users who belong to this group of MemberKind; 0 keeps all.
	Member     int64
	MemberKind string
	// HandleKind keeps users who have a handle of this kind; "" keeps all.
	HandleKind string
	// Disabled keeps users who are not Enabled.
	Disabled bool
	// ExpiredBy keeps users who are Enabled, but only until this time or an earlier one;
	// zero keeps all.
	ExpiredBy time.Time
	// Deleted includes users that are only marked as deleted.
	Deleted bool

	// Order sorts, and Desc reverses the order. Users without the value come last
	// ascending and first descending.
	Order Order
	Desc  bool
	// After continues a list after this user, in its order; nil starts it. This
	// is how to walk a long list: its cost does not grow with the depth.
	After *User
	// Limit is the most to return; 0 means no limit. Offset skips that many, at a
	// cost that grows with it.
	Limit, Offset int
}

// farOffset is from where on an offset costs as much as a search.
const farOffset = 10_000

// LooksAtAll reports whether a store may look at every user of the realm: for a search, an
// order that no index has, or a far offset. Such a list keeps a core busy for long where
// there are many users.
func (q *UserQuery) LooksAtAll() bool {
	return q.Order == OrderName || len(q.Search.Terms) > 0 || q.Offset > farOffset
}

// Search is a case-insensitive, literal substring search: any term in any field.
type Search struct {
	// Terms are folded by the caller ([Fold]); none: no search.
	Terms []string
	// Fields are those of FieldUsername, FieldEmail, FieldUID, FieldName (each of
	// its three parts) and FieldFullName.
	Fields []Field
	// Attributes are names of attributes whose string values are searched too.
	Attributes []string
	// OrIDs are users to include even if no term is found in them.
	OrIDs []int64
	// Scan bounds the search; nil does not. Only a list by ascending number, without
	// OrIDs, Offset and After, and with a Limit, is bounded.
	Scan *Scan
}

// Scan bounds how many users a search looks at, since it may find few among very many.
// What an index leaves out is not looked at.
type Scan struct {
	// Most is about how many users are looked at.
	Most int
	// Stopped is set by the list: the number that the search goes on behind if it
	// stopped before the list was full; 0 if it did not.
	Stopped int64
}

// GroupQuery lists groups of one kind, by ID unless ByName.
type GroupQuery struct {
	Realm Realm
	Kind  string
	// IDs keeps only these; nil keeps all.
	IDs []int64
	// Parent keeps only the children of this group; 0 keeps all.
	Parent int64
	// AfterID and BeforeID are exclusive bounds of the number; 0 means no bound.
	AfterID, BeforeID int64
	// ByName sorts by Name, then ID.
	ByName bool
	Desc   bool
	// Limit is the most to return; 0 means no limit.
	Limit, Offset int
}

// MembershipQuery lists memberships, by their ID. One of Users, Group and Groups is set.
type MembershipQuery struct {
	Realm Realm
	// Kind keeps one kind of group; "" keeps all.
	Kind string
	// Users keeps the memberships of these users.
	Users []int64
	// Group keeps the members of one group of Kind, Groups those of several.
	Group  int64
	Groups []int64
	// AfterID and BeforeID are exclusive bounds of the membership's number; 0 means no bound.
	AfterID, BeforeID int64
	Desc              bool
	// Limit is the most to return; 0 means no limit.
	Limit int
}

// RecordQuery lists records of one kind, by ID.
type RecordQuery struct {
	Realm Realm
	Kind  string
	// Owners keeps the records of these users; nil keeps all.
	Owners []int64
	// KeyPrefix keeps records whose key begins with it, compared byte for byte. It finds
	// none of a kind whose keys are secret.
	KeyPrefix string
	// IDs keeps only these; nil keeps all.
	IDs []int64
	// AfterID and BeforeID are exclusive bounds of the number; 0 means no bound.
	AfterID, BeforeID int64
	Desc              bool
	// Limit is the most to return; 0 means no limit.
	Limit, Offset int
}
