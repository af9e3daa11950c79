//go:build cgo

package sqlite_test

import (
	"database/sql"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/dragoman-gateway/dragoman/store/sqlite"
)

// A page in any order but that of names must not cost more in a large realm.
func TestUsersByTheirTimesAreInAnIndex(t *testing.T) {
	db := openPlain(t)
	for _, column := range []string{"updated", "created"} {
		checkPages(t, db, column)
	}
}

// checkPages fails unless the pages of an order by a time follow its index.
func checkPages(t *testing.T, db *sql.DB, column string) {
	t.Helper()
	key := "coalesce(" + column + "_at, 9223372036854775807)"
	for _, page := range []string{
		"realm = 1 and deleted_at is null order by " + key + ", id limit 100",
		"realm = 1 and deleted_at is null order by " + key + " desc, id desc limit 100",
		"realm = 1 and deleted_at is null and " + key + " >= 1 and (" + key + ", id) > (1, 2) order by " + key + ", id limit 100",
		"realm = 1 and " + key + " >= 7 and deleted_at is null order by " + key + ", id limit 100",
	} {
		text := planOf(t, db, "select id from users where "+page)
		if !strings.Contains(text, "users_"+column) || strings.Contains(text, "B-TREE") {
			t.Errorf("%s:\n%s", page, text)
		}
		if strings.Contains(page, ">=") && !strings.Contains(text, "<expr>>") {
			t.Errorf("%s begins at the first user:\n%s", page, text)
		}
	}
}

// The metrics count them every few seconds, also of a million users.
func TestUsersWhoMayNotActAreCountedInAnIndex(t *testing.T) {
	db := openPlain(t)
	for condition, index := range map[string]string{
		"enabled = 0": "COVERING INDEX users_disabled (realm=?", "enabled = 1 and enabled_until <= ?": "COVERING INDEX users_expiring (realm=?",
	} {
		count := "select count(*) from users where realm = ? and id > 1099511627776 and id < 2199023255552 and deleted_at is null and " + condition
		if text := planOf(t, db, count); !strings.Contains(text, index) {
			t.Errorf("%s:\n%s", count, text)
		}
	}
}

// openPlain opens the file of a new store as SQLite does.
func openPlain(t *testing.T) *sql.DB {
	t.Helper()
	file := filepath.Join(t.TempDir(), "store.db")
	s, err := sqlite.Open(t.Context(), file)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("sqlite3", file)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

// planOf returns how SQLite answers a query, whose parameters are 1.
func planOf(t *testing.T, db *sql.DB, query string) string {
	t.Helper()
	rows, err := db.Query("explain query plan "+query, slices.Repeat([]any{1}, strings.Count(query, "?"))...)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var plan []string
	for rows.Next() {
		var id, parent, unused int
		var detail string
		if err := rows.Scan(&id, &parent, &unused, &detail); err != nil {
			t.Fatal(err)
		}
		plan = append(plan, detail)
	}
	return strings.Join(plan, "\n")
}
