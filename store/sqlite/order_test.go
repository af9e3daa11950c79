//go:build cgo

package sqlite_test

import (
	"database/sql"
	"path/filepath"
	"strings"
	"testing"

	"github.com/dragoman-gateway/dragoman/store/sqlite"
)

// A page of those who changed last must not cost more in a large realm.
func TestUsersByTheirLastChangeAreInAnIndex(t *testing.T) {
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
	defer db.Close()
	const key = "coalesce(updated_at, 9223372036854775807)"
	for _, page := range []string{
		"realm = 1 and deleted_at is null order by " + key + ", id limit 100",
		"realm = 1 and deleted_at is null order by " + key + " desc, id desc limit 100",
		"realm = 1 and deleted_at is null and " + key + " >= 1 and (" + key + ", id) > (1, 2) order by " + key + ", id limit 100",
		"realm = 1 and " + key + " >= 7 and deleted_at is null order by " + key + ", id limit 100",
	} {
		rows, err := db.Query("explain query plan select id from users where " + page)
		if err != nil {
			t.Fatal(err)
		}
		var plan []string
		for rows.Next() {
			var id, parent, unused int
			var detail string
			if err := rows.Scan(&id, &parent, &unused, &detail); err != nil {
				t.Fatal(err)
			}
			plan = append(plan, detail)
		}
		text := strings.Join(plan, "\n")
		if !strings.Contains(text, "users_updated") || strings.Contains(text, "B-TREE") {
			t.Errorf("%s:\n%s", page, text)
		}
		if strings.Contains(page, ">=") && !strings.Contains(text, "<expr>>") {
			t.Errorf("%s begins at the first user:\n%s", page, text)
		}
	}
}
