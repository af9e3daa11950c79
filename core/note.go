package core

import (
	"context"
	"time"
)

// Note is what a process says of itself, or of something that it does, to all that use
// a store.
type Note struct {
	Name string
	// At is when it was written, by the clock of who wrote it, cut to microseconds.
	At   time.Time
	Text string
}

// Noter is a [Store] that keeps notes. They are no part of its state: no archive has
// them, and no reader waits for them. A note that is not renewed goes after a day.
type Noter interface {
	// Note replaces the note of that name.
	Note(context.Context, Note) error
	// EndNote removes the note of that name, if there is one.
	EndNote(ctx context.Context, name string) error
	// Notes lists, by name, the notes whose names begin with the prefix.
	Notes(ctx context.Context, prefix string) ([]Note, error)
}
