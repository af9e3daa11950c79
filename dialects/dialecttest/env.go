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
	audit *audited
}

// NewEnv returns a fresh directory on a store of the engine's.
func NewEnv(t testing.TB, engine Engine) *Env {
	t.Helper()
	store, random := &faulty{Store: engine.Open(t)}, coretest.Rand(1)
	if engine.again {
		store.Store = &again{store.Store, random}
	}
	audit := &audited{Store: store}
	dir, clock := coretest.AuditedDirectory(t, audit, random, audit)
	t.Cleanup(func() { audit.judge(t) })
	return &Env{Dir: dir, Clock: clock, store: store, audit: audit}
}
