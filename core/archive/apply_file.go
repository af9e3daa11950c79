package archive

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"maps"

	"github.com/dragoman-gateway/dragoman/core"
)

// fileImport is the state of an import's files over its transactions.
type fileImport struct {
	opts ImportOptions
	// before is the file whose lines are read as of the last commit, and now as of the
	// transaction that runs, which may start again.
	before, now *newFile
	created     []*newFile           // in the transaction
	complete    []*newFile           // in the transaction: to be kept with it
	sums        map[fileName]string  // of complete ones
	room, left  map[core.Realm]int64 // for more files, before the transaction and in it
}

type fileName struct {
	realm core.Realm
	name  string
}

// newFile is a file of the source.
type newFile struct {
	*File           // its first line
	sum     string  // in hexadecimal
	verdict Verdict // on all its lines
	err     error
	out     NewFile // nil if the file is not to be written
}

func newFileImport(opts ImportOptions) fileImport {
	return fileImport{opts: opts, room: map[core.Realm]int64{}}
}

// begin starts a transaction, also one that starts again.
func (s *fileImport) begin() {
	discard(s.created)
	s.now, s.created, s.complete = s.before, nil, nil
	s.sums, s.left = map[fileName]string{}, maps.Clone(s.room)
}

// commit keeps the files that the transaction has completed.
func (s *fileImport) commit() error {
	for _, f := range s.complete {
		if err := f.out.Keep(); err != nil {
			return fmt.Errorf("file %s: %w", f.Name, err)
		}
	}
	s.before, s.created, s.complete, s.room = s.now, nil, nil, s.left
	return nil
}

// discard removes what is not complete at the end of an import.
func (s *fileImport) discard() {
	discard(s.created)
	if s.before != nil {
		discard([]*newFile{s.before})
	}
}

func discard(files []*newFile) {
	for _, f := range files {
		if f.out != nil {
			f.out.Discard()
		}
	}
}

// file applies a line of a file. All lines of one get the verdict of the first.
func (r *run) file(l *File) (Verdict, error) {
	s := &r.files
	if l.Offset == 0 {
		f, err := r.newFile(l)
		if err != nil {
			return "", err
		}
		s.now = f
	}
	f := s.now
	if f == nil || f.Name != l.Name {
		return "", Refusal("the lines of the file before this one are missing")
	}
	if f.err != nil || f.verdict != Added && f.verdict != Updated {
		return f.verdict, f.err
	}
	if f.out != nil {
		if _, err := f.out.WriteAt(l.Data, l.Offset); err != nil {
			return "", err
		}
	}
	if l.Offset+int64(len(l.Data)) < f.whole() {
		return f.verdict, nil
	}
	s.sums[fileName{f.realm(r.opts.Realm), f.Name}] = f.sum
	if s.now = nil; f.out != nil {
		s.complete = append(s.complete, f)
	}
	return f.verdict, nil
}

func (f *File) realm(standard core.Realm) core.Realm { return or(f.Realm, standard) }

// newFile judges a file by its first line. It fails only with errors that end the import.
func (r *run) newFile(l *File) (*newFile, error) {
	f := &newFile{File: l, sum: l.SHA256}
	if f.sum == "" {
		_, f.sum, _ = digest(bytes.NewReader(l.Data)) // does not fail
	}
	f.verdict, f.err = r.judgeFile(f)
	if f.err != nil && !refusable(f.err) {
		return nil, f.err
	}
	if f.err != nil || f.verdict != Added && f.verdict != Updated || r.opts.DryRun {
		return f, nil
	}
	out, err := r.opts.Files.Create(l.realm(r.opts.Realm), l.Name)
	if err != nil {
		return nil, err
	}
	f.out = out
	r.files.created = append(r.files.created, f)
	return f, nil
}

func (r *run) judgeFile(f *newFile) (Verdict, error) {
	files, realm := r.opts.Files, f.realm(r.opts.Realm)
	switch {
	case r.opts.WithoutFiles:
		return Skipped, nil
	case files == nil:
		return "", Refusal("no folder for files is set here")
	case f.Kind != files.Kind():
		return "", Refusal(fmt.Sprintf("records of the kind %q have no files", f.Kind))
	case !files.IsName(f.Name):
		return "", Refusal(fmt.Sprintf("%q is not a name of a file", f.Name))
	case f.SHA256 == "" && f.whole() > int64(len(f.Data)):
		return "", Refusal("the first of several lines of a file has sha256")
	}
	rec, err := r.tx.Record(core.RecordRef{Realm: realm, Kind: f.Kind, Key: f.Name})
	if core.KindOf(err) == core.NotFound {
		return "", Refusal(fmt.Sprintf("no record has the kind %q and the key %q", f.Kind, f.Name))
	}
	if err != nil {
		return "", err
	}
	old, err := r.storedSum(realm, f.Name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return Added, r.takeRoom(realm, f)
	case err != nil:
		return "", &FileError{realm, f.Name, rec.Owner, err}
	case old == f.sum:
		return Unchanged, nil
	}
	return r.conflict("file", func() error { return r.takeRoom(realm, f) })
}

// storedSum returns the checksum of a file that is here already, or will be.
func (r *run) storedSum(realm core.Realm, name string) (string, error) {
	if sum, ok := r.files.sums[fileName{realm, name}]; ok {
		return sum, nil
	}
	in, err := r.opts.Files.Open(realm, name)
	if err != nil {
		return "", err
	}
	defer func() { _ = in.Close() }()
	_, sum, err := digest(in)
	return sum, err
}

// takeRoom fails if the realm has no room for the file.
func (r *run) takeRoom(realm core.Realm, f *newFile) error {
	if r.opts.KeepNames {
		return nil
	}
	left, known := r.files.left[realm]
	if !known {
		var err error
		if left, err = r.opts.Files.Room(realm); err != nil {
			return err
		}
	}
	if f.whole() > left {
		return Refusal(fmt.Sprintf("the file has %d bytes, and the realm %s has room for %d", f.whole(), realm, max(left, 0)))
	}
	r.files.left[realm] = left - f.whole()
	return nil
}
