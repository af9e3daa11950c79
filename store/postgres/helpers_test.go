package postgres_test

import (
	"context"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"
)

// connect opens another connection than those of the store.
func connect(t testing.TB, dsn string) *pgconn.PgConn {
	t.Helper()
	c, err := pgconn.Connect(context.Background(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close(context.Background()) })
	return c
}

// exec runs statements.
func exec(t testing.TB, c *pgconn.PgConn, sql string) {
	t.Helper()
	if err := c.Exec(context.Background(), sql).Close(); err != nil {
		t.Fatal(err)
	}
}
