//go:build cgo

package sqlite

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/dragoman-gateway/dragoman/store/internal/sqldb"
)

// Backup writes one consistent state of the store to a new file, which is itself a
// store, and which only its owner can read. Other processes may use the store meanwhile. The file is renamed to its name
// when it is complete.
func Backup(_ context.Context, dsn, file string) error {
	o, err := parse(dsn)
	if err != nil {
		return err
	}
	if o.path == memory {
		return errors.New("sqlite: a store in memory cannot be backed up")
	}
	if _, err := os.Stat(o.path); err != nil {
		return err
	}
	if _, err := os.Lstat(file); err == nil {
		return fmt.Errorf("%s: %w", file, os.ErrExist)
	}
	partial := file + ".partial"
	if err := errors.Join(removeOld(partial), createPrivate(partial), copyTo(o, partial), syncFile(partial)); err != nil {
		return errors.Join(err, removeOld(partial))
	}
	return errors.Join(os.Rename(partial, file), syncFile(filepath.Dir(file)))
}

func copyTo(o options, file string) (err error) {
	c, err := connect(o.uri("rw"))
	if err != nil {
		return openError(err)
	}
	defer func() { err = errors.Join(err, c.Close()) }()
	return c.Query("vacuum into ?", []any{file}, func(sqldb.Row) error { return nil })
}

func removeOld(file string) error {
	if err := os.Remove(file); !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return nil
}

func syncFile(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}
