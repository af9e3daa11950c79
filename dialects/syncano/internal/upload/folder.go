// Package upload keeps uploaded files. A file is in a folder beside the database,
// under a random name, which is all that its link says: whoever has the link may
// fetch it, as with the original's. A record in the instance's realm says that
// the file exists and how many values point at it.
package upload

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"github.com/dragoman-gateway/dragoman/core"
)

// Folder holds the files of all realms. With an empty Dir it keeps none.
type Folder struct{ Dir string }

// Enabled reports whether files can be kept.
func (f Folder) Enabled() bool { return f.Dir != "" }

// realm is the folder of one realm; the realm's name cannot lead out of Dir.
func (f Folder) realm(realm core.Realm) string {
	return filepath.Join(f.Dir, "realm-"+url.PathEscape(string(realm)))
}

func (f Folder) path(realm core.Realm, name string) string {
	return filepath.Join(f.realm(realm), name)
}

// Open opens a file. It fails with os.ErrNotExist.
func (f Folder) Open(realm core.Realm, name string) (*os.File, error) {
	return os.Open(f.path(realm, name))
}

// Size returns how many bytes the files of a realm have.
func (f Folder) Size(realm core.Realm) (n int64, err error) {
	entries, err := os.ReadDir(f.realm(realm))
	if errors.Is(err, os.ErrNotExist) {
		return 0, nil
	}
	for _, e := range entries {
		if info, err := e.Info(); err == nil { // else it was removed meanwhile
			n += info.Size()
		}
	}
	return n, err
}

// File is a file to write.
type File struct {
	Name string
	Data []byte // the content, if Path is ""
	Path string // where Spool put the content
}

// Size returns how many bytes the content has; 0 if it cannot be found.
func (f File) Size() int64 {
	if f.Path == "" {
		return int64(len(f.Data))
	}
	info, err := os.Stat(f.Path)
	if err != nil {
		return 0
	}
	return info.Size()
}

// Spool writes content to a file that has no name yet, and returns its path and its
// length. The path is "" only if there is no file. The caller gives the file a name
// with Write, and discards it in any case.
func (f Folder) Spool(content io.Reader) (path string, size int64, err error) {
	if err := os.MkdirAll(f.Dir, 0o700); err != nil {
		return "", 0, err
	}
	temp, err := os.CreateTemp(f.Dir, spooled)
	if err != nil {
		return "", 0, err
	}
	size, err = io.Copy(temp, content)
	if err == nil {
		err = temp.Sync()
	}
	return temp.Name(), size, errors.Join(err, temp.Close())
}

// spooled is the pattern of the names of files that Spool made.
const spooled = "incoming-*"

// abandonedAfter is how long nothing was written to a spooled file that no process
// still reads a body for: other replicas may use the folder. It is more than the
// time for the largest body.
const abandonedAfter = 2 * time.Hour

// SweepSpooled removes spooled files that a process left when it was killed.
func (f Folder) SweepSpooled(now time.Time) {
	if !f.Enabled() {
		return
	}
	left, _ := fs.Glob(os.DirFS(f.Dir), spooled) // the pattern is right
	for _, name := range left {
		path := filepath.Join(f.Dir, name)
		if info, err := os.Lstat(path); err == nil && info.Mode().IsRegular() && now.Sub(info.ModTime()) > abandonedAfter {
			_ = os.Remove(path)
		}
	}
}

// Discard removes those spooled files that were given no name.
func Discard(paths []string) {
	for _, path := range paths {
		_ = os.Remove(path)
	}
}

// Write writes files before store stores what uses them, and removes them again
// if store fails. Otherwise it removes the files that are unused now.
func (f Folder) Write(realm core.Realm, files []File, store func() (unused []string, err error)) error {
	var written []string
	for _, file := range files {
		if err := f.write(realm, file); err != nil {
			f.Remove(realm, written)
			return err
		}
		written = append(written, file.Name)
	}
	unused, err := store()
	if err != nil {
		unused = written
	}
	f.Remove(realm, unused)
	return err
}

// write writes a file whole or not at all, so that it survives a power loss
// before a record names it.
func (f Folder) write(realm core.Realm, file File) error {
	folder := f.realm(realm)
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return err
	}
	path := file.Path
	if path == "" {
		var err error
		path, _, err = f.Spool(bytes.NewReader(file.Data))
		defer Discard([]string{path})
		if err != nil {
			return err
		}
	}
	if err := os.Rename(path, filepath.Join(folder, file.Name)); err != nil {
		return err
	}
	return syncFolder(folder)
}

func syncFolder(folder string) error {
	d, err := os.Open(folder)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// Remove removes files that no record names. A failure leaves an unreachable
// file, which does no harm.
func (f Folder) Remove(realm core.Realm, names []string) {
	for _, name := range names {
		_ = os.Remove(f.path(realm, name))
	}
}

// RemoveRealm removes all files of a realm.
func (f Folder) RemoveRealm(realm core.Realm) {
	if f.Enabled() {
		_ = os.RemoveAll(f.realm(realm))
	}
}

// Sweep removes the files of a realm that no record names.
func (f Folder) Sweep(ctx context.Context, dir *core.Directory, realm core.Realm) error {
	if !f.Enabled() {
		return nil
	}
	entries, err := os.ReadDir(f.realm(realm))
	if err != nil {
		return nil // the realm has no files
	}
	var unused []string
	err = dir.View(ctx, func(tx *core.Tx) error {
		unused = nil
		for _, e := range entries {
			if !IsName(e.Name()) {
				continue
			}
			_, err := tx.Record(Ref(realm, e.Name()))
			if errors.Is(err, core.ErrNotFound) {
				unused = append(unused, e.Name())
			} else if err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil {
		f.Remove(realm, unused)
	}
	return err
}
