package sqlite_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/store"
	"github.com/dragoman-gateway/dragoman/store/sqlite"
	"github.com/dragoman-gateway/dragoman/store/storetest"
)

func open(t testing.TB, dsn string, with ...store.Option) core.Store {
	t.Helper()
	s, err := sqlite.Open(context.Background(), dsn, with...)
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
	storetest.Run(t, func(t *testing.T) core.Store {
		return open(t, ":memory:", store.WithSecrets(storetest.SecretKinds()...))
	})
}

func TestModel(t *testing.T) {
	storetest.RunModel(t, func() (core.Store, func()) {
		s, err := sqlite.Open(context.Background(), ":memory:", store.WithSecrets(storetest.SecretKinds()...))
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

func TestSealing(t *testing.T) {
	storetest.RunSealing(t, func(t *testing.T) storetest.Sealing {
		path := filepath.Join(t.TempDir(), "store.db")
		return storetest.Sealing{
			Open: func(keyFile string, kinds ...core.SecretKind) (core.Store, error) {
				return sqlite.Open(context.Background(), path, store.SealedBy(keyFile), store.WithSecrets(kinds...))
			},
			GiveUp: func(keyFile string, kinds ...core.SecretKind) (core.Store, error) {
				return sqlite.Open(context.Background(), path, store.SealedBy(keyFile), store.WithSecrets(kinds...), store.GivingUpSealed())
			},
			Exec:   func(statements string) { execRaw(t, path, statements) },
			Raw:    func() []byte { return readFiles(t, path, path+"-wal") },
			ErrKey: store.ErrKey,
		}
	})
}

// readFiles returns what is in those of the files that exist.
func readFiles(t *testing.T, paths ...string) (all []byte) {
	t.Helper()
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil && !os.IsNotExist(err) {
			t.Fatal(err)
		}
		all = append(all, text...)
	}
	return all
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
