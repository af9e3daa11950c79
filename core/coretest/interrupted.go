package coretest

import (
	"context"

	"github.com/dragoman-gateway/dragoman/core"
)

// Interrupted is a store in which something happens before the next update, once.
type Interrupted struct {
	core.Store
	// Before runs before the next update; nil does nothing.
	Before func()
}

// Update implements core.Store.
func (s *Interrupted) Update(ctx context.Context, fn func(core.StoreTx) error) error {
	if before := s.Before; before != nil {
		s.Before = nil
		before()
	}
	return s.Store.Update(ctx, fn)
}
