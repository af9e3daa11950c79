// Package pgtest gives tests a PostgreSQL.
//
// It starts one from the machine's own binaries, as Debian's package postgresql
// brings them: in a temporary folder, on a Unix socket, without waiting for the
// disk, once for all tests of a process. It is gone with the process, however
// that ends. DRAGOMAN_TEST_POSTGRES names a server to use instead, by a DSN of a
// user who may create databases there.
//
// Where neither is to be had, tests are skipped, and say so; with
// DRAGOMAN_REQUIRE_POSTGRES=1, or in CI, they fail.
package pgtest

import (
	"os"
	"sync"
	"testing"
)

// The environment variables that this package reads.
const (
	dsnVariable     = "DRAGOMAN_TEST_POSTGRES"
	requireVariable = "DRAGOMAN_REQUIRE_POSTGRES"
)

// shared is the server of this process: it starts when it is first asked for.
var shared = sync.OnceValues(func() (*Server, error) { return start(quick) })

// DSN returns the DSN of an empty place that no other call gets: a schema of the
// private server, or a database of the one that the environment names.
func DSN(t testing.TB) string {
	t.Helper()
	if dsn := os.Getenv(dsnVariable); dsn != "" {
		return databaseOf(t, dsn)
	}
	s, err := shared()
	if err != nil {
		missing(t, err)
	}
	return s.DSN(t)
}

// Need skips a test that cannot have a DSN, or fails it where it should.
func Need(t testing.TB) {
	t.Helper()
	if os.Getenv(dsnVariable) != "" {
		return
	}
	if _, err := shared(); err != nil {
		missing(t, err)
	}
}

// missing skips the test, or fails it where PostgreSQL is required.
func missing(t testing.TB, err error) {
	t.Helper()
	if required() {
		t.Fatalf("PostgreSQL is required here: %v", err)
	}
	t.Skipf("skipped: this test needs PostgreSQL: %v", err)
}

// required tells whether tests must fail, not skip, without PostgreSQL.
func required() bool {
	return os.Getenv(requireVariable) == "1" || os.Getenv("CI") != ""
}
