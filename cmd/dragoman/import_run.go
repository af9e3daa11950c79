package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/dragoman-gateway/dragoman/cmd/dragoman/internal/progress"
	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/core/archive"
	"github.com/dragoman-gateway/dragoman/dialects/gateway/presence"
)

// importRun is what all sources of one command share.
type importRun struct {
	*importCmd
	std             streams
	report, rejects *rowFile
	before          map[string]*reported // by an interrupted run, by source
	store           core.Store
}

func (c *importCmd) newRun(std streams) (r *importRun, err error) {
	r = &importRun{importCmd: c, std: std}
	kept := int64(0)
	if c.Resume {
		if r.before, kept, err = readReport(c.Report); err != nil {
			return nil, err
		}
	}
	if r.report, err = openRowFile(c.Report, kept); err == nil {
		r.rejects, err = openRowFile(c.Rejects, 0)
	}
	return r, err
}

func (r *importRun) close() error { return errors.Join(r.report.close(), r.rejects.close()) }

// importing is the import of one source.
type importing struct {
	*importRun
	source   *importSource
	before   *reported // by an interrupted run
	meter    *progress.Meter
	shown    *presence.MoveKeeper // to the consoles of other processes
	counts   archive.Summary
	rejected int
}

func (r *importRun) source(ctx context.Context, dir *core.Directory, source *importSource) (archive.Summary, error) {
	i := &importing{importRun: r, source: source, before: r.before[r.nameIn(source)], counts: archive.Summary{}}
	if i.before == nil {
		i.before = &reported{}
	}
	for verdict, n := range i.before.counts {
		i.counts[verdict] += n
	}
	i.meter = progress.New(progress.Options{
		Out: r.std.err, Form: r.form(), Source: source.name, Size: source.size, Read: source.read.Load,
	})
	i.shown = presence.BeginMove(r.store, i.move(), time.Now)
	defer i.shown.End()
	opts, open := i.options(), source.open
	if source.live != nil {
		read := archive.NewLiveSource(ctx, source.live)
		defer read.Close()
		var err error
		if open, err = i.openLive(read, &opts); err != nil {
			return nil, err
		}
	}
	_, err := archive.NewImporter(dir, opts).Run(ctx, open)
	if err == nil && i.rejected > 0 && !source.table {
		err = r.rejects.write([]byte("{\"end\":{}}\n"))
	}
	if err == nil && len(opts.Only) > 0 && len(i.counts) == 0 && len(r.Sources) < 2 {
		err = fmt.Errorf("nothing in it is of the realm %s", joined(opts.Only))
	}
	i.end()
	i.notShown(source)
	return i.counts, err
}

// joined lists realms.
func joined(realms []core.Realm) string {
	var names []string
	for _, r := range realms {
		names = append(names, string(r))
	}
	return strings.Join(names, " or ")
}

// move is what other processes are told of the import.
func (i *importing) move() presence.Move {
	m := presence.Move{What: "import", Source: i.source.name, Report: i.Report, Rejects: i.Rejects}
	if i.DryRun {
		m.What = "dry run"
	}
	return m
}

func (i *importing) options() archive.ImportOptions {
	opts := archive.ImportOptions{
		DryRun: i.DryRun, OnConflict: archive.Conflict(i.OnConflict), Match: i.Match, Renumber: i.Renumber, Batch: i.Batch,
		Prepare: i.addMappings, Files: i.files(i.Store, ""), WithoutFiles: i.WithoutFiles, After: i.before.last.Row, Passed: i.passed, Report: i.row, Committed: i.committed,
	}
	if i.source.table && len(i.Realm) > 0 {
		opts.Realm = i.Realm[0]
	} else {
		opts.Only = i.Realm
	}
	return opts
}

func (r *importRun) form() progress.Form {
	switch {
	case r.Progress == "auto" && isTerminal(r.std.err):
		return progress.Bar
	case r.Progress == "auto":
		return progress.Lines
	}
	return progress.Form(r.Progress)
}

// nameIn is the name of the source in the report: "" if it is the only one.
func (r *importRun) nameIn(source *importSource) string {
	if len(r.Sources) < 2 {
		return ""
	}
	return source.name
}

// passed looks at a row that an interrupted run has reported.
func (i *importing) passed(o archive.Outcome) error {
	if last := i.before.last; o.Row == last.Row && (o.User != last.User || o.Object != last.Object) {
		return fmt.Errorf("line %d is %q, and %q in the report: the report is of another source", o.Row, o.User+o.Object, last.User+last.Object)
	}
	if i.before.refused[o.Row] {
		return i.reject(o)
	}
	return nil
}

// row counts a row and writes it to the report and the rejects.
func (i *importing) row(o archive.Outcome) error {
	i.meter.Row()
	i.counts[o.Verdict]++
	if err := i.report.encode(reportLine{o, i.nameIn(i.source)}); err != nil {
		return err
	}
	if o.Verdict != archive.Refused {
		return nil
	}
	if i.Progress != string(progress.JSON) {
		i.meter.Clear()
		what := o.User + o.Object // "" of a row that cannot be read
		if what != "" {
			what += ": "
		}
		_, _ = fmt.Fprintf(i.std.err, "%s: line %d: %srefused: %s\n", i.source.name, o.Row, what, o.Reason)
	}
	return i.reject(o)
}

func (i *importing) reject(o archive.Outcome) error {
	if i.rejected++; i.rejected == 1 {
		if err := i.rejects.write(i.source.head); err != nil {
			return err
		}
	}
	return i.rejects.write(o.Source)
}

// committed brings to the files what was reported of a transaction.
func (i *importing) committed() error {
	i.meter.Show(i.counts)
	p := presence.Progress{Read: i.source.read.Load(), Size: i.source.size, Verdicts: map[string]int{}}
	for verdict, n := range i.counts {
		p.Rows += n
		p.Verdicts[string(verdict)] = n
	}
	i.shown.Show(p)
	return errors.Join(i.report.flush(), i.rejects.flush())
}

// end says what was done.
func (i *importing) end() {
	i.meter.End(i.counts)
	if i.Progress == string(progress.JSON) {
		return
	}
	what := ""
	if i.DryRun {
		what = "would be: "
	}
	s := i.counts
	_, _ = fmt.Fprintf(i.std.err, "%s: %s%d added, %d updated, %d unchanged, %d skipped, %d refused\n", i.source.name, what,
		s[archive.Added], s[archive.Updated], s[archive.Unchanged], s[archive.Skipped], s[archive.Refused])
}
