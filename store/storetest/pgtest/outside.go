package pgtest

import (
	"crypto/rand"
	"net/url"
	"strings"
	"testing"
)

// databaseOf makes a database on the server of a DSN, for as long as the test
// runs, and returns its DSN.
func databaseOf(t testing.TB, dsn string) string {
	t.Helper()
	u, err := url.Parse(dsn)
	if err != nil {
		t.Fatalf("%s is not a DSN", dsnVariable) // which may hold a password
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
