//go:build cgo

package sqlite

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/dragoman-gateway/dragoman/store/internal/sqldb"
)

// maxLinks is how many links may lead to a store, one to another.
const maxLinks = 40

// resolved returns the path of the file itself, which may not exist yet: a link to a
// store is that store, with one lock, one log and one key.
func resolved(path string) string {
	for range maxLinks {
		target, err := os.Readlink(path)
		if err != nil {
			break
		}
		if !filepath.IsAbs(target) {
			target = filepath.Join(filepath.Dir(path), target)
		}
		path = target
	}
	folder, err := filepath.EvalSymlinks(filepath.Dir(path))
	if err != nil {
		return path
	}
	return filepath.Join(folder, filepath.Base(path))
}

// checkPlace fails, before anything is written, for files that SQLite would read and not
// write, and for one of several names. SQLite finds the log by the name, so each name
// would be a store of its own on the same pages.
func (o *options) checkPlace() error {
	for _, file := range []string{o.path, o.path + "-wal", o.path + "-shm"} {
		if err := checkWritable(file); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("%w: %s: %w", sqldb.ErrNotWritable, filepath.Base(file), err)
		}
	}
	if n := linksTo(o.path); n > 1 {
		return fmt.Errorf("%w: the file has %d names (hard links); a store has one", sqldb.ErrNotWritable, n)
	}
	return nil
}
