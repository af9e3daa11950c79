//go:build cgo

package sqlite

import (
	"errors"
	"fmt"
	"os"

	"github.com/dragoman-gateway/dragoman/store/internal/sqldb"
)

// privateMode lets only the owner read: the files hold keys and password hashes.
const privateMode os.FileMode = 0o600

// Files returns the paths of the files that a store has or may have; none for a
// store in memory.
func Files(dsn string) ([]string, error) {
	o, err := parse(dsn)
	if err != nil || o.path == memory {
		return nil, err
	}
	return o.files(), nil
}

func (o *options) files() []string {
	return []string{o.path, o.path + "-wal", o.path + "-shm", o.path + ".lock", o.keys().File}
}

// protect creates the store's file so that only its owner can read it, whatever the
// umask, and takes other users' access from what is there already. SQLite gives its
// log the mode of the file. A file of another owner keeps its mode.
func (o *options) protect() error {
	if err := createPrivate(o.path); err != nil {
		return fmt.Errorf("%w: %w", sqldb.ErrNotWritable, err)
	}
	for _, file := range o.files() {
		if info, err := os.Stat(file); err == nil && info.Mode().Perm()&^privateMode != 0 {
			_ = os.Chmod(file, info.Mode().Perm()&privateMode)
		}
	}
	return nil
}

// createPrivate creates an empty file if there is none. SQLite takes an empty file
// for an empty database.
func createPrivate(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, privateMode)
	if errors.Is(err, os.ErrExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return f.Close()
}
