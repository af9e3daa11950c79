package sqlite_test

import (
	"database/sql"
	"testing"

	_ "github.com/mattn/go-sqlite3"
)

// makeNewer makes the file look as if a newer program had migrated it.
func makeNewer(t *testing.T, path string) {
	t.Helper()
	execRaw(t, path, `create table if not exists goose_db_version (id integer primary key, version_id integer not null,
		is_applied integer not null, tstamp timestamp default (datetime('now')));
		insert into goose_db_version (version_id, is_applied) values (0, 1), (9999, 1)`)
}

// execRaw runs statements on a file that is not open as a store.
func execRaw(t *testing.T, path, statements string) {
	t.Helper()
	db, err := sql.Open("sqlite3", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec(statements); err != nil {
		t.Fatal(err)
	}
}
