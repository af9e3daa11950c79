package postgres_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/store/postgres"
	"github.com/dragoman-gateway/dragoman/store/storetest/pgtest"
)

// TestLargeTransactionsAnalyzeTheTables opens an empty database, where the server would
// look through all users for a name, and expects that a connection with plans from then
// uses the index of names once there are many users.
func TestLargeTransactionsAnalyzeTheTables(t *testing.T) {
	t.Parallel()
	dsn := pgtest.DSN(t)
	s, err := postgres.Open(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	c := connect(t, dsn)
	exec(t, c, `set plan_cache_mode = force_generic_plan; set enable_seqscan = off; set enable_bitmapscan = off;
		prepare named as select id from users where realm = $1 and uid = $2;
		prepare held as select lookup from handles where realm = $1 and kind = $2 and lookup in ($3, $4, $5);
		execute named(1, 'x'); execute held(1, 'x', 'a', 'b', 'c')`)
	insert(t, s, "some", 50)
	if n := analyzed(t, dsn); n != 0 {
		t.Errorf("a small transaction had %d columns analyzed", n)
	}
	insert(t, s, "many", 700)
	for query, index := range map[string]string{
		"named(1, 'x')":               "(realm = $1) AND (uid = $2)",
		"held(1, 'x', 'a', 'b', 'c')": "(realm = $1) AND (kind = $2) AND (lookup = ANY",
	} {
		if plan := explain(t, c, query); !strings.Contains(plan, index) {
			t.Errorf("%s is answered by\n%s", query, plan)
		}
	}
}

// insert stores users in one transaction.
func insert(t *testing.T, s core.Store, name string, n int) {
	t.Helper()
	err := s.Update(context.Background(), func(tx core.StoreTx) error {
		for i := range n {
			u := &core.User{Realm: core.MainRealm, Revision: 1, UID: fmt.Sprint(name, i), Username: fmt.Sprint(name, i)}
			u.SetHandle("x.key", fmt.Sprint("key of ", name, i))
			if err := tx.PutUser(u); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// analyzed returns how many of the tables the server has analyzed.
func analyzed(t *testing.T, dsn string) (n int) {
	t.Helper()
	results, err := connect(t, dsn).Exec(t.Context(), "select 1 from pg_statistic where starelid in ('users'::regclass, 'handles'::regclass)").ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return len(results[0].Rows)
}

// explain returns the plan of a prepared statement.
func explain(t *testing.T, c *pgconn.PgConn, query string) (plan string) {
	t.Helper()
	results, err := c.Exec(t.Context(), "explain execute "+query).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range results[0].Rows {
		plan += string(row[0]) + "\n"
	}
	return plan
}
