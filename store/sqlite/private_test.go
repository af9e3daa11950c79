//go:build unix

package sqlite_test

import (
	"context"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/dragoman-gateway/dragoman/store/sqlite"
)

// withUmask runs fn with a umask; no test of the package runs in parallel.
func withUmask(mask int, fn func()) {
	defer syscall.Umask(syscall.Umask(mask))
	fn()
}

func checkPrivate(t *testing.T, dsn string) {
	t.Helper()
	files, err := sqlite.Files(dsn)
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		info, err := os.Stat(file)
		if err != nil {
			t.Fatal(err)
		}
		if mode := info.Mode().Perm(); mode != 0o600 {
			t.Errorf("%s has mode %o, not 600", filepath.Base(file), mode)
		}
	}
}

func TestOnlyTheOwnerReadsAStore(t *testing.T) {
	withUmask(0, func() {
		dsn := filepath.Join(t.TempDir(), "store.db")
		s := open(t, dsn)
		putUser(t, s, "ann")
		checkPrivate(t, dsn)
	})
}

func TestOpenTakesAccessFromOtherUsers(t *testing.T) {
	dsn := filepath.Join(t.TempDir(), "store.db")
	s, err := sqlite.Open(context.Background(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	putUser(t, s, "ann")
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	for _, file := range []string{dsn, dsn + ".lock"} {
		if err := os.Chmod(file, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	s = open(t, dsn)
	putUser(t, s, "bob")
	checkPrivate(t, dsn)
}

func TestOnlyTheOwnerReadsABackup(t *testing.T) {
	withUmask(0, func() {
		dir := t.TempDir()
		s := open(t, filepath.Join(dir, "store.db"))
		putUser(t, s, "ann")
		file := filepath.Join(dir, "backup.db")
		if err := sqlite.Backup(context.Background(), filepath.Join(dir, "store.db"), file); err != nil {
			t.Fatal(err)
		}
		info, err := os.Stat(file)
		if err != nil {
			t.Fatal(err)
		}
		if mode := info.Mode().Perm(); mode != 0o600 {
			t.Errorf("the backup has mode %o, not 600", mode)
		}
	})
}

func TestOnlyTheOwnerReadsAMigratedStore(t *testing.T) {
	withUmask(0, func() {
		dsn := filepath.Join(t.TempDir(), "store.db")
		m, err := sqlite.Migrations(dsn)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := m.Up(context.Background()); err != nil {
			t.Fatal(err)
		}
		info, err := os.Stat(dsn)
		if err != nil {
			t.Fatal(err)
		}
		if mode := info.Mode().Perm(); mode != 0o600 {
			t.Errorf("the store has mode %o, not 600", mode)
		}
	})
}
