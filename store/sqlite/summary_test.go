package sqlite_test

import (
	"context"
	"database/sql"
	"path/filepath"
	"testing"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/store/sqlite"
)

// TestSearchFindsUsersOfSummariesBegunBefore cuts the summaries of searched texts
// to what they were before names had longer groups.
func TestSearchFindsUsersOfSummariesBegunBefore(t *testing.T) {
	path := filepath.Join(t.TempDir(), "old.db")
	addAndFind(t, path, "abigail", "abigail")
	cutSummaries(t, path)
	addAndFind(t, path, "barnaby", "abigail", "barnaby")
	addAndFind(t, path, "caroline", "abigail", "barnaby", "caroline")
}

// addAndFind opens the store, adds a user and searches for names.
func addAndFind(t *testing.T, path, add string, find ...string) {
	t.Helper()
	s, err := sqlite.Open(context.Background(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	putUser(t, s, add)
	for _, name := range find {
		q := core.UserQuery{Realm: core.MainRealm, Search: core.Search{Terms: []string{name}, Fields: []core.Field{core.FieldUsername}}}
		err := s.View(context.Background(), func(tx core.StoreTx) error {
			users, err := tx.ListUsers(q)
			if len(users) != 1 || users[0].Username != name {
				t.Errorf("%s: %d users found", name, len(users))
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
	}
}

func cutSummaries(t *testing.T, path string) {
	t.Helper()
	db, err := sql.Open("sqlite3", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec("update grams set bits = substr(bits, 1, length(bits) - 1)"); err != nil {
		t.Fatal(err)
	}
}
