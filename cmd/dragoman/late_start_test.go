package main

import (
	"context"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/dragoman-gateway/dragoman/store/storetest/pgtest"
)

// A database that is too slow at the start is the store's fault, and not the seed's.
func TestADatabaseThatIsTooSlowAtTheStartIsTold(t *testing.T) {
	t.Parallel()
	dsn := pgtest.DSN(t)
	start(t, "--store", dsn).end(t)
	ctx := context.Background()
	locking, err := pgx.Connect(ctx, dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer locking.Close(ctx)
	for _, statement := range []string{"begin", "lock table users in access exclusive mode"} {
		if _, err := locking.Exec(ctx, statement); err != nil {
			t.Fatal(err)
		}
	}
	seed := writeFile(t, "seed.yaml", "users: [{username: late}]\n")
	if code, _, log := once(t, "serve", "--listen", "127.0.0.1:0", "--store", dsn+"&statement_timeout=300ms", "--seed", seed); code != exitStore {
		t.Errorf("exit %d: %s", code, log)
	}
}
