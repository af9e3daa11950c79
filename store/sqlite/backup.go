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

// Restore makes the store of a backup: a copy that check accepts, given its path. No
// process may have the store open. One that is there is an error unless replace is set:
// it is then kept, with ".replaced" behind its name.
func Restore(dsn, file string, replace bool, check func(copied string) error) (err error) {
	o, err := parse(dsn)
	if err != nil {
		return err
	}
	if err := requireStore(file); err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	lock, err := own(o.path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, lock.Close()) }()
	if _, err := os.Lstat(o.path); err == nil && !replace {
		return fmt.Errorf("%s: %w", o.path, os.ErrExist)
	}
	copied := o.path + ".restoring"
	source := options{path: file, sync: "FULL"}
	err = errors.Join(removeStore(copied), createPrivate(copied), copyTo(source, copied), syncFile(copied))
	if err == nil {
		err = check(copied)
	}
	if err != nil {
		return errors.Join(err, removeStore(copied))
	}
	return errors.Join(keepOld(o.path), os.Rename(copied, o.path), removeStore(copied), syncFile(filepath.Dir(o.path)))
}

// requireStore fails unless the file is a store: no other database is to be changed.
func requireStore(file string) error {
	o := options{path: file, sync: "FULL"}
	c, err := connect(o.uri("ro"))
	if err != nil {
		return openError(err)
	}
	found := false
	err = c.Query("select 1 from sqlite_master where name = 'states'", nil, func(sqldb.Row) error { found = true; return nil })
	switch err = errors.Join(openError(err), c.Close()); {
	case err != nil:
		return err
	case !found:
		return sqldb.ErrNotAStore
	}
	return nil
}

// keepOld moves a store out of the way, with what is in its log.
func keepOld(path string) error {
	if _, err := os.Lstat(path); err != nil {
		return nil
	}
	for _, suffix := range []string{"", "-wal", "-shm"} {
		if err := os.Rename(path+suffix, path+".replaced"+suffix); err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
	}
	return nil
}

// removeStore removes a store with its log and lock.
func removeStore(path string) (err error) {
	for _, suffix := range []string{"", "-wal", "-shm", ".lock"} {
		err = errors.Join(err, removeOld(path+suffix))
	}
	return err
}
