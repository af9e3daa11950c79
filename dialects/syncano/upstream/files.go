package upstream

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"strings"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/core/archive"
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
	"github.com/dragoman-gateway/dragoman/dialects/syncano/internal/upload"
)

// maxFile is the length of the longest file that is fetched, in bytes: what the server
// takes in one request.
const maxFile = 128 << 20

// fetching fetches the files of one user's profile.
type fetching struct {
	*Upstream
	ctx    context.Context
	user   int64 // the vendor's number
	files  []*file
	failed []error
}

// file is a file of the vendor in a temporary file.
type file struct {
	name, contentType string
	uses              int // how many values point at it
	temp              *os.File
}

// name is what the value of a profile is here whose file is at the link: "" if the file
// cannot be fetched. The same link gives the same name each time. Its query may be a
// signature that is new each time.
func (f *fetching) name(link string) string {
	if f == nil || f.cfg.WithoutFiles {
		return ""
	}
	place, _, _ := strings.Cut(link, "?")
	sum := sha256.Sum256(fmt.Appendf(nil, "syncano/%s/%d/%s", f.cfg.Instance, f.user, place))
	name, fault := upload.NewName(hex.EncodeToString(sum[:20]), path.Base(place))
	if fault != "" {
		f.failed = append(f.failed, errors.New(fault))
		return ""
	}
	for _, known := range f.files {
		if known.name == name {
			known.uses++
			return name
		}
	}
	fetched, err := f.fetch(link)
	if err != nil {
		f.failed = append(f.failed, err)
		return ""
	}
	fetched.name = name
	f.files = append(f.files, fetched)
	return name
}

func (f *fetching) fetch(link string) (*file, error) {
	temp, err := os.CreateTemp("", "dragoman-file-")
	if err != nil {
		return nil, err
	}
	got := &file{temp: temp, uses: 1}
	got.contentType, err = f.client.Fetch(f.ctx, link, maxFile, func() (io.Writer, error) {
		_, err := temp.Seek(0, io.SeekStart)
		return temp, errors.Join(err, temp.Truncate(0))
	})
	if err != nil {
		got.remove()
		return nil, err
	}
	return got, nil
}

func (f *file) remove() {
	_ = f.temp.Close()
	_ = os.Remove(f.temp.Name())
}

// close removes the temporary files.
func (f *fetching) close() {
	for _, file := range f.files {
		file.remove()
	}
}

// lines gives the lines of the files, and says which could not be fetched.
func (f *fetching) lines(profile wire.Value, yield func(*archive.Line, error) error) error {
	for _, err := range f.failed {
		row := &archive.RowError{Err: fmt.Errorf("a file of the user %d is left out: %w", f.user, err), Source: append(profile.JSON(), '\n')}
		if err := yield(nil, row); err != nil {
			return err
		}
	}
	for _, file := range f.files {
		record, err := f.record(file)
		if err := yield(record, err); err != nil {
			return err
		}
		first := archive.File{Realm: f.cfg.Realm, Kind: upload.Kind, Name: file.name}
		err = archive.FileParts(file.temp, first, func(part *archive.File) error { return yield(&archive.Line{File: part}, nil) })
		if err != nil {
			return err
		}
	}
	return nil
}

// record is the line of the record of a file, whose holder is the vendor's number of the
// user until it is completed.
func (f *fetching) record(file *file) (*archive.Line, error) {
	body, err := json.Marshal(upload.NewBody(file.contentType, f.user, file.uses))
	return &archive.Line{Record: &archive.Record{
		Realm: f.cfg.Realm, Kind: upload.Kind, Key: file.name, Owner: f.user, Document: archive.Document{Text: string(body)},
	}}, err
}

// completeFile gives a file to its user, if the profile here has it.
func (u *Upstream) completeFile(tx *core.Tx, l *archive.Record) error {
	user, err := u.arrived(tx, l.Owner)
	if err != nil {
		return err
	}
	uses := 0
	for _, a := range user.Attributes {
		if a.Value == `"`+l.Key+`"` {
			uses++
		}
	}
	if uses == 0 {
		return archive.ErrSkip
	}
	contentType, err := upload.TypeOf([]byte(l.Text))
	if err != nil {
		return err
	}
	body, err := json.Marshal(upload.NewBody(contentType, user.ID, uses))
	l.OwnerUID, l.Document = user.UID, archive.Document{Text: string(body)}
	return err
}

// hasRecord skips the content of a file that did not come.
func hasRecord(tx *core.Tx, l *archive.File) error {
	_, err := tx.Record(upload.Ref(l.Realm, l.Name))
	if core.KindOf(err) == core.NotFound {
		return archive.ErrSkip
	}
	return err
}
