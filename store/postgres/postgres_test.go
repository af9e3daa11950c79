package postgres_test

import (
	"context"
	"testing"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/store"
	"github.com/dragoman-gateway/dragoman/store/postgres"
	"github.com/dragoman-gateway/dragoman/store/storetest"
	"github.com/dragoman-gateway/dragoman/store/storetest/pgtest"
)

func open(t testing.TB, dsn string) core.Store {
	t.Helper()
	s, err := postgres.Open(context.Background(), dsn)
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

func TestStore(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T) core.Store { return open(t, pgtest.DSN(t)) })
}

func TestModel(t *testing.T) {
	t.Parallel()
	storetest.RunModel(t, func() (core.Store, func()) {
		s, err := postgres.Open(context.Background(), pgtest.DSN(t))
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
