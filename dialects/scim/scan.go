package scim

import "github.com/dragoman-gateway/dragoman/dialects"

// Searches without an index take a second and 100 MB where there are many users.

// searchInTurn runs a search, which waits for its turn if it may look at all users.
func searchInTurn(c *call, s *search, run func() error) error {
	if !s.users || isIndexed(c, s) {
		return run()
	}
	resume := dialects.PauseAnswer(c.w) // searches that wait must not keep lists waiting
	if err := c.d.turns.Take(c.r.Context(), "token "+c.token.ID(), run); err != nil {
		return err
	}
	return resume()
}

// isIndexed reports whether an index finds the users of a search, or a page of them.
func isIndexed(c *call, s *search) bool {
	if _, stored := s.storedOrder(); stored {
		return true
	}
	for _, term := range conjuncts(s.filter, nil) {
		if key, _, ok := lookup(c.types.users, term); ok && c.d.userIndexes[key] != nil {
			return true
		}
	}
	return false
}
