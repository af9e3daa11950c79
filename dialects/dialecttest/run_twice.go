package dialecttest

import (
	"context"
	"errors"
	"math/rand/v2"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/core/coretest"
)

// RunTwice is the engine with every view and every update run twice, the first time
// in vain, as a store may do when another transaction commits meanwhile. A dialect
// whose functions are pure answers the same. Only the long form of tests runs on it.
func RunTwice(e Engine) Engine {
	e.Name, e.again = e.Name+" again", true
	e.Need = coretest.NeedLong
	return e
}

// again is a store that runs every view and every update twice, on the same
// randomness.
type again struct {
	core.Store
	random *rand.ChaCha8
}

var errAgain = errors.New("run this again")

func (s *again) Update(ctx context.Context, fn func(core.StoreTx) error) error {
	before := *s.random
	err := s.Store.Update(ctx, func(tx core.StoreTx) error {
		_ = fn(tx)
		return errAgain
	})
	if !errors.Is(err, errAgain) {
		return err
	}
	*s.random = before
	return s.Store.Update(ctx, fn)
}

func (s *again) View(ctx context.Context, fn func(core.StoreTx) error) error {
	return s.Store.View(ctx, func(tx core.StoreTx) error {
		before := *s.random
		_ = fn(tx)
		*s.random = before
		return fn(tx)
	})
}
