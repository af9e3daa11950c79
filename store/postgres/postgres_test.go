package postgres_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/core/coretest"
	"github.com/dragoman-gateway/dragoman/store"
	"github.com/dragoman-gateway/dragoman/store/postgres"
	"github.com/dragoman-gateway/dragoman/store/storetest"
	"github.com/dragoman-gateway/dragoman/store/storetest/pgtest"
)

func open(t testing.TB, dsn string, with ...store.Option) core.Store {
	t.Helper()
	s, err := postgres.Open(context.Background(), dsn, with...)
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

// prepare makes the tables of an empty schema.
func prepare(dsn string) error {
	s, err := postgres.Open(context.Background(), dsn)
	if err != nil {
		return err
	}
	return s.Close()
}

func TestStore(t *testing.T) {
	t.Parallel()
	key := filepath.Join(t.TempDir(), "store.key")
	if err := os.WriteFile(key, []byte(strings.Repeat("01", 32)), 0o600); err != nil {
		t.Fatal(err)
	}
	storetest.Run(t, func(t *testing.T) core.Store {
		return open(t, pgtest.Prepared(t, prepare), store.SealedBy(key), store.WithSecrets(storetest.SecretKinds()...))
	})
}

func TestSealing(t *testing.T) {
	t.Parallel()
	storetest.RunSealing(t, func(t *testing.T) storetest.Sealing {
		dsn := pgtest.DSN(t)
		return storetest.Sealing{
			Open: func(keyFile string, kinds ...core.SecretKind) (core.Store, error) {
				return postgres.Open(context.Background(), dsn, store.SealedBy(keyFile), store.WithSecrets(kinds...))
			},
			GiveUp: func(keyFile string, kinds ...core.SecretKind) (core.Store, error) {
				return postgres.Open(context.Background(), dsn, store.SealedBy(keyFile), store.WithSecrets(kinds...), store.GivingUpSealed())
			},
			Exec:   func(statements string) { exec(t, connect(t, dsn), statements) },
			Raw:    func() []byte { return rowsOf(t, dsn, "users", "handles", "groups", "records", "states", "grams") },
			ErrKey: store.ErrKey,
			Shared: true,
		}
	})
}

// rowsOf returns the rows of tables as text, values of bytes as the text in them.
func rowsOf(t *testing.T, dsn string, tables ...string) (all []byte) {
	t.Helper()
	c := connect(t, dsn)
	for _, table := range tables {
		results, err := c.Exec(context.Background(), "set bytea_output = escape; select r::text from "+table+" r").ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range results[1].Rows {
			all = append(all, row[0]...)
		}
	}
	return all
}

// TestModel leaves the short form to TestReplicasModel, which makes the same changes.
func TestModel(t *testing.T) {
	t.Parallel()
	coretest.NeedLong(t)
	storetest.RunModel(t, func() (core.Store, func()) {
		dsn, done := pgtest.Borrow(t, prepare)
		s, err := postgres.Open(context.Background(), dsn)
		if err != nil {
			t.Fatal(err)
		}
		return s, func() {
			if err := s.Close(); err != nil {
				t.Error(err)
			}
			done()
		}
	})
}

func TestNamesAreFoldedAgain(t *testing.T) {
	t.Parallel()
	storetest.RunRefold(t, func(t *testing.T) storetest.Refolding {
		dsn := pgtest.DSN(t)
		return storetest.Refolding{
			Open:     func() (core.Store, error) { return postgres.Open(context.Background(), dsn) },
			Exec:     func(statements string) { exec(t, connect(t, dsn), statements) },
			SameName: store.ErrSameName,
		}
	})
}
