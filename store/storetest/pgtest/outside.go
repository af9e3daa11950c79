package pgtest

import (
	"crypto/rand"
	"net/url"
	"strings"
	"testing"
)

// databaseOf creates a database on the server of a DSN and returns its DSN. The
// database is dropped at the end of the test.
func databaseOf(t testing.TB, dsn string) string {
	t.Helper()
	u, err := url.Parse(dsn)
	if err != nil {
		t.Fatalf("%s is not a DSN", dsnVariable) // its text may hold a password
	}
	name := "dragoman_test_" + strings.ToLower(rand.Text())
	if err := exec1(dsn, "create database "+name); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := exec1(dsn, "drop database "+name); err != nil {
			t.Error(err)
		}
	})
	u.Path = "/" + name
	return u.String()
}
