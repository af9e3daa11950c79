package gateway

import (
	"context"

	"github.com/dragoman-gateway/dragoman/dialects/gateway/presence"
	"github.com/dragoman-gateway/dragoman/store"
)

// announce tells other processes that use the store that this one serves it.
func (g *Gateway) announce() {
	if g.shared() {
		g.leave = presence.Announce(g.store.Store, g.cfg.Now, g.stateVersion)
	}
}

// shared reports whether other processes may use the store.
func (g *Gateway) shared() bool {
	if g.store == nil {
		return false
	}
	s, ok := g.store.Store.(interface{ Shared() bool })
	return ok && s.Shared()
}

// stateVersion is the number of the store's state that is in memory.
func (g *Gateway) stateVersion() uint64 {
	if s, ok := g.store.Store.(interface{ Stats() store.Stats }); ok {
		return s.Stats().Version
	}
	return 0
}

// processes lists the processes that serve the store, for the console.
func (g *Gateway) processes(ctx context.Context) ([]presence.Process, error) {
	return presence.Processes(ctx, g.store.Store)
}

// moves lists the imports and exports under way, for the console.
func (g *Gateway) moves(ctx context.Context) ([]presence.Move, error) {
	return presence.Moves(ctx, g.store.Store)
}

// beginMove says that the console begins an import or export.
func (g *Gateway) beginMove(m presence.Move) *presence.MoveKeeper {
	return presence.BeginMove(g.store.Store, m, g.cfg.Now)
}
