package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/core/archive"
	"github.com/dragoman-gateway/dragoman/store"
)

type importCmd struct {
	storeOption            `embed:""`
	fileOptions            `embed:""`
	mapOption              `embed:""`
	Sources                []string          `arg:"" optional:"" name:"source" help:"Archives (.jsonl), CSV (.csv) or TSV (.tsv), also compressed (.gz); - is an archive on standard input."`
	From                   string            `help:"Import the answer of --query from this database: mysql://, postgres:// or sqlite:PATH; or all that the API of a live vendor shows, with --url: syncano, econtext, onapp or scim." placeholder:"DSN"`
	URL                    string            `name:"url" help:"Scheme and host of the live vendor." placeholder:"URL"`
	Upstream               upstreamOptions   `embed:""`
	Query                  string            `help:"SELECT whose columns are named like fields." placeholder:"SQL"`
	Realm                  []core.Realm      `help:"Import only these realms of an archive; put the users of a table into this realm." placeholder:"REALM"`
	Column                 map[string]string `help:"Field of a column of another name; without a field, leave the column out." placeholder:"HEADING=FIELD" mapsep:"none"`
	OnappAuthenticationKey string            `help:"Key of the OnApp panel that password_hash and password_salt of a table come from; default: the one that panels ship with." placeholder:"KEY"`
	HashLayout             string            `help:"Form of hashes that no known scheme has, such as 'hex(sha1(salt . password))'; the salt is in password_salt." placeholder:"LAYOUT"`
	HashPepper             string            `help:"Text that the old program added to each password: part of --hash-layout, or else of bcrypt, as with Devise." placeholder:"TEXT"`
	FirebaseHash           map[string]string `help:"Parameters of a Firebase project's hashes: signer_key, salt_separator, rounds, mem_cost." placeholder:"NAME=VALUE" mapsep:";"`
	DryRun                 bool              `help:"Change nothing, and report what would be done."`
	OnConflict             string            `default:"refuse" enum:"refuse,skip,update" help:"What to do with a row whose object exists and differs: refuse, skip or update."`
	Match                  string            `default:"" enum:",id,uid,username,email" help:"Field by which an existing user is found; by default uid, or else username." placeholder:"FIELD"`
	Renumber               bool              `help:"Give a user a new number if the number of the row is taken."`
	Report                 string            `help:"Write a JSON line for each row to this file." placeholder:"FILE" type:"path"`
	Rejects                string            `help:"Write the refused rows to this file, in the form of the source." placeholder:"FILE" type:"path"`
	Batch                  int               `default:"5000" help:"Rows in one transaction."`
	Resume                 bool              `help:"Go on behind the last row of --report, which an interrupted run of the same command has written; a live vendor and a database are read again."`
	Progress               string            `default:"auto" enum:"auto,none,json" help:"auto: a bar on a terminal, plain lines elsewhere; json: a JSON line each batch; none."`

	table archive.TableOptions
}

// Run imports the sources one after another.
func (c *importCmd) Run(ctx context.Context, std streams) error {
	if err := c.check(); err != nil {
		return exitError{exitUsage, err}
	}
	if c.From != "" {
		c.Resume = false // what is here already is unchanged, in whatever order the rows come
	}
	if c.Resume && (c.Report == "" || c.DryRun) {
		return exitError{exitUsage, errors.New("--resume goes on behind the last row of --report, and not of a dry run")}
	}
	if err := c.readHashFlags(); err != nil {
		return exitError{exitUsage, err}
	}
	sources, err := c.sources(ctx)
	if err != nil {
		return err
	}
	defer func() {
		for _, s := range sources {
			s.close()
		}
	}()
	s, err := c.openStore(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = s.Close() }()
	run, err := c.newRun(std)
	if err != nil {
		return err
	}
	run.store = s
	refused := 0
	for _, source := range sources {
		summary, err := run.source(ctx, core.New(core.Config{Store: s}), source)
		refused += summary[archive.Refused]
		if err != nil {
			return errors.Join(c.failed(source.name, err), run.close())
		}
	}
	if err := run.close(); err != nil {
		return err
	}
	if refused > 0 {
		return exitError{exitFailed, fmt.Errorf("%d rows were refused", refused)}
	}
	return nil
}

// openStore opens the store. A dry run into a file that is not there makes none.
func (c *importCmd) openStore(ctx context.Context) (core.Store, error) {
	if files, err := store.Files(c.Store); c.DryRun && err == nil && len(files) > 0 {
		if _, err := os.Stat(files[0]); errors.Is(err, fs.ErrNotExist) {
			return openStore(ctx, "sqlite::memory:", "")
		}
	}
	return openStore(ctx, c.Store, c.SealKeyFile)
}

