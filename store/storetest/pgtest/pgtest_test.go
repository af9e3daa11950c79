package pgtest_test

import (
	"context"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/dragoman-gateway/dragoman/store/storetest/pgtest"
)

// ask runs a statement and returns the first value of its answer.
func ask(t *testing.T, dsn, sql string) string {
	t.Helper()
	ctx := context.Background()
	c, err := pgconn.Connect(ctx, dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close(ctx)
	results, err := c.Exec(ctx, sql).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	last := results[len(results)-1]
	if len(last.Rows) == 0 {
		return ""
	}
	return string(last.Rows[0][0])
}

func TestPlacesAreEmptyAndApart(t *testing.T) {
	a, b := pgtest.DSN(t), pgtest.DSN(t)
	ask(t, a, "create table t (n int); insert into t values (1)")
	if n := ask(t, b, "create table t (n int); select count(*) from t"); n != "0" {
		t.Errorf("the other place has %s rows", n)
	}
}

func TestServerIsFoundAgainAfterACrash(t *testing.T) {
	s := pgtest.Start(t, true)
	dsn := s.DSN(t)
	ask(t, dsn, "create table t (n int); insert into t values (7)")
	for name, end := range map[string]func(testing.TB){"stop": s.Stop, "crash": s.Crash} {
		end(t)
		s.Start(t)
		if n := ask(t, dsn, "select n from t"); n != "7" {
			t.Errorf("after a %s, found %q", name, n)
		}
	}
}

// TestServerEndsWithItsProcess kills a process that has started a server.
func TestServerEndsWithItsProcess(t *testing.T) {
	if os.Getenv("PGTEST_CHILD") != "" {
		pgtest.Start(t, false).DSN(t)
		time.Sleep(time.Minute)
		return
	}
	if os.Getenv("DRAGOMAN_TEST_POSTGRES") == "" {
		pgtest.DSN(t) // to be skipped where there is none
	}
	dir, err := os.MkdirTemp("", "pgtest-outer-") // not t.TempDir, which the server's user may not enter
	if err == nil {
		err = os.Chmod(dir, 0o755)
	}
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	child := exec.Command(os.Args[0], "-test.run=^TestServerEndsWithItsProcess$")
	child.Env = append(os.Environ(), "PGTEST_CHILD=1", "TMPDIR="+dir)
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	defer child.Wait()
	until(t, "the server is up", func() bool { return left(t, dir, "postmaster.pid") })
	if err := child.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	until(t, "the folder is gone", func() bool { return !left(t, dir, "") })
}

// left tells whether there is anything below dir, or a file of that name.
func left(t *testing.T, dir, name string) bool {
	t.Helper()
	out, _ := exec.Command("find", dir, "-mindepth", "1").CombinedOutput()
	return strings.Contains(string(out), name) && len(out) > 0
}

func until(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(30 * time.Second); !ok(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("in vain waited until %s", what)
		}
	}
}
