package dialecttest

import (
	"testing"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/core/coretest"
)

// Env is one fresh directory for one test: an empty store, a clock that stands
// still, randomness from a seed and cheap hashes.
type Env struct {
	Dir   *core.Directory
	Clock *coretest.Clock

	store *faulty
}

// NewEnv returns a fresh directory on a store of the engine's.
func NewEnv(t testing.TB, engine Engine) *Env {
	t.Helper()
	store := &faulty{Store: engine.Open(t)}
	dir, clock := coretest.Directory(t, store)
	return &Env{Dir: dir, Clock: clock, store: store}
}
