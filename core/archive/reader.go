package archive

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"unicode/utf8"
)

// Source gives the lines of something to import, one after another.
type Source interface {
	// Next returns the next line and the number of its row in the source, from 1.
	// At the end it returns io.EOF. A [RowError] concerns this row alone: the next
	// call goes on behind it. Any other error ends the import.
	Next() (*Line, int, error)
}

// RowError is an error in one row of a source.
type RowError struct {
	Row int
	Err error
	// Source is the row in the source's own form.
	Source []byte
}

func (e *RowError) Error() string { return fmt.Sprintf("line %d: %v", e.Row, e.Err) }

// Unwrap returns the cause.
func (e *RowError) Unwrap() error { return e.Err }

// Reader reads an archive. It is a [Source].
type Reader struct {
	in     *bufio.Reader
	sum    hash.Hash
	row    int
	counts Counts
	files  fileLines
	ended  bool
}

// Reasons why an archive cannot be read.
var (
	ErrCut    = errors.New("the archive is cut: its last line is missing")
	ErrEdited = errors.New("the archive is damaged: it does not match the counts and the checksum in its last line")
	ErrNewer  = errors.New("a newer version of the program wrote the archive")
)

// NewReader returns a reader of the archive. It fails if the first line is not that
// of an archive this version can read.
func NewReader(r io.Reader) (*Reader, error) {
	a := &Reader{in: bufio.NewReaderSize(r, 1<<16), sum: sha256.New()}
	if err := skipMark(a.in); err != nil {
		return nil, err
	}
	text, err := a.text()
	if err != nil {
		return nil, err
	}
	line, err := a.decode(text)
	if err != nil {
		return nil, err
	}
	switch {
	case line.Archive == nil:
		return nil, errors.New("line 1: an archive begins with the line {\"archive\":{\"version\":1}}")
	case line.Archive.Version > Version:
		return nil, fmt.Errorf("%w: its form has version %d, and this program reads up to %d", ErrNewer, line.Archive.Version, Version)
	case line.Archive.Version < 1:
		return nil, fmt.Errorf("line 1: version %d does not exist", line.Archive.Version)
	}
	a.sum.Reset() // the checksum leaves the first line out
	return a, nil
}

// Next implements [Source]. At the end it has verified the counts and the checksum.
// An archive written by hand may lack the checksum: its last line is {"end":{}}.
func (a *Reader) Next() (*Line, int, error) {
	if a.ended {
		return nil, a.row, io.EOF
	}
	text, err := a.text()
	if err != nil {
		return nil, a.row, err
	}
	line, err := a.next(text)
	return line, a.row, err
}

// next returns a line behind the first one.
func (a *Reader) next(text []byte) (*Line, error) {
	line, err := a.decode(text)
	if err != nil {
		return nil, err
	}
	if line.Archive != nil {
		return nil, &RowError{a.row, errors.New("an archive has one line \"archive\", its first"), text}
	}
	if err := a.files.add(line.File); err != nil {
		return nil, fmt.Errorf("line %d: %w", a.row, err)
	}
	a.counts.add(line)
	return line, nil
}

func (c *Counts) add(l *Line) {
	switch {
	case l.Realm != nil:
		c.Realms++
	case l.Group != nil:
		c.Groups++
	case l.User != nil:
		c.Users++
	case l.Membership != nil:
		c.Memberships++
	case l.Record != nil:
		c.Records++
	case l.File != nil && l.File.Offset == 0:
		c.Files++
	}
}

// decode decodes a line. At the last one it returns io.EOF.
func (a *Reader) decode(text []byte) (*Line, error) {
	line := &Line{source: text}
	if !utf8.Valid(text) { // which JSON's decoder would replace
		a.sum.Write(text)
		return nil, &RowError{a.row, notUTF8(a.row), text}
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(line); err != nil {
		a.sum.Write(text)
		return nil, &RowError{a.row, err, text}
	}
	if _, err := d.Token(); err != io.EOF || line.count() != 1 {
		a.sum.Write(text)
		return nil, &RowError{a.row, errors.New("a line is one object with one member: archive, realm, group, user, membership, record, file or end"), text}
	}
	if line.End != nil {
		return nil, a.finish(line.End)
	}
	a.sum.Write(text)
	return line, nil
}

// text returns the next line with its end.
func (a *Reader) text() ([]byte, error) {
	a.row++
	var text []byte
	for {
		part, err := a.in.ReadSlice('\n')
		text = append(text, part...)
		switch {
		case len(text) > MaxLine:
			return nil, fmt.Errorf("line %d is longer than %d MiB", a.row, MaxLine>>20)
		case err == nil:
			return text, nil
		case err == io.EOF && len(text) == 0:
			return nil, fmt.Errorf("line %d: %w", a.row, ErrCut)
		case err == io.EOF:
			return text, nil
		case err != bufio.ErrBufferFull:
			return nil, fmt.Errorf("line %d: %w", a.row, err)
		}
	}
}

// finish verifies the last line.
func (a *Reader) finish(end *End) error {
	a.ended = true
	if err := a.files.add(nil); err != nil {
		return fmt.Errorf("line %d: %w", a.row, err)
	}
	if rest, err := io.ReadAll(io.LimitReader(a.in, 1)); err != nil || len(rest) > 0 {
		return errors.Join(err, fmt.Errorf("line %d: there is more behind the last line: %w", a.row+1, ErrEdited))
	}
	if *end == (End{}) {
		return io.EOF
	}
	if end.Counts != a.counts || end.SHA256 != hex.EncodeToString(a.sum.Sum(nil)) {
		return fmt.Errorf("line %d: %w", a.row, ErrEdited)
	}
	return io.EOF
}

// Verify reads an archive to its end and reports what would end an import of it, such
// as that it is cut. It passes over rows that are only refused. It does not decode the
// lines that look as an export writes them: their checksum says enough.
func Verify(in io.Reader) error {
	a, err := NewReader(in)
	for err == nil {
		var text []byte
		if text, err = a.text(); err != nil {
			break
		}
		if a.files.whole() && a.counts.addText(text) {
			a.sum.Write(text)
			continue
		}
		var row *RowError
		if _, err = a.next(text); errors.As(err, &row) {
			err = nil
		}
	}
	if err == io.EOF {
		return nil
	}
	return err
}

// addText counts a line by how it begins, and reports whether that says what it is.
func (c *Counts) addText(text []byte) bool {
	sort, _, _ := bytes.Cut(text, []byte(":"))
	switch string(sort) {
	case `{"realm"`:
		c.Realms++
	case `{"group"`:
		c.Groups++
	case `{"user"`:
		c.Users++
	case `{"membership"`:
		c.Memberships++
	case `{"record"`:
		c.Records++
	default:
		return false
	}
	return true
}
