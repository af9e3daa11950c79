package sqlite_test

import (
	"context"
	"path/filepath"
	"testing"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/store"
	"github.com/dragoman-gateway/dragoman/store/sqlite"
	"github.com/dragoman-gateway/dragoman/store/storetest"
)

func open(t testing.TB, dsn string) core.Store {
	t.Helper()
	s, err := sqlite.Open(context.Background(), dsn)
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

func TestFile(t *testing.T) {
	storetest.Run(t, func(t *testing.T) core.Store { return open(t, filepath.Join(t.TempDir(), "store.db")) })
}

func TestMemory(t *testing.T) {
	storetest.Run(t, func(t *testing.T) core.Store { return open(t, ":memory:") })
}

func TestModel(t *testing.T) {
	storetest.RunModel(t, func() (core.Store, func()) {
		s, err := sqlite.Open(context.Background(), ":memory:")
		if err != nil {
			t.Fatal(err)
		}
		return s, func() {
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		}
	})
}

func TestNamesAreFoldedAgain(t *testing.T) {
	storetest.RunRefold(t, func(t *testing.T) storetest.Refolding {
		path := filepath.Join(t.TempDir(), "store.db")
		return storetest.Refolding{
			Open:     func() (core.Store, error) { return sqlite.Open(context.Background(), path) },
			Exec:     func(statements string) { execRaw(t, path, statements) },
			SameName: store.ErrSameName,
		}
	})
}
