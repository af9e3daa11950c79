package archive

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"

	"github.com/dragoman-gateway/dragoman/core"
)

// Files keeps the contents of files, which are not in the store. Each file belongs to a
// record whose key is its name.
type Files interface {
	// Kind is the kind of the records that have files.
	Kind() string
	// IsName reports whether a file can have the name.
	IsName(name string) bool
	// Open opens a file. It fails with fs.ErrNotExist.
	Open(realm core.Realm, name string) (io.ReadSeekCloser, error)
	// Room returns how many bytes more the files of a realm may have.
	Room(realm core.Realm) (int64, error)
	// Create begins a file, which exists once it is kept.
	Create(realm core.Realm, name string) (NewFile, error)
}

// NewFile is a file that is being written.
type NewFile interface {
	io.WriterAt
	// Keep ends the writing. The file then replaces that of its name.
	Keep() error
	// Discard removes a file that was not kept.
	Discard()
}

// File is a part of a file. The parts of a file follow each other.
type File struct {
	Realm core.Realm `json:"realm,omitempty"`
	// Kind is that of the record whose key is the name.
	Kind string `json:"kind"`
	Name string `json:"name"`
	// Offset is where in the file the part begins.
	Offset int64 `json:"offset,omitempty"`
	// Size and SHA256, in hexadecimal, are those of the whole file. Only its first part
	// has them; one without a size is the whole file.
	Size   int64  `json:"size,omitempty"`
	SHA256 string `json:"sha256,omitempty"`
	Data   []byte `json:"data,omitempty"`
}

// filePart is how many bytes of a file an export puts into one line.
const filePart = 1 << 20

// whole returns the size of the file whose first part this is.
func (f *File) whole() int64 {
	if f.Size == 0 {
		return int64(len(f.Data))
	}
	return f.Size
}

// FileError says which file of a record cannot be read.
type FileError struct {
	Realm core.Realm
	Name  string
	Owner int64 // the number of the user it belongs to; 0 if it is none's
	Err   error // fs.ErrNotExist if the content is missing
}

func (e *FileError) Error() string {
	why := e.Err.Error()
	if errors.Is(e.Err, fs.ErrNotExist) {
		why = "the file has no content: it was lost, or removed since the export began"
	}
	return fmt.Sprintf("file %s of user %d in realm %s: %s", e.Name, e.Owner, e.Realm, why)
}

// Unwrap returns the cause.
func (e *FileError) Unwrap() error { return e.Err }

// version returns the version that the archive needs.
func (e *export) version(realms []core.Realm) (int, error) {
	if e.opts.Files == nil {
		return 1, nil
	}
	for _, realm := range realms {
		n, err := e.tx.CountRecords(core.RecordQuery{Realm: realm, Kind: e.opts.Files.Kind()})
		if err != nil || n > 0 {
			return Version, err
		}
	}
	return 1, nil
}

// files writes the realm's files.
func (e *export) files(realm core.Realm) error {
	if e.opts.Files == nil {
		return nil
	}
	return e.eachRecord(realm, e.opts.Files.Kind(), e.file)
}

func (e *export) file(r *core.Record) error {
	in, err := e.opts.Files.Open(r.Realm, r.Key)
	if err != nil {
		return &FileError{r.Realm, r.Key, r.Owner, err}
	}
	defer func() { _ = in.Close() }()
	e.counts.Files++
	err = FileParts(in, File{Realm: r.Realm, Kind: r.Kind, Name: r.Key}, func(p *File) error { return e.write(&Line{File: p}) })
	if err != nil {
		return &FileError{r.Realm, r.Key, r.Owner, err}
	}
	return nil
}

// parts reads a file of which first has all but the data.
func parts(in io.Reader, first File, do func(*File) error) error {
	size := first.Size
	for at, part := int64(0), first; ; part.Size, part.SHA256 = 0, "" {
		n := min(size-at, filePart)
		next := part
		next.Offset, next.Data = at, make([]byte, n)
		if _, err := io.ReadFull(in, next.Data); err != nil {
			return err
		}
		if err := do(&next); err != nil {
			return err
		}
		if at += n; at == size {
			return nil
		}
	}
}

// FileParts calls do for the parts of a file, of which first has the names. It begins at
// the beginning of in.
func FileParts(in io.ReadSeeker, first File, do func(*File) error) (err error) {
	_, err = in.Seek(0, io.SeekStart)
	if err == nil {
		first.Size, first.SHA256, err = digest(in)
	}
	if err == nil {
		_, err = in.Seek(0, io.SeekStart)
	}
	if err != nil {
		return err
	}
	return parts(in, first, do)
}

// digest reads a file and returns its size and its checksum in hexadecimal.
func digest(in io.Reader) (size int64, sum string, err error) {
	h := sha256.New()
	size, err = io.Copy(h, in)
	return size, hex.EncodeToString(h.Sum(nil)), err
}

// fileLines checks that the lines of each file follow each other and are complete.
type fileLines struct {
	first *File // of the file that lacks lines; nil if there is none
	at    int64
	sum   hash.Hash
}

// whole reports whether no file lacks lines.
func (s *fileLines) whole() bool { return s.first == nil }

// add checks the next line, which is nil if it is not one of a file.
func (s *fileLines) add(part *File) error {
	switch {
	case s.first == nil && part == nil:
		return nil
	case s.first == nil && part.Offset != 0:
		return fmt.Errorf("the file %s begins at its byte %d", part.Name, part.Offset)
	case s.first == nil:
		s.first, s.at, s.sum = part, 0, sha256.New()
	case part == nil || part.Realm != s.first.Realm || part.Kind != s.first.Kind || part.Name != s.first.Name || part.Offset != s.at:
		return fmt.Errorf("the file %s is cut: its byte %d of %d does not follow", s.first.Name, s.at, s.first.whole())
	}
	size := s.first.whole()
	s.at += int64(len(part.Data))
	s.sum.Write(part.Data)
	switch {
	case s.at > size || size > 0 && len(part.Data) == 0:
		return fmt.Errorf("the file %s has %d bytes here, and not %d", part.Name, s.at, size)
	case s.at < size:
		return nil
	}
	want := s.first.SHA256
	s.first = nil
	if want != "" && want != hex.EncodeToString(s.sum.Sum(nil)) {
		return fmt.Errorf("the file %s is damaged: it does not match its checksum", part.Name)
	}
	return nil
}
