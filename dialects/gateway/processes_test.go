package gateway

import (
	"testing"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/gateway/presence"
	"github.com/dragoman-gateway/dragoman/store"
)

// sharedStore is a store that other processes may use.
type sharedStore struct {
	core.Store
	core.Noter
}

func (sharedStore) Shared() bool { return true }

func TestAGatewayOnASharedStoreIsAnnounced(t *testing.T) {
	t.Parallel()
	s, err := store.Open(t.Context(), "sqlite::memory:")
	if err != nil {
		t.Fatal(err)
	}
	g, err := Open(t.Context(), Config{DSN: "sqlite::memory:", Store: sharedStore{s, s.(core.Noter)}})
	if err != nil {
		t.Fatal(err)
	}
	for { // the note is written beside the caller
		all, err := g.processes(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if len(all) == 1 {
			break
		}
	}
	g.beginMove(presence.Move{What: "export"}).End()
	if err := g.Close(); err != nil {
		t.Error(err)
	}
}
