package archive

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"unicode/utf8"
)

// csvRows reads a table of comma-separated or tab-separated values.
type csvRows struct {
	in      *csv.Reader
	columns []string
}

// NewCSV returns the rows of CSV with headings in its first line, separated by
// comma, which may be a tab. The text is UTF-8, with or without a byte order mark.
func NewCSV(r io.Reader, comma rune) (Rows, error) {
	in := bufio.NewReaderSize(r, 1<<16)
	if err := skipMark(in); err != nil {
		return nil, err
	}
	c := &csvRows{in: csv.NewReader(limitLines(in))}
	c.in.Comma, c.in.ReuseRecord = comma, true
	headings, err := c.in.Read()
	if err == io.EOF {
		return nil, errors.New("line 1: there are no headings")
	}
	if err != nil {
		return nil, err
	}
	for _, h := range headings {
		if !utf8.ValidString(h) {
			return nil, notUTF8(1)
		}
		c.columns = append(c.columns, h)
	}
	return c, nil
}

// skipMark skips the byte order mark of UTF-8, and fails for those of UTF-16 and UTF-32, and
// for a text that is UTF-16 without one.
func skipMark(in *bufio.Reader) error {
	start, err := in.Peek(4)
	if err != nil && err != io.EOF {
		return err
	}
	wrong := ""
	switch {
	case bytes.HasPrefix(start, []byte("\xff\xfe\x00\x00")), bytes.HasPrefix(start, []byte("\x00\x00\xfe\xff")):
		wrong = "UTF-32"
	case bytes.HasPrefix(start, []byte("\xff\xfe")), bytes.HasPrefix(start, []byte("\xfe\xff")):
		wrong = "UTF-16"
	case len(start) > 1 && start[0] != 0 && start[1] == 0:
		wrong = "UTF-16LE"
	case len(start) > 1 && start[0] == 0 && start[1] != 0:
		wrong = "UTF-16BE"
	}
	switch {
	case wrong != "":
		return fmt.Errorf("the file is %s; convert it with: iconv -f %[1]s -t UTF-8", wrong)
	case bytes.HasPrefix(start, []byte("\xef\xbb\xbf")):
		_, err := in.Discard(3)
		return err
	}
	return nil
}

func notUTF8(line int) error {
	return fmt.Errorf("line %d is not UTF-8; if the file is Latin-1, convert it with: iconv -f LATIN1 -t UTF-8", line)
}

func (c *csvRows) Columns() []string { return c.columns }

func (c *csvRows) Next() ([]Cell, int, error) {
	texts, err := c.in.Read()
	var parse *csv.ParseError
	switch {
	case err == io.EOF:
		return nil, 0, io.EOF
	case errors.As(err, &parse) && errors.Is(err, csv.ErrFieldCount):
		return nil, parse.StartLine, &RowError{parse.StartLine, fmt.Errorf("%d columns, but the headings are %d", len(texts), len(c.columns)), encodeRow(cellsOf(texts))}
	case errors.As(err, &parse):
		return nil, parse.StartLine, fmt.Errorf("line %d, column %d: %w", parse.Line, parse.Column, parse.Err)
	case err != nil:
		return nil, 0, err
	}
	line, _ := c.in.FieldPos(0)
	cells := cellsOf(texts)
	if slices.ContainsFunc(texts, func(s string) bool { return !utf8.ValidString(s) }) {
		return nil, line, &RowError{line, notUTF8(line), encodeRow(cells)}
	}
	return cells, line, nil
}

func cellsOf(texts []string) []Cell {
	cells := make([]Cell, len(texts))
	for i, text := range texts {
		cells[i] = Cell{text, true}
	}
	return cells
}

// limitLines fails when a line is longer than [MaxLine], quoted or not.
func limitLines(r io.Reader) io.Reader { return &lineLimit{r: r} }

type lineLimit struct {
	r    io.Reader
	line int // bytes since the last end of a line
}

func (l *lineLimit) Read(p []byte) (int, error) {
	n, err := l.r.Read(p)
	if at := bytes.LastIndexByte(p[:n], '\n'); at >= 0 {
		l.line = n - at
	} else {
		l.line += n
	}
	if l.line > MaxLine {
		return 0, fmt.Errorf("a line is longer than %d MiB", MaxLine>>20)
	}
	return n, err
}

// HeadingLine returns the headings as a line of CSV.
func HeadingLine(columns []string) []byte { return encodeRow(cellsOf(columns)) }
