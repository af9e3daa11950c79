package sqlite_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/store"
	"github.com/dragoman-gateway/dragoman/store/sqlite"
)

func putUser(t *testing.T, s core.Store, name string) {
	t.Helper()
	err := s.Update(context.Background(), func(tx core.StoreTx) error {
		return tx.PutUser(&core.User{Realm: core.MainRealm, UID: name, Username: name, Revision: 1})
	})
	if err != nil {
		t.Fatal(err)
	}
}

func countUsers(t *testing.T, s core.Store) (n int) {
	t.Helper()
	err := s.View(context.Background(), func(tx core.StoreTx) (err error) {
		n, err = tx.CountUsers(core.UserQuery{Realm: core.MainRealm})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestStoreIsFoundAgain(t *testing.T) {
	dsn := filepath.Join(t.TempDir(), "a b%23#.db") + "?sync=normal"
	for i, name := range []string{"ann", "bob"} {
		s, err := sqlite.Open(context.Background(), dsn)
		if err != nil {
			t.Fatal(err)
		}
		putUser(t, s, name)
		if n := countUsers(t, s); n != i+1 {
			t.Errorf("%d users at start %d", n, i+1)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

func TestMemoryIsNotShared(t *testing.T) {
	a, b := open(t, ":memory:"), open(t, ":memory:")
	putUser(t, a, "ann")
	if n := countUsers(t, b); n != 0 {
		t.Errorf("the other store has %d users", n)
	}
}

func TestMemoryLeavesNothing(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	s, err := sqlite.Open(context.Background(), ":memory:")
	if err != nil {
		t.Fatal(err)
	}
	putUser(t, s, "ann")
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) != 0 {
		t.Errorf("left are %v, %v", left, err)
	}
}

// Readers of a store in memory do not wait for a writer, as those of a file.
func TestMemoryHasALog(t *testing.T) {
	folder := t.TempDir()
	t.Setenv("TMPDIR", folder)
	s := open(t, ":memory:")
	putUser(t, s, "ann")
	logs, err := filepath.Glob(filepath.Join(folder, "*", "store.db-wal"))
	if err != nil || len(logs) != 1 {
		t.Errorf("logs: %q, %v", logs, err)
	}
}

func TestStoreThatCannotBeOpenedSaysWhy(t *testing.T) {
	dir := t.TempDir()
	text := filepath.Join(dir, "text")
	if err := os.WriteFile(text, []byte("This is some text, and it is longer than the header of a database, which has a hundred bytes."), 0o600); err != nil {
		t.Fatal(err)
	}
	inUse := filepath.Join(dir, "in-use.db")
	open(t, inUse)
	newer := filepath.Join(dir, "newer.db")
	makeNewer(t, newer)
	for name, c := range map[string]struct {
		dsn  string
		want error
	}{
		"a folder that is not there":  {filepath.Join(dir, "no", "store.db"), store.ErrNotWritable},
		"a folder":                    {dir, store.ErrNotWritable},
		"a text":                      {text, store.ErrNotAStore},
		"a store that is open":        {inUse, store.ErrInUse},
		"a store of a newer program":  {newer, store.ErrNewer},
		"no name":                     {"", nil},
		"a parameter that is unknown": {inUse + "?sink=full", nil},
		"a value that is unknown":     {inUse + "?sync=maybe", nil},
	} {
		t.Run(name, func(t *testing.T) {
			s, err := sqlite.Open(context.Background(), c.dsn)
			if err == nil {
				t.Fatal("it opened", s.Close())
			}
			if c.want != nil && !errors.Is(err, c.want) {
				t.Errorf("got %v, want %v", err, c.want)
			}
		})
	}
}

func TestMigrationsAreListedAndApplied(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store.db")
	m, err := store.MigrationsOf("sqlite:" + path)
	if err != nil {
		t.Fatal(err)
	}
	pending := func() (n int) {
		list, err := m.Status(context.Background())
		if err != nil || len(list) == 0 {
			t.Fatal(list, err)
		}
		for _, one := range list {
			if one.Applied.IsZero() {
				n++
			}
		}
		return n
	}
	if n := pending(); n == 0 {
		t.Error("nothing is pending before there is a file")
	}
	if _, err := os.Stat(path); err == nil {
		t.Error("asking made the file")
	}
	done, err := m.Up(context.Background())
	if err != nil || len(done) == 0 {
		t.Fatal(done, err)
	}
	if n := pending(); n != 0 {
		t.Errorf("%d are pending after Up", n)
	}
	makeNewer(t, path)
	if _, err := m.Up(context.Background()); !errors.Is(err, store.ErrNewer) {
		t.Errorf("a newer store: %v", err)
	}
}

func TestBackupIsAStoreAndWaitsForNobody(t *testing.T) {
	dir := t.TempDir()
	path, copied := filepath.Join(dir, "store.db"), filepath.Join(dir, "copy.db")
	s := open(t, path)
	putUser(t, s, "ann")
	err := s.Update(context.Background(), func(tx core.StoreTx) error {
		if err := tx.PutUser(&core.User{Realm: core.MainRealm, UID: "late", Username: "late", Revision: 1}); err != nil {
			return err
		}
		began := time.Now()
		err := store.Backup(context.Background(), "sqlite:"+path, copied)
		if took := time.Since(began); took > 2*time.Second {
			t.Errorf("the backup waited %v for the update", took)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	putUser(t, s, "bob")
	if err := os.Link(path+".key", copied+".key"); err != nil {
		t.Fatal(err)
	}
	if n := countUsers(t, open(t, copied)); n != 1 {
		t.Errorf("the copy has %d users", n)
	}
	if err := store.Backup(context.Background(), "sqlite:"+path, copied); !errors.Is(err, os.ErrExist) {
		t.Errorf("over a file that is there: %v", err)
	}
	if err := store.Backup(context.Background(), "sqlite:"+filepath.Join(dir, "none.db"), filepath.Join(dir, "x")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("of a store that is not there: %v", err)
	}
}

func TestUnknownSchemeIsRefusedWithoutTheDSN(t *testing.T) {
	_, err := store.Open(context.Background(), "mysql://me:secret@host")
	if err == nil || len(err.Error()) > 100 {
		t.Errorf("got %v", err)
	}
}
