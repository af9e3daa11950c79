package archive

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"sync"

	"github.com/dragoman-gateway/dragoman/core"
)

// Verdict is what became of a row.
type Verdict string

// The verdicts. Skipped rows are those of objects that exist and differ, under
// [Skip].
const (
	Added     Verdict = "added"
	Updated   Verdict = "updated"
	Unchanged Verdict = "unchanged"
	Skipped   Verdict = "skipped"
	Refused   Verdict = "refused"
)

// Outcome is the verdict on one row, as a line of a report.
type Outcome struct {
	Row     int     `json:"row"`
	User    string  `json:"user,omitempty"`   // the user's name, if the row is one
	Object  string  `json:"object,omitempty"` // what the row is if not a user, such as "group onapp.role 3"
	Verdict Verdict `json:"verdict"`
	Reason  string  `json:"reason,omitempty"` // of a refusal
	// Source is the row in the source's own form, to be corrected and imported again: of a
	// refused row or one that is passed over, except of files in a dry run.
	Source []byte `json:"-"`
}

// Conflict says what to do with an object that exists and differs.
type Conflict string

// The answers to a conflict.
const (
	Refuse Conflict = "refuse"
	Skip   Conflict = "skip"
	Update Conflict = "update"
)

// ImportOptions say how to import.
type ImportOptions struct {
	// Realm is where rows without a realm go; [core.MainRealm] by default.
	Realm core.Realm
	// Only imports the rows of these realms; none imports all.
	Only []core.Realm
	// DryRun undoes everything at the end: the verdicts are those of the real run.
	DryRun bool
	// OnConflict is Refuse by default.
	OnConflict Conflict
	// Match is the field by which a user of a row is looked for: "id", "uid",
	// "username" or "email"; by default the first of uid, username and email that
	// the row has.
	Match string
	// Renumber gives a user the next number if the one of the row is taken.
	Renumber bool
	// RenumberRecords gives a record of a user the next number if another user's has that of
	// the row. Applied again, the row adds the record again.
	RenumberRecords bool
	// KeepNames takes names that could mean two users, as a store from before that was
	// refused may have, and files beyond the space for them: to move a store as it is.
	KeepNames bool
	// Files gets the contents of files; nil refuses them.
	Files Files
	// WithoutFiles skips files.
	WithoutFiles bool
	// Batch is how many rows share one transaction; 5000 by default. Rows of more than
	// 8 MiB together share none.
	Batch int
	// After is the last row that an earlier run has reported: rows up to it are passed
	// over. With Renumber they are applied again, without a report, for the numbers.
	After int
	// Prepare, if not nil, is called before the first row; a dry run undoes it.
	Prepare func(*core.Tx) error
	// Passed is called, without a verdict, for each row that is passed over.
	Passed func(Outcome) error
	// Completer finishes the lines of a live source; nil for any other.
	Completer Completer
	// Report is called for each row, after its transaction.
	Report func(Outcome) error
	// Committed is called after the reports of each transaction.
	Committed func() error
}

// Summary counts the verdicts.
type Summary map[Verdict]int

// BatchError says that the rows from a line on were not stored; those before it are.
type BatchError struct {
	Row int
	Err error
}

func (e *BatchError) Error() string {
	return fmt.Sprintf("line %d and the following: %v", e.Row, e.Err)
}

// Unwrap returns the cause.
func (e *BatchError) Unwrap() error { return e.Err }

// errUndo ends a dry run.
var errUndo = errors.New("dry run")

// Importer applies sources to a directory.
type Importer struct {
	dir  *core.Directory
	opts ImportOptions
}

// NewImporter returns an importer into the directory.
func NewImporter(dir *core.Directory, opts ImportOptions) *Importer {
	opts.Realm = or(opts.Realm, core.MainRealm)
	if opts.OnConflict == "" {
		opts.OnConflict = Refuse
	}
	if opts.Batch < 1 {
		opts.Batch = 5000
	}
	return &Importer{dir, opts}
}

