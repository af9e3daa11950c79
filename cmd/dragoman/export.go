package main

import (
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/core/archive"
	"github.com/dragoman-gateway/dragoman/dialects/gateway/presence"
	"github.com/dragoman-gateway/dragoman/store"
)

type exportCmd struct {
	storeOption      `embed:""`
	fileOptions      `embed:""`
	File             string       `arg:"" default:"-" help:"File to write, compressed if its name ends in .gz; - is standard output."`
	Realm            []core.Realm `help:"Export only these realms." placeholder:"REALM"`
	WithoutPasswords bool         `help:"Leave the password hashes out. Keys stay."`
	Format           string       `default:"archive" enum:"archive,csv,scim" help:"archive: everything, in JSON lines; csv: a row a user; scim: a line for each user and group of one realm, as SCIM shows it."`
}

// Run writes one moment of the store, which may be in use.
func (c *exportCmd) Run(ctx context.Context, std streams) error {
	dir, done, err := openCopy(ctx, c.storeOption, presence.Move{What: "export", Source: c.File})
	if err != nil {
		return err
	}
	defer done()
	f, err := newOutput(c.File, std.out)
	if err != nil {
		return err
	}
	defer f.discard()
	said, err := c.write(ctx, dir, f)
	if err == nil {
		err = f.keep()
	}
	if err != nil {
		return exitError{exitFailed, fmt.Errorf("cannot export: %w", orWithoutFiles(err))}
	}
	_, err = fmt.Fprintln(std.err, said)
	return err
}

func (c *exportCmd) write(ctx context.Context, dir *core.Directory, f *output) (string, error) {
	opts := archive.ExportOptions{Realms: c.Realm, WithoutPasswords: c.WithoutPasswords, By: "dragoman " + version()}
	switch c.Format {
	case "scim":
		return c.writeSCIM(ctx, dir, f)
	case "csv":
		users, err := archive.ExportCSV(ctx, dir, f.restart, opts)
		return fmt.Sprintf("exported %d users", users), err
	}
	opts.Files = c.files(c.Store, "")
	n, err := archive.Export(ctx, dir, f.restart, opts)
	return "exported " + counted(n), err
}

// openCopy opens a store as openServed does. What it is opened for is shown to those who
// use the store, until the returned function closes it.
func openCopy(ctx context.Context, o storeOption, what presence.Move) (*core.Directory, func(), error) {
	s, closeStore, err := openServed(ctx, o)
	if err != nil {
		return nil, nil, err
	}
	shown := presence.BeginMove(s, what, time.Now)
	return core.New(core.Config{Store: s}), func() { shown.End(); closeStore() }, nil
}

// openServed opens a store to read it while others may use it. An SQLite store is
// copied first, since only one process can open it.
func openServed(ctx context.Context, o storeOption) (core.Store, func(), error) {
	dsn, remove := o.Store, func() {}
	var copied []store.Option
	if strings.HasPrefix(dsn, "sqlite:") && dsn != "sqlite::memory:" {
		folder, err := os.MkdirTemp("", "dragoman-export-")
		if err != nil {
			return nil, nil, err
		}
		remove = func() { _ = os.RemoveAll(folder) }
		file := filepath.Join(folder, "copy.db")
		if err := store.Backup(ctx, dsn, file); err != nil {
			remove()
			return nil, nil, exitError{storeExit(err), fmt.Errorf("cannot read %s: %s", redactDSN(dsn), redactError(err, dsn))}
		}
		dsn, copied = "sqlite:"+file, append(copied, store.CopyOf(dsn))
	}
	s, err := openStore(ctx, dsn, o.SealKeyFile, copied...)
	if err != nil {
		remove()
		return nil, nil, err
	}
	return s, func() { _ = s.Close(); remove() }, nil
}

// output is a file that appears whole or not at all, readable by its owner alone,
// since it holds secrets.
type output struct {
	target string
	out    io.Writer // standard output, for the target "-"
	file   *os.File
	gzip   *gzip.Writer
}

func newOutput(target string, out io.Writer) (*output, error) {
	folder := filepath.Dir(target)
	if target == "-" {
		folder = "" // the system's
	}
	file, err := os.CreateTemp(folder, ".dragoman-export-*")
	return &output{target: target, out: out, file: file}, err
}

// restart returns the writer, emptied.
func (o *output) restart() (io.Writer, error) {
	if err := o.file.Truncate(0); err != nil {
		return nil, err
	}
	if _, err := o.file.Seek(0, io.SeekStart); err != nil {
		return nil, err
	}
	if !strings.HasSuffix(o.target, ".gz") {
		return o.file, nil
	}
	o.gzip = gzip.NewWriter(o.file)
	return o.gzip, nil
}

// keep moves the file to its target.
func (o *output) keep() error {
	if o.gzip != nil {
		if err := o.gzip.Close(); err != nil {
			return err
		}
	}
	if o.target == "-" {
		if _, err := o.file.Seek(0, io.SeekStart); err != nil {
			return err
		}
		_, err := io.Copy(o.out, o.file)
		return err
	}
	if err := errors.Join(o.file.Sync(), o.file.Close()); err != nil {
		return err
	}
	return os.Rename(o.file.Name(), o.target)
}

// discard removes what was not kept.
func (o *output) discard() {
	_ = o.file.Close()
	_ = os.Remove(o.file.Name())
}
