package storetest

import (
	"context"
	"errors"
	"sync/atomic"

	"github.com/dragoman-gateway/dragoman/core"
)

// Hop returns a store that is several processes' stores of the same data: each
// transaction goes to the next of them, as those of a client behind a balancer
// do. The suite then shows that what is written through one is seen by the next
// read through any other.
func Hop(stores ...core.Store) core.Store { return &hopper{stores: stores} }

type hopper struct {
	stores []core.Store
	turn   atomic.Uint64
}

func (h *hopper) next() core.Store {
	return h.stores[h.turn.Add(1)%uint64(len(h.stores))]
}

func (h *hopper) View(ctx context.Context, fn func(core.StoreTx) error) error {
	return h.next().View(ctx, fn)
}

func (h *hopper) Snapshot(ctx context.Context, fn func(core.StoreTx) error) error {
	return h.next().Snapshot(ctx, fn)
}

func (h *hopper) Update(ctx context.Context, fn func(core.StoreTx) error) error {
	return h.next().Update(ctx, fn)
}

func (h *hopper) noter() core.Noter { return h.next().(core.Noter) }

func (h *hopper) Note(ctx context.Context, n core.Note) error { return h.noter().Note(ctx, n) }

func (h *hopper) EndNote(ctx context.Context, name string) error { return h.noter().EndNote(ctx, name) }

func (h *hopper) Notes(ctx context.Context, prefix string) ([]core.Note, error) {
	return h.noter().Notes(ctx, prefix)
}

func (h *hopper) Close() (err error) {
	for _, s := range h.stores {
		err = errors.Join(err, s.Close())
	}
	return err
}
