package upload

import (
	"errors"
	"io"
	"math"
	"os"
	"path/filepath"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/core/archive"
)

// Archived gives the files of a folder to archives, and takes them from there. The files
// of a realm may have Limit bytes together; 0 means no limit.
type Archived struct {
	Folder
	Limit int64
}

var _ archive.Files = Archived{}

// errNoFolder is an error of all methods for files of a folder that is "".
var errNoFolder = errors.New("no folder for files is set")

// Kind implements [archive.Files].
func (a Archived) Kind() string { return Kind }

// IsName implements [archive.Files].
func (a Archived) IsName(name string) bool { return IsName(name) }

// Open implements [archive.Files].
func (a Archived) Open(realm core.Realm, name string) (io.ReadSeekCloser, error) {
	switch {
	case !a.Enabled():
		return nil, errNoFolder
	case !IsName(name):
		return nil, os.ErrNotExist
	}
	return a.Folder.Open(realm, name)
}

// Room implements [archive.Files].
func (a Archived) Room(realm core.Realm) (int64, error) {
	switch {
	case !a.Enabled():
		return 0, errNoFolder
	case a.Limit <= 0:
		return math.MaxInt64, nil
	}
	size, err := a.Size(realm)
	return a.Limit - size, err
}

// Create implements [archive.Files].
func (a Archived) Create(realm core.Realm, name string) (archive.NewFile, error) {
	if !a.Enabled() {
		return nil, errNoFolder
	}
	if err := os.MkdirAll(a.realm(realm), 0o700); err != nil {
		return nil, err
	}
	temp, err := os.CreateTemp(a.Dir, spooled)
	if err != nil {
		return nil, err
	}
	return &newFile{temp, a.path(realm, name)}, nil
}

// newFile is a spooled file that gets a name.
type newFile struct {
	*os.File
	path string
}

// Keep implements [archive.NewFile].
func (f *newFile) Keep() error {
	if err := errors.Join(f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Rename(f.Name(), f.path); err != nil {
		return err
	}
	return syncFolder(filepath.Dir(f.path))
}

// Discard implements [archive.NewFile].
func (f *newFile) Discard() {
	_ = f.Close()
	_ = os.Remove(f.Name()) // which is not there any more if the file was kept
}
