// Package snapshot says which committed state of a store memory shows, and how
// processes that share a database learn of each other's commits.
package snapshot

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
