package main

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/dragoman-gateway/dragoman/core/archive"
)

// spool copies a stream to a file of the owner's, since a source may be read twice.
func spool(in io.Reader) (name string, err error) {
	f, err := os.CreateTemp("", "dragoman-import-")
	if err != nil {
		return "", err
	}
	_, err = io.Copy(f, in)
	if err = errors.Join(err, f.Close()); err != nil {
		_ = os.Remove(f.Name())
		return "", err
	}
	return f.Name(), nil
}

// openCompressed opens a file to read. The file is closed at its end.
func openCompressed(path string, compressed bool) (io.Reader, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	in := &closedAtEnd{f}
	if !compressed {
		return in, nil
	}
	return gzip.NewReader(bufio.NewReader(in))
}

// closedAtEnd closes the file when it was read or cannot be.
type closedAtEnd struct{ *os.File }

func (c *closedAtEnd) Read(p []byte) (int, error) {
	n, err := c.File.Read(p)
	if err != nil {
		_ = c.Close()
	}
	return n, err
}

// importProgress says how far an import is.
type importProgress struct {
	out    io.Writer
	mode   string // "line", "json" or ""
	name   string
	batch  int
	rows   int
	counts archive.Summary
	began  time.Time
}

func newImportProgress(out io.Writer, mode, name string, batch int) *importProgress {
	p := &importProgress{out: out, name: name, batch: batch, counts: archive.Summary{}, began: time.Now()}
	switch {
	case mode == "json":
		p.mode = "json"
	case mode == "auto" && isTerminal(out):
		p.mode = "line"
	}
	return p
}

func (p *importProgress) row(o archive.Outcome) {
	p.rows++
	p.counts[o.Verdict]++
	if o.Verdict == archive.Refused && p.mode != "json" {
		_, _ = fmt.Fprintf(p.out, "%s: line %d: %s%s: refused: %s\n", p.name, o.Row, o.User, o.Object, o.Reason)
	}
	if p.mode != "" && p.rows%p.batch == 0 {
		p.show()
	}
}

func (p *importProgress) show() {
	if p.mode == "json" {
		_ = json.NewEncoder(p.out).Encode(struct {
			Source string          `json:"source"`
			Rows   int             `json:"rows"`
			Counts archive.Summary `json:"verdicts"`
		}{p.name, p.rows, p.counts})
		return
	}
	rate := float64(p.rows) / time.Since(p.began).Seconds()
	_, _ = fmt.Fprintf(p.out, "\r%s: %d rows, %.0f a second ", p.name, p.rows, rate)
}

// end says what was done.
func (p *importProgress) end(s archive.Summary, dry bool) {
	if p.mode == "json" {
		p.show()
		return
	}
	if p.mode == "line" && p.rows >= p.batch {
		_, _ = fmt.Fprintln(p.out)
	}
	what := ""
	if dry {
		what = "would be: "
	}
	_, _ = fmt.Fprintf(p.out, "%s: %s%d added, %d updated, %d unchanged, %d skipped, %d refused\n", p.name, what,
		s[archive.Added], s[archive.Updated], s[archive.Unchanged], s[archive.Skipped], s[archive.Refused])
}
