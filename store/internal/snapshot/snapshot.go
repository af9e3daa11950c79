// Package snapshot says which committed state of a store memory shows, and how
// processes that share a database learn of each other's commits.
package snapshot

import "sync/atomic"

// State is a committed state of a store.
type State struct {
	// Version is its number in the database, Commit the name of the commit that
	// made it. A database that was restored may reach a version again; no two
	// commits have the same name.
	Version uint64
	Commit  string
	// Number is its number in the cache, which never goes back.
	Number uint64
}

// Same reports whether the database calls both states the same.
func (s *State) Same(version uint64, commit string) bool {
	return s.Version == version && s.Commit == commit
}

// Tracker holds the current state. It is safe for concurrent use, but only one
// goroutine at a time may set the state.
type Tracker struct {
	current    atomic.Pointer[State]
	committing atomic.Bool
}

// Current returns the current state.
func (t *Tracker) Current() *State { return t.current.Load() }

// Set makes s the current state. Memory must show it already.
func (t *Tracker) Set(s *State) { t.current.Store(s) }

// BeginCommit says that a new state may become visible in the database.
func (t *Tracker) BeginCommit() { t.committing.Store(true) }

// EndCommit says that the current state is the database's again.
func (t *Tracker) EndCommit() { t.committing.Store(false) }

// Unchanged reports whether no commit of this process has begun since s became the
// current state: a query that has ended saw no later one. False may also mean that
// it is not known.
func (t *Tracker) Unchanged(s *State) bool {
	return !t.committing.Load() && t.current.Load() == s
}
