package dialecttest

import (
	"context"
	"testing"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/store"
)

// Engine is a kind of store to run on.
type Engine struct {
	Name string
	// Open returns an empty store that is closed when the test ends.
	Open func(testing.TB) core.Store
}

const sqlite = "sqlite"

// SQLite keeps its store in a temporary folder and never waits for the disk.
func SQLite() Engine {
	return Engine{Name: sqlite, Open: func(t testing.TB) core.Store {
		return open(t, "sqlite::memory:")
	}}
}

// Engines returns the engines to run on: SQLite.
func Engines(testing.TB) []Engine { return []Engine{SQLite()} }

func open(t testing.TB, dsn string) core.Store {
	t.Helper()
	s, err := store.Open(context.Background(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}
