//go:build cgo

package sqlite

import (
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/dragoman-gateway/dragoman/store/internal/sqldb"
)

var errLocked = errors.New("locked")

// lockTimeout is how long to wait for another process to close the store, as one
// does that this process replaces.
const lockTimeout = 2 * time.Second

// claim makes this process the store's only one, and its files this user's. The caller
// closes the result when it is done with the store.
func (o *options) claim() (*os.File, error) {
	if err := o.checkPlace(); err != nil {
		return nil, err
	}
	f, err := own(o.path)
	if err != nil {
		return nil, err
	}
	if err := o.protect(); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

// own makes this process the store's only one: its memory is right only if no other
// process writes. The lock is on a separate file, since SQLite loses its own when
// another handle of the store's file is closed.
func own(path string) (*os.File, error) {
	for end := time.Now().Add(lockTimeout); ; time.Sleep(20 * time.Millisecond) {
		f, err := lock(path + ".lock")
		switch {
		case err == nil:
			return f, nil
		case !errors.Is(err, errLocked):
			return nil, fmt.Errorf("%w: %w", sqldb.ErrNotWritable, err)
		case time.Now().After(end):
			return nil, sqldb.ErrInUse
		}
	}
}
