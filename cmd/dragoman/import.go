package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/core/archive"
)

type importCmd struct {
	storeOption            `embed:""`
	Sources                []string          `arg:"" optional:"" name:"source" help:"Archives (.jsonl), CSV (.csv) or TSV (.tsv), also compressed (.gz); - is an archive on standard input."`
	From                   string            `help:"Import the answer of --query from this database: mysql://, postgres:// or sqlite:PATH." placeholder:"DSN"`
	Query                  string            `help:"SELECT whose columns are named like fields." placeholder:"SQL"`
	Realm                  []core.Realm      `help:"Import only these realms of an archive; put the users of a table into this realm." placeholder:"REALM"`
	Column                 map[string]string `help:"Field of a column of another name; without a field, leave the column out." placeholder:"HEADING=FIELD" mapsep:"none"`
	OnappAuthenticationKey string            `help:"Key of the OnApp panel that password_hash and password_salt of a table come from; default: the one that panels ship with." placeholder:"KEY"`
	DryRun                 bool              `help:"Change nothing, and report what would be done."`
	OnConflict             string            `default:"refuse" enum:"refuse,skip,update" help:"What to do with a row whose object exists and differs: refuse, skip or update."`
	Match                  string            `default:"" enum:",id,uid,username,email" help:"Field by which an existing user is found; by default uid, or else username." placeholder:"FIELD"`
	Renumber               bool              `help:"Give a user a new number if the number of the row is taken."`
	Report                 string            `help:"Write a JSON line for each row to this file." placeholder:"FILE" type:"path"`
	Rejects                string            `help:"Write the refused rows to this file, in the form of the source." placeholder:"FILE" type:"path"`
	Batch                  int               `default:"5000" help:"Rows in one transaction."`
	Progress               string            `default:"auto" enum:"auto,none,json" help:"auto: a line on a terminal and at the end; json: a JSON line each batch; none."`
}

// Run imports the sources one after another.
func (c *importCmd) Run(ctx context.Context, std streams) error {
	if (c.From == "") != (c.Query == "") || (c.From == "") == (len(c.Sources) == 0) {
		return exitError{exitUsage, errors.New("give files to import, or --from with --query")}
	}
	if c.Batch < 1 {
		return exitError{exitUsage, errors.New("--batch: at least 1")}
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
	s, err := openStore(ctx, c.Store)
	if err != nil {
		return err
	}
	defer func() { _ = s.Close() }()
	run, err := c.newRun(std)
	if err != nil {
		return err
	}
	refused := 0
	for _, source := range sources {
		summary, err := run.source(ctx, core.New(core.Config{Store: s}), source)
		refused += summary[archive.Refused]
		if err != nil {
			return errors.Join(importError(source.name, err), run.close())
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

func (c *importCmd) tableOptions() archive.TableOptions {
	return archive.TableOptions{Names: c.Column, AuthenticationKey: c.OnappAuthenticationKey}
}

func importError(name string, err error) error {
	if errors.Is(err, context.Canceled) {
		return exitError{exitFailed, fmt.Errorf("%s: interrupted after a whole batch; the same command goes on: rows that are there stay as they are", name)}
	}
	code := exitFailed
	if kind := core.KindOf(err); core.AsError(err) != nil && (kind == core.Internal || kind == core.Busy) {
		code = exitStore
	}
	return exitError{code, fmt.Errorf("%s: %w", name, err)}
}

// importRun is what all sources of one command share.
type importRun struct {
	*importCmd
	std             streams
	report, rejects *os.File
}

func (c *importCmd) newRun(std streams) (*importRun, error) {
	r := &importRun{importCmd: c, std: std}
	for _, f := range []struct {
		name string
		to   **os.File
	}{{c.Report, &r.report}, {c.Rejects, &r.rejects}} {
		if f.name == "" {
			continue
		}
		file, err := os.OpenFile(f.name, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
		if err != nil {
			return nil, err
		}
		*f.to = file
	}
	return r, nil
}

func (r *importRun) close() (err error) {
	for _, f := range []*os.File{r.report, r.rejects} {
		if f != nil {
			err = errors.Join(err, f.Close())
		}
	}
	return err
}

func (r *importRun) source(ctx context.Context, dir *core.Directory, source *importSource) (archive.Summary, error) {
	opts := archive.ImportOptions{
		DryRun: r.DryRun, OnConflict: archive.Conflict(r.OnConflict), Match: r.Match, Renumber: r.Renumber, Batch: r.Batch,
	}
	if source.table && len(r.Realm) > 0 {
		opts.Realm = r.Realm[0]
	} else {
		opts.Only = r.Realm
	}
	progress := newImportProgress(r.std.err, r.Progress, source.name, r.Batch)
	rejected := 0
	opts.Report = func(o archive.Outcome) error {
		progress.row(o)
		if o.Verdict == archive.Refused {
			if rejected++; rejected == 1 && r.rejects != nil {
				if _, err := r.rejects.Write(source.head); err != nil {
					return err
				}
			}
		}
		return r.outcome(o)
	}
	summary, err := archive.NewImporter(dir, opts).Run(ctx, source.open)
	if rejected > 0 && r.rejects != nil && !source.table {
		_, endErr := io.WriteString(r.rejects, "{\"end\":{}}\n")
		err = errors.Join(err, endErr)
	}
	progress.end(summary, r.DryRun)
	return summary, err
}

// outcome writes a row to the report and the rejects.
func (r *importRun) outcome(o archive.Outcome) error {
	if r.report != nil {
		if err := json.NewEncoder(r.report).Encode(o); err != nil {
			return err
		}
	}
	if o.Verdict != archive.Refused {
		return nil
	}
	if r.rejects != nil {
		_, err := r.rejects.Write(o.Source)
		return err
	}
	return nil
}

// importSource is a file or a query to import.
type importSource struct {
	name  string
	table bool
	head  []byte // what begins a file of rejects
	open  func() (archive.Source, error)
	close func()
}

// sources opens all sources, and verifies archives before anything is changed.
func (c *importCmd) sources(ctx context.Context) (all []*importSource, err error) {
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
	s := &importSource{name: name, head: []byte("{\"archive\":{\"version\":1}}\n"), close: remove}
	plain := strings.TrimSuffix(filepath.Base(name), ".gz")
	s.table = strings.HasSuffix(plain, ".csv") || strings.HasSuffix(plain, ".tsv")
	open := func() (io.Reader, error) { return openCompressed(path, strings.HasSuffix(name, ".gz")) }
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
	return archive.NewTable(rows, c.tableOptions())
}
