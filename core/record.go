package core

import (
	"strings"
	"time"
)

// Record is a document with its own ID, of a kind that one dialect owns:
// an API key, a white list row, a class, a profile.
type Record struct {
	// ID counts from 1 in each realm and [Sequence] of the kind, never reused. The store gives it.
	ID    int64
	Realm Realm
	// Kind starts with the owning dialect's name, as in "onapp.bucket".
	Kind string
	// Key is unique in the realm and kind; left empty, it becomes the decimal ID.
	Key string
	// Owner is the ID of the user this record belongs to, or 0. Removing the user removes it.
	Owner int64
	// Body is the document, in the dialect's format.
	Body *Document
	// Times are UTC, cut to microseconds.
	CreatedAt, UpdatedAt time.Time
	// Revision counts the writes, from 1.
	Revision int64
}

// Sequence names the counter that numbers records of that kind: the part before
// a slash, so that "syncano.object/books" and "syncano.object/user_profile"
// share one.
func Sequence(kind string) string {
	name, _, _ := strings.Cut(kind, "/")
	return name
}

// Clone returns a copy that can be changed without touching r.
func (r *Record) Clone() *Record {
	c := *r
	return &c
}

// RecordRef identifies one record of a kind: by ID or by Key.
type RecordRef struct {
	Realm Realm
	Kind  string
	ID    int64
	Key   string
}
