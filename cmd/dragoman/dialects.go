package main

import (
	"context"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects"
	"github.com/dragoman-gateway/dragoman/dialects/econtext"
	"github.com/dragoman-gateway/dragoman/dialects/onapp"
	"github.com/dragoman-gateway/dragoman/dialects/syncano"
)

// dialects is the table of all dialects, in the order in which they are asked
// whether a path is theirs. The last one gets what nobody owns.
func (c *serveCmd) dialects(s *services) []front {
	return []front{
		newFront(syncano.New(c.syncano(s)), func(f *seedFile) syncano.Seed { return f.Syncano }),
		newFront(econtext.New(c.econtext(s)), func(f *seedFile) econtext.Seed { return f.EContext }),
		newFront(onapp.New(c.onapp(s)), func(f *seedFile) onapp.Seed { return f.OnApp }),
	}
}

// front is a dialect and the way to its section of a seed.
type front struct {
	dialects.Dialect
	prepareSeed func(context.Context, *seedFile) (plant func(*core.Tx) error, err error)
}

// seedable is a dialect that can make its first administrators and keys from an S.
type seedable[S any] interface {
	dialects.Dialect
	PrepareSeed(context.Context, S) (plant func(*core.Tx) error, err error)
}

func newFront[S any](d seedable[S], section func(*seedFile) S) front {
	return front{d, func(ctx context.Context, f *seedFile) (func(*core.Tx) error, error) {
		return d.PrepareSeed(ctx, section(f))
	}}
}
