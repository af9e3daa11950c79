// Package pgtest gives tests a PostgreSQL server.
//
// It starts one from the installed binaries, such as those of Debian's package
// postgresql: in a temporary folder, on a Unix socket, without fsync, once for all
// tests of a process. The server ends with the process, even if that is killed.
// TEST_DRAGOMAN_POSTGRES names a server to use instead, by the DSN of a user who
// may create databases.
//
// If neither is available tests are skipped; with TEST_DRAGOMAN_REQUIRE_POSTGRES=1, or
// in CI, they fail.
package pgtest

import (
	"os"
	"sync"
	"testing"
)

// The environment variables that this package reads.
const (
	dsnVariable     = "TEST_DRAGOMAN_POSTGRES"
	requireVariable = "TEST_DRAGOMAN_REQUIRE_POSTGRES"
)

// shared is the server of this process. It starts at first use.
var shared = sync.OnceValues(func() (*Server, error) { return start(quick) })

// DSN returns the DSN of a new, empty schema of the private server, or of a new
// database on the server that the environment names.
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

// Need skips a test if there is no PostgreSQL, or fails it if one is required.
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

// required reports whether tests must fail, not skip, without PostgreSQL.
func required() bool {
	return os.Getenv(requireVariable) == "1" || os.Getenv("CI") != ""
}
