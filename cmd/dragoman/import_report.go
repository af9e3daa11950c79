package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/dragoman-gateway/dragoman/core/archive"
)

// rowFile is a file that rows are written to, or none if it is nil.
type rowFile struct {
	file *os.File
	out  *bufio.Writer
}

// openRowFile opens a file, readable by its owner alone, to write behind its first bytes;
// without a name there is none.
func openRowFile(name string, keep int64) (*rowFile, error) {
	if name == "" {
		return nil, nil
	}
	mode := os.O_CREATE | os.O_WRONLY
	if keep == 0 {
		mode |= os.O_TRUNC
	}
	file, err := os.OpenFile(name, mode, 0o600)
	if err != nil {
		return nil, err
	}
	if keep > 0 {
		if err = file.Truncate(keep); err == nil {
			_, err = file.Seek(keep, io.SeekStart)
		}
	}
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return &rowFile{file, bufio.NewWriter(file)}, nil
}

func (f *rowFile) write(text []byte) error {
	if f == nil {
		return nil
	}
	_, err := f.out.Write(text)
	return err
}

func (f *rowFile) encode(row any) error {
	if f == nil {
		return nil
	}
	return json.NewEncoder(f.out).Encode(row)
}

func (f *rowFile) flush() error {
	if f == nil {
		return nil
	}
	return f.out.Flush()
}

func (f *rowFile) close() error {
	if f == nil {
		return nil
	}
	return errors.Join(f.out.Flush(), f.file.Close())
}

// reportLine is a line of a report. It names the source if there are several.
type reportLine struct {
	archive.Outcome
	Name string `json:"source,omitempty"`
}

// reported is what a report says of one source.
type reported struct {
	last    archive.Outcome
	refused map[int]bool // by row
	counts  archive.Summary
}

func (r *reported) add(o archive.Outcome) {
	r.last = o
	r.counts[o.Verdict]++
	if o.Verdict == archive.Refused {
		r.refused[o.Row] = true
	}
}

// readReport reads the report of an interrupted run, by source, and how many bytes of
// it are whole lines: the last one may be cut.
func readReport(name string) (by map[string]*reported, whole int64, err error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, 0, fmt.Errorf("--resume: %w", err)
	}
	defer func() { _ = f.Close() }()
	by = map[string]*reported{}
	in := bufio.NewReaderSize(f, 1<<16)
	for row := 1; ; row++ {
		text, err := in.ReadBytes('\n')
		if errors.Is(err, io.EOF) {
			return by, whole, nil
		}
		if err != nil {
			return nil, 0, fmt.Errorf("--resume: %w", err)
		}
		var line reportLine
		if err := json.Unmarshal(text, &line); err != nil || line.Row < 1 || line.Verdict == "" {
			return nil, 0, fmt.Errorf("--resume: %s: line %d is not one of a report", name, row)
		}
		whole += int64(len(text))
		if by[line.Name] == nil {
			by[line.Name] = &reported{refused: map[int]bool{}, counts: archive.Summary{}}
		}
		by[line.Name].add(line.Outcome)
	}
}
