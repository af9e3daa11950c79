package console

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/core/archive"
)

// Bounds of a dry run. Changes wait while it runs, since it is a change that is undone.
const (
	maxUpload   = 4 << 20 // bytes of a file
	maxTrialRow = 20_000
	trialTime   = 20 * time.Second
	keptTrials  = 4 // whose files can be downloaded
	shownRows   = 200
)

// movePage is what the page of imports and exports shows.
type movePage struct {
	Realms                 []core.Realm
	Realm                  core.Realm
	OnConflict, Match      string
	Renumber               bool
	Problem                map[string]string
	Vendors                []vendorCount
	Configured, WasCounted bool
	Moves                  []shownMove
}

// vendorCount is how far the move from one vendor has come in a realm.
type vendorCount struct {
	Vendor string
	Realm  core.Realm
	core.OriginCounts
}

func (v *visit) showMove() error { return v.movePage(http.StatusOK, movePage{Realm: core.MainRealm}) }

// movePage shows the page with what was typed.
func (v *visit) movePage(status int, p movePage) error {
	p.Configured, p.WasCounted = len(v.cfg.Vendors) > 0, v.r.URL.Query().Get("count") != ""
	err := v.view(func(tx *core.Tx) (err error) {
		if p.Realms, err = customerRealms(tx); err != nil || !p.WasCounted {
			return err
		}
		p.Vendors, err = countVendors(tx, p.Realms, v.cfg.Vendors)
		return err
	})
	if err != nil {
		return err
	}
	if p.Moves, err = moves(v); err != nil {
		return err
	}
	return v.render(status, "move", p)
}

func countVendors(tx *core.Tx, realms []core.Realm, vendors []string) (list []vendorCount, err error) {
	for _, vendor := range vendors {
		for _, realm := range realms {
			n, err := core.CountOrigins(tx, realm, vendor)
			if err != nil {
				return nil, err
			}
			if n.Came > 0 {
				list = append(list, vendorCount{vendor, realm, n})
			}
		}
	}
	return list, nil
}

// trial is a dry run that has ended.
type trial struct {
	ID, Name string
	Realm    core.Realm
	Counts   []verdictCount
	Rows     []archive.Outcome // the first ones that were refused, or else of all
	Refused  int
	rejects  []byte
	report   []byte
}

// verdictCount is how many rows have one verdict.
type verdictCount struct {
	Verdict archive.Verdict
	N       int
}

// trials are the last ones. The zero value is ready.
type trials struct {
	mu   sync.Mutex
	last []*trial
}

func (t *trials) keep(done *trial) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.last = append(t.last, done)
	t.last = t.last[max(0, len(t.last)-keptTrials):]
}

func (t *trials) get(id string) *trial {
	t.mu.Lock()
	defer t.mu.Unlock()
	i := slices.IndexFunc(t.last, func(d *trial) bool { return d.ID == id })
	if i < 0 {
		return nil
	}
	return t.last[i]
}

// tryImport runs an uploaded table through the importer and undoes it.
func (v *visit) tryImport() error {
	p := movePage{Problem: map[string]string{}}
	file, header, err := v.r.FormFile("file")
	p.Realm, p.OnConflict = core.Realm(v.r.PostFormValue("realm")), v.r.PostFormValue("on_conflict")
	p.Match, p.Renumber = v.r.PostFormValue("match"), v.r.PostFormValue("renumber") != ""
	switch large := new(http.MaxBytesError); {
	case errors.As(err, &large):
		p.Problem["file"] = fmt.Sprintf("has more than %d MiB: use the command dragoman import --dry-run", maxUpload>>20)
	case err != nil:
		p.Problem["file"] = "must be a CSV file"
	case p.Realm == "" || p.Realm.Reserved():
		p.Problem["realm"] = "is not a realm of users"
	}
	if len(p.Problem) > 0 {
		return v.movePage(http.StatusUnprocessableEntity, p)
	}
	defer file.Close()
	defer beginMove(v, "dry run", header.Filename)()
	done, err := v.try(p, file, header.Filename)
	switch wrong := new(tableError); {
	case errors.As(err, &wrong):
		p.Problem["file"] = wrong.Error()
		return v.movePage(http.StatusUnprocessableEntity, p)
	case err != nil:
		return err
	}
	v.trials.keep(done)
	v.redirect("move/" + done.ID)
	return nil
}

