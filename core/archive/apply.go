package archive

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/dragoman-gateway/dragoman/core"
)

// run is the state of one import over its transactions.
type run struct {
	opts    ImportOptions
	summary Summary
	// numbers has the users that got or had another number than in the source.
	numbers  map[userNumber]int64
	absences absences
	files    fileImport

	// Of the transaction that runs.
	tx       *core.Tx
	outcomes []Outcome
	renamed  map[userNumber]int64
	first    map[core.Realm]int64 // the lowest new number of a user
}

type userNumber struct {
	realm core.Realm
	id    int64
}

func newRun(opts ImportOptions) *run {
	return &run{opts: opts, summary: Summary{}, numbers: map[userNumber]int64{}, absences: newAbsences(), files: newFileImport(opts)}
}

// begin starts a transaction, also one that starts again.
func (r *run) begin(tx *core.Tx) {
	r.tx, r.outcomes, r.renamed, r.first = tx, nil, map[userNumber]int64{}, map[core.Realm]int64{}
	r.absences.begin()
	r.files.begin()
}

// end makes what a transaction needs at its end.
func (r *run) end() error {
	for realm, first := range r.first {
		if err := r.tx.ProvisionAgain(realm, first); err != nil {
			return err
		}
	}
	return nil
}

// commit reports what the transaction did.
func (r *run) commit() error {
	maps.Copy(r.numbers, r.renamed)
	r.absences.commit()
	if err := r.files.commit(); err != nil {
		return err
	}
	for _, o := range r.outcomes {
		if err := r.report(o); err != nil {
			return err
		}
	}
	if r.opts.Committed == nil {
		return nil
	}
	return r.opts.Committed()
}

func (r *run) report(o Outcome) error {
	do := r.opts.Report
	if o.Verdict == passed {
		do = r.opts.Passed
	} else {
		r.summary[o.Verdict]++
	}
	if do == nil {
		return nil
	}
	return do(o)
}

// passes reports whether an earlier run has reported the row.
func (r *run) passes(row sourceRow) bool { return r.opts.After > 0 && row.number <= r.opts.After }

// passed is the verdict on a row that an earlier run has reported.
const passed Verdict = ""

// batch applies rows. It fails only with errors that end the import.
func (r *run) batch(rows []sourceRow) error {
	if err := r.prepare(rows); err != nil {
		return err
	}
	for _, row := range rows {
		if err := r.row(row); err != nil {
			return err
		}
	}
	return nil
}

// prepare announces what the rows may insert.
func (r *run) prepare(rows []sourceRow) error {
	var users []*core.User
	var memberships []core.Membership
	for _, row := range rows {
		switch l := row.line; {
		case l == nil || !r.wanted(l) || r.passes(row):
		case l.User != nil:
			users = append(users, l.User.names(r.opts.Realm))
		case l.Membership != nil:
			m := l.Membership.core(r.opts.Realm)
			m.User = r.number(m.Realm, m.User)
			memberships = append(memberships, m)
		}
	}
	if len(users)+len(memberships) == 0 {
		return nil
	}
	return r.tx.PrepareImport(users, memberships)
}

// row applies one row. It fails only with errors that end the import.
func (r *run) row(row sourceRow) error {
	o := Outcome{Row: row.number}
	verdict, err := Refused, row.err
	if row.line != nil {
		if !r.wanted(row.line) {
			return nil
		}
		o.User, o.Object = row.line.label()
		if !r.passes(row) || r.opts.Renumber || row.line.File != nil {
			verdict, err = r.apply(row.line)
		}
	}
	if err != nil && row.line != nil && !refusable(err) {
		return err
	}
	if row.line != nil && (err != nil || verdict == Skipped || r.passes(row)) {
		if err := r.noteAbsent(row.line); err != nil {
			return err
		}
	}
	switch {
	case r.passes(row):
		verdict = passed
	case err != nil:
		verdict, o.Reason = Refused, reason(err)
	}
	o.Verdict = verdict
	if verdict == Refused && !(r.opts.DryRun && row.line != nil && row.line.File != nil) || verdict == passed {
		o.Source = row.source // all others would fill the memory in a dry run
	}
	r.outcomes = append(r.outcomes, o)
	return nil
}

// refusable reports whether the error concerns the row alone.
func refusable(err error) bool {
	var words Refusal
	kind := core.KindOf(err)
	return errors.As(err, &words) || kind == core.Invalid || kind == core.Conflict || kind == core.NotFound
}