// check fails for flags that do not fit together.
func (c *importCmd) check() error {
	with := c.Query
	if c.liveRow() != nil {
		with = c.URL
	}
	switch {
	case (c.From == "") != (with == "") || (c.From == "") == (len(c.Sources) == 0):
		return errors.New("give files to import, or --from with --query, or with --url")
	case c.Batch < 1:
		return errors.New("--batch: at least 1")
	}
	return nil
}

// failed says how to go on.
func (c *importCmd) failed(name string, err error) error {
	err = orWithoutFiles(err)
	again := "the same command goes on: rows that are there stay as they are"
	if c.Report != "" && c.From == "" {
		again = "the same command with --resume goes on"
	}
	if errors.Is(err, context.Canceled) {
		return exitError{exitFailed, fmt.Errorf("%s: interrupted after a whole batch; %s", name, again)}
	}
	code := exitFailed
	if c.From != "" && !isBatch(err) {
		err = fmt.Errorf("%w; what came before stays; %s", err, again)
	} else if isBatch(err) && core.AsError(err) == nil {
		return exitError{code, fmt.Errorf("%s: %w; what was reported is kept; %s", name, err, again)}
	}
	if kind := core.KindOf(err); core.AsError(err) != nil && (kind == core.Internal || kind == core.Busy) {
		code = exitStore
		err = fmt.Errorf("%w; what was reported is kept; when the store is back, %s", err, again)
	}
	return exitError{code, fmt.Errorf("%s: %w", name, err)}
}

// isBatch reports whether the error is of the store.
func isBatch(err error) bool {
	_, is := errors.AsType[*archive.BatchError](err)
	return is
}

// importSource is a file or a query to import.
type importSource struct {
	name  string
	table bool
	live  archive.Live // nil for all other sources, which have open
	head  []byte       // what begins a file of rejects
	open  func() (archive.Source, error)
	close func()
	size  int64        // in bytes, 0 if unknown
	read  atomic.Int64 // of them
}

// sources opens all sources, and verifies archives before anything is changed.
func (c *importCmd) sources(ctx context.Context) (all []*importSource, err error) {
	if row := c.liveRow(); row != nil {
		s, err := c.liveSource(row)
		return []*importSource{s}, err
	}
	if c.From != "" {
		s, err := c.querySource(ctx)
		return []*importSource{s}, err
	}
	for _, name := range c.Sources {
		s, err := c.fileSource(name)
		if err != nil {
			return nil, exitError{exitFailed, fmt.Errorf("%s: %w", name, err)}
		}
		all = append(all, s)
	}
	return all, nil
}

func (c *importCmd) fileSource(name string) (*importSource, error) {
	path, remove := name, func() {}
	if name == "-" {
		spooled, err := spool(os.Stdin)
		if err != nil {
			return nil, err
		}
		path, remove = spooled, func() { _ = os.Remove(spooled) }
	}
	s := &importSource{name: name, head: archiveHead(), close: remove}
	plain := strings.TrimSuffix(filepath.Base(name), ".gz")
	s.table = strings.HasSuffix(plain, ".csv") || strings.HasSuffix(plain, ".tsv")
	open := func() (io.Reader, error) { return s.openFile(path, strings.HasSuffix(name, ".gz")) }
	if s.table {
		s.open = func() (archive.Source, error) { return c.openTable(open, strings.HasSuffix(plain, ".tsv"), s) }
	} else {
		s.open = func() (archive.Source, error) {
			in, err := open()
			if err != nil {
				return nil, err
			}
			return archive.NewReader(in)
		}
		if err := verify(open); err != nil {
			remove()
			return nil, err
		}
	}
	return s, nil
}

func verify(open func() (io.Reader, error)) error {
	in, err := open()
	if err != nil {
		return err
	}
	return archive.Verify(in)
}

func (c *importCmd) openTable(open func() (io.Reader, error), tabs bool, s *importSource) (archive.Source, error) {
	in, err := open()
	if err != nil {
		return nil, err
	}
	comma := ','
	if tabs {
		comma = '\t'
	}
	rows, err := archive.NewCSV(in, comma)
	if err != nil {
		return nil, err
	}
	s.head = archive.HeadingLine(rows.Columns())
	return archive.NewTable(rows, c.table)
}