// tableError is a file that cannot be read as a table.
type tableError struct{ err error }

func (e *tableError) Error() string { return e.err.Error() }

func (v *visit) try(p movePage, file io.Reader, name string) (*trial, error) {
	comma := ','
	if strings.HasSuffix(name, ".tsv") {
		comma = '\t'
	}
	text, err := io.ReadAll(file)
	if err != nil {
		return nil, err
	}
	done := &trial{ID: v.cfg.Directory.NewUID(), Name: name, Realm: p.Realm}
	var all []archive.Outcome
	opts := archive.ImportOptions{
		Realm: p.Realm, DryRun: true, OnConflict: archive.Conflict(p.OnConflict), Match: p.Match, Renumber: p.Renumber,
		Report: func(o archive.Outcome) error { all = append(all, o); return nil },
	}
	var head []byte
	open := func() (archive.Source, error) {
		all = nil
		rows, err := archive.NewCSV(bytes.NewReader(text), comma)
		if err != nil {
			return nil, &tableError{err}
		}
		head = archive.HeadingLine(rows.Columns())
		table, err := archive.NewTable(rows, archive.TableOptions{})
		if err != nil {
			return nil, &tableError{err}
		}
		return &boundedSource{Source: table}, nil
	}
	ctx, cancel := context.WithTimeout(v.does("dry run"), trialTime)
	defer cancel()
	counts, err := archive.NewImporter(v.cfg.Directory, opts).Run(ctx, open)
	if errors.Is(err, context.DeadlineExceeded) {
		err = &tableError{errors.New("took too long: use the command dragoman import --dry-run")}
	}
	if err != nil {
		return nil, err
	}
	done.fill(counts, all, head)
	return done, nil
}

// boundedSource fails after many rows.
type boundedSource struct {
	archive.Source
	n int
}

// Next implements archive.Source.
func (s *boundedSource) Next() (*archive.Line, int, error) {
	line, number, err := s.Source.Next()
	if s.n++; s.n > maxTrialRow && err != io.EOF {
		return nil, number, &tableError{fmt.Errorf("has more than %d rows: use the command dragoman import --dry-run", maxTrialRow)}
	}
	if rowErr := new(archive.RowError); err != nil && err != io.EOF && !errors.As(err, &rowErr) {
		err = &tableError{err}
	}
	return line, number, err
}

// fill writes the files to download, and what the page shows.
func (t *trial) fill(counts archive.Summary, all []archive.Outcome, head []byte) {
	for _, verdict := range []archive.Verdict{archive.Added, archive.Updated, archive.Unchanged, archive.Skipped, archive.Refused} {
		t.Counts = append(t.Counts, verdictCount{verdict, counts[verdict]})
	}
	var report bytes.Buffer
	lines := json.NewEncoder(&report)
	for _, o := range all {
		_ = lines.Encode(o) // a buffer takes all
		if o.Verdict != archive.Refused {
			continue
		}
		if t.Refused++; t.Refused == 1 {
			t.rejects = append(t.rejects, head...)
		}
		t.rejects = append(t.rejects, o.Source...)
		if len(t.Rows) < shownRows {
			t.Rows = append(t.Rows, o)
		}
	}
	if t.report = report.Bytes(); t.Refused == 0 {
		t.Rows = all[:min(len(all), shownRows)]
	}
}

func (v *visit) showTrial() error {
	if t := v.trials.get(v.r.PathValue("id")); t != nil {
		return v.render(http.StatusOK, "trial", t)
	}
	v.refuse(http.StatusNotFound, fmt.Sprintf("This dry run is not among the last %d any more.", keptTrials))
	return nil
}

func (v *visit) downloadTrial() error {
	t := v.trials.get(v.r.PathValue("id"))
	switch {
	case t == nil:
		return v.showTrial()
	case v.r.PathValue("file") == "rejects.csv":
		v.attach("rejects.csv", "text/csv; charset=utf-8")
		_, _ = v.w.Write(t.rejects)
	case v.r.PathValue("file") == "report.jsonl":
		v.attach("report.jsonl", "application/x-ndjson")
		_, _ = v.w.Write(t.report)
	default:
		return v.notFound()
	}
	return nil
}

// attach makes the answer a file that a browser saves.
func (v *visit) attach(name, kind string) {
	v.w.Header().Set("Content-Type", kind)
	v.w.Header().Set("Content-Disposition", `attachment; filename="`+name+`"`)
}