// reason words a refusal by fields and rules.
func reason(err error) string {
	e := core.AsError(err)
	if e == nil || len(e.Faults) == 0 {
		return err.Error()
	}
	var texts []string
	for _, f := range e.Faults {
		texts = append(texts, string(f.Field)+" "+f.Rule.String())
	}
	text := strings.Join(texts, ", ")
	if e.Err != nil {
		text += ": " + e.Err.Error()
	}
	return text
}

// wanted reports whether the row's realm is to be imported.
func (r *run) wanted(l *Line) bool {
	return len(r.opts.Only) == 0 || slices.Contains(r.opts.Only, or(l.realmName(), r.opts.Realm))
}

func (l *Line) realmName() core.Realm {
	switch {
	case l.Realm != nil:
		return l.Realm.Name
	case l.Group != nil:
		return l.Group.Realm
	case l.User != nil:
		return l.User.Realm
	case l.Membership != nil:
		return l.Membership.Realm
	case l.File != nil:
		return l.File.Realm
	}
	return l.Record.Realm
}

// label names the row in a report.
func (l *Line) label() (user, object string) {
	switch {
	case l.User != nil:
		return l.User.Username, ""
	case l.Realm != nil:
		return "", "realm " + string(l.Realm.Name)
	case l.Group != nil:
		return "", fmt.Sprintf("group %s %d", l.Group.Kind, l.Group.ID)
	case l.Membership != nil:
		if l.Membership.UserUID != "" {
			return "", fmt.Sprintf("membership %s of %s", l.Membership.Kind, l.Membership.UserUID)
		}
		return "", fmt.Sprintf("membership %s %d", l.Membership.Kind, l.Membership.ID)
	case l.File != nil:
		return "", "file " + l.File.Name
	}
	return "", fmt.Sprintf("record %s %d", l.Record.Kind, l.Record.ID)
}

// apply applies a line, which a live source completes before and after.
func (r *run) apply(l *Line) (Verdict, error) {
	live := r.opts.Completer
	if live == nil {
		return r.applyPresent(l)
	}
	if err := live.Complete(r.tx, l); err != nil {
		switch {
		case errors.Is(err, ErrSkip):
			return Skipped, nil
		case errors.Is(err, ErrApplied):
			return Updated, live.Imported(r.tx, l)
		}
		return "", err
	}
	verdict, err := r.applyPresent(l)
	if err != nil || verdict == Skipped {
		return verdict, err
	}
	return verdict, live.Imported(r.tx, l)
}

// applyPresent applies a line, but skips what belongs to a user who was removed.
func (r *run) applyPresent(l *Line) (Verdict, error) {
	verdict, err := r.applyLine(l)
	if errors.Is(err, ErrSkip) {
		return Skipped, nil
	}
	return verdict, err
}

func (r *run) applyLine(l *Line) (Verdict, error) {
	switch {
	case l.Realm != nil:
		return r.realm(l.Realm)
	case l.Group != nil:
		return r.group(l.Group.core(r.opts.Realm))
	case l.User != nil:
		return r.user(l.User)
	case l.Membership != nil:
		return r.membership(l.Membership)
	case l.File != nil:
		return r.file(l.File)
	}
	return r.record(l.Record)
}

func (r *run) realm(l *Realm) (Verdict, error) {
	if l.Name == "" {
		return "", Refusal("a realm has a name")
	}
	counters, err := r.tx.Counters(l.Name)
	if err != nil {
		return "", err
	}
	now := map[string]int64{}
	for _, c := range counters {
		now[c.Name] = c.Next
	}
	verdict := Unchanged
	for _, name := range slices.Sorted(maps.Keys(l.Counters)) {
		if now[name] >= l.Counters[name] {
			continue
		}
		if err := r.tx.RaiseCounter(l.Name, core.Counter{Name: name, Next: l.Counters[name]}); err != nil {
			return "", err
		}
		verdict = Updated
		if len(counters) == 0 {
			verdict = Added
		}
	}
	return verdict, nil
}

// conflict does what the options say about an object that exists and differs.
func (r *run) conflict(what string, update func() error) (Verdict, error) {
	switch r.opts.OnConflict {
	case Skip:
		return Skipped, nil
	case Update:
		return Updated, update()
	}
	return "", Refusal("the " + what + " exists and differs")
}

// number returns the number that the source's user has in the store.
func (r *run) number(realm core.Realm, id int64) int64 {
	for _, known := range []map[userNumber]int64{r.renamed, r.numbers} {
		if n, ok := known[userNumber{realm, id}]; ok {
			return n
		}
	}
	return id
}

func sameText(a, b *core.Document) bool { return bytes.Equal(a.Text(), b.Text()) }

func orText(a, b string) string {
	if a == "" {
		return b
	}
	return a
}
