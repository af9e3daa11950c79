package dialecttest

import (
	"testing"

	"github.com/dragoman-gateway/dragoman/core"
)

// Engine is a kind of store to run on.
type Engine struct {
	Name string
	// Open returns an empty store that is closed when the test ends.
	Open func(testing.TB) core.Store
}

const sqlite = "sqlite"

// SQLite keeps its store in a temporary folder.
func SQLite() Engine {
	return Engine{Name: sqlite, Open: func(t testing.TB) core.Store {
		t.Skip("the store is not written yet")
		return nil
	}}
}

// Engines returns the engines to run on: SQLite.
func Engines(testing.TB) []Engine { return []Engine{SQLite()} }
