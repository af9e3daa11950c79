package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/mattn/go-isatty"

	"github.com/dragoman-gateway/dragoman/store"
)

// standardOutput is the value of --secrets-file for standard output.
const standardOutput = "-"

// secretsOutput returns where the first administrator's secrets go. Standard output
// may be read by many, as a log collector's is, so unless it is a terminal or the
// operator says so, they go to a file.
func (c *serveCmd) secretsOutput(std streams) (io.Writer, error) {
	if c.SecretsFile == standardOutput || c.SecretsFile == "" && isTerminal(std.out) {
		return std.out, nil
	}
	path, err := c.secretsPath()
	return &secretsFile{path: path, notice: std.out}, err
}

func isTerminal(out io.Writer) bool {
	f, ok := out.(*os.File)
	return ok && (isatty.IsTerminal(f.Fd()) || isatty.IsCygwinTerminal(f.Fd()))
}

// secretsPath is by default beside the store's file, or else in the working folder.
func (c *serveCmd) secretsPath() (string, error) {
	if c.SecretsFile != "" {
		return filepath.Abs(c.SecretsFile)
	}
	folder := "."
	files, err := store.Files(c.Store)
	if err != nil {
		return "", err
	}
	if len(files) > 0 {
		folder = filepath.Dir(files[0])
	}
	return filepath.Abs(filepath.Join(folder, "dragoman-first-secrets.txt"))
}

// secretsFile is an output that only its owner can read.
type secretsFile struct {
	path    string
	notice  io.Writer // is told the path, once
	written bool
}

// Write implements io.Writer. The first one replaces a file that an earlier start left,
// which made no administrator.
func (s *secretsFile) Write(p []byte) (int, error) {
	if s.written {
		return s.add(os.OpenFile(s.path, os.O_WRONLY|os.O_APPEND, 0o600))(p)
	}
	temp, err := os.CreateTemp(filepath.Dir(s.path), "dragoman-secrets-*")
	if err != nil {
		return 0, err
	}
	n, err := s.add(temp, nil)(p)
	if err == nil {
		err = os.Rename(temp.Name(), s.path)
	}
	if err != nil {
		return 0, errors.Join(err, os.Remove(temp.Name()))
	}
	s.written = true
	_, err = fmt.Fprintf(s.notice, "An administrator is created. Its secrets are in %s; remove that file when you have read them.\n", s.path)
	return n, err
}

// add returns a function that writes to an opened file and closes it.
func (s *secretsFile) add(f *os.File, err error) func([]byte) (int, error) {
	return func(p []byte) (int, error) {
		if err != nil {
			return 0, err
		}
		n, err := f.Write(p)
		return n, errors.Join(err, f.Sync(), f.Close())
	}
}
