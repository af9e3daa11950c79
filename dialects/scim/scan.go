package scim

import (
	"runtime"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/core/passwd"
)

// Searches without an index take a second and 100 MB where there are many users. So few of
// them run at once, and more wait, those of each token in turn with those of others.

// scanQueue is how many searches wait; more are answered 503.
const scanQueue = 32

func newScans() *passwd.Gate { return passwd.NewGate(max(1, runtime.GOMAXPROCS(0)/2), scanQueue) }

// searchInTurn runs a search, which waits for its turn if it may look at all users.
func searchInTurn(c *call, s *search, run func() error) (err error) {
	if !s.users || isIndexed(c, s) {
		return run()
	}
	ctx := passwd.WithClient(c.r.Context(), "token "+c.token.ID())
	if busy := c.d.scans.Do(ctx, func() { err = run() }); busy != nil {
		return &core.Error{Kind: core.Busy, Op: "search users", Err: busy}
	}
	return err
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
