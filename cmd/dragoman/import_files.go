package main

import (
	"bufio"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
	"sync/atomic"

	"github.com/dragoman-gateway/dragoman/core/archive"
)

// archiveHead is the first line of an archive.
func archiveHead() []byte {
	return fmt.Appendf(nil, "{\"archive\":{\"version\":%d}}\n", archive.Version)
}

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

// openFile opens a file to read, and counts what is read of it. The file is closed at
// its end.
func (s *importSource) openFile(path string, compressed bool) (io.Reader, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	if info, err := f.Stat(); err == nil && info.Mode().IsRegular() {
		s.size = info.Size()
	}
	s.read.Store(0)
	in := &countedRead{closedAtEnd{file: f}, &s.read}
	if !compressed {
		return in, nil
	}
	return gzip.NewReader(bufio.NewReader(in))
}

// countedRead counts the bytes that are read.
type countedRead struct {
	closedAtEnd
	read *atomic.Int64
}

func (c *countedRead) Read(p []byte) (int, error) {
	n, err := c.closedAtEnd.Read(p)
	c.read.Add(int64(n))
	return n, err
}

// closedAtEnd closes the file when it was read or cannot be, and fails in the same way from
// then on: some readers ask again at the end.
type closedAtEnd struct {
	file *os.File
	err  error
}

func (c *closedAtEnd) Read(p []byte) (n int, err error) {
	if c.err != nil {
		return 0, c.err
	}
	if n, c.err = c.file.Read(p); c.err != nil {
		_ = c.file.Close()
	}
	return n, c.err
}