// Run imports all rows that open's source gives. Rows that break rules are refused
// one by one. Any other error ends it; batches that were done stay. Importing the
// same source again changes nothing.
//
// It calls open once, and for a dry run again if the transaction has to start again.
func (im *Importer) Run(ctx context.Context, open func() (Source, error)) (Summary, error) {
	if im.opts.DryRun {
		return im.dryRun(ctx, open)
	}
	source, err := open()
	if err != nil {
		return nil, err
	}
	if err := core.FinishRemovals(ctx, im.dir); err != nil {
		return nil, err // a removal that goes on later would take what is imported
	}
	if err := im.prepare(ctx); err != nil {
		return nil, err
	}
	r := newRun(im.opts)
	defer r.files.discard()
	for b := range readAhead(source, im.opts.Batch) {
		switch {
		case ctx.Err() != nil:
			return r.summary, ctx.Err()
		case b.err != nil:
			return r.summary, b.err
		}
		if err := im.apply(ctx, r, b.rows); err != nil {
			return r.summary, &BatchError{b.rows[0].number, err}
		}
	}
	return r.summary, nil
}

func (im *Importer) prepare(ctx context.Context) error {
	if im.opts.Prepare == nil {
		return nil
	}
	return im.dir.Update(ctx, core.Operator(), im.opts.Prepare)
}

func (im *Importer) apply(ctx context.Context, r *run, rows []sourceRow) error {
	if len(rows) == 0 {
		return nil
	}
	// A batch in hand is finished when the user interrupts the import.
	err := im.dir.Update(context.WithoutCancel(ctx), core.Operator(), func(tx *core.Tx) error {
		r.begin(tx)
		if err := r.batch(rows); err != nil {
			return err
		}
		return r.end()
	})
	if err != nil {
		return err
	}
	return r.commit()
}

// dryRun applies everything in one transaction, so that rows meet those before
// them, and undoes it.
func (im *Importer) dryRun(ctx context.Context, open func() (Source, error)) (Summary, error) {
	r := newRun(im.opts)
	err := im.dir.Update(ctx, core.Operator(), func(tx *core.Tx) error {
		if im.opts.Prepare != nil {
			if err := im.opts.Prepare(tx); err != nil {
				return err
			}
		}
		source, err := open()
		if err != nil {
			return err
		}
		r.begin(tx)
		for b := range readAhead(source, im.opts.Batch) {
			if b.err != nil {
				return b.err
			}
			if err := r.batch(b.rows); err != nil {
				return err
			}
		}
		return errUndo
	})
	if !errors.Is(err, errUndo) {
		return r.summary, err
	}
	return r.summary, r.commit()
}

// sourceRow is a row of a source: a line, or why it cannot be read.
type sourceRow struct {
	line   *Line
	number int
	err    error
	source []byte
}

// sourceBatch is some rows of a source, or the error that ended it.
type sourceBatch struct {
	rows []sourceRow
	err  error
}

// readAhead returns the batches of a source, of which one is read while the one before
// it is in use.
func readAhead(source Source, n int) iter.Seq[sourceBatch] {
	return func(yield func(sourceBatch) bool) {
		batches, done := make(chan sourceBatch), make(chan struct{})
		var reading sync.WaitGroup
		reading.Go(func() {
			defer close(batches)
			for more := true; more; {
				var b sourceBatch
				b.rows, more, b.err = readBatch(source, n)
				select {
				case batches <- b:
				case <-done:
					return
				}
				if b.err != nil {
					return
				}
			}
		})
		defer reading.Wait()
		defer close(done)
		for b := range batches {
			if !yield(b) {
				return
			}
		}
	}
}

// batchBytes bounds the rows of a batch together, but for the last of them.
const batchBytes = 8 << 20

// readBatch reads up to n rows, and reports whether there may be more.
func readBatch(source Source, n int) (rows []sourceRow, more bool, err error) {
	for size := 0; len(rows) < n && size < batchBytes; size += len(rows[len(rows)-1].source) {
		line, number, err := source.Next()
		var rowErr *RowError
		switch {
		case err == io.EOF:
			return rows, false, nil
		case errors.As(err, &rowErr):
			rows = append(rows, sourceRow{nil, number, rowErr.Err, rowErr.Source})
		case err != nil:
			return rows, false, err
		default:
			rows = append(rows, sourceRow{line, number, nil, line.source})
		}
	}
	return rows, true, nil
}
