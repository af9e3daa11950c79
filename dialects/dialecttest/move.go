package dialecttest

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/core/archive"
	"github.com/dragoman-gateway/dragoman/core/coretest"
	"github.com/dragoman-gateway/dragoman/dialects"
)

// Move says how everything that one gateway shows by a dialect's API is brought into
// another one. All fields are needed.
type Move struct {
	// Files are folders of transcripts, each of which fills a gateway.
	Files []string
	Build Build
	// Empty makes the dialects of the gateway that is moved to.
	Empty func(dir *core.Directory) dialects.Mux
	// Caller stores, in the gateway that was filled, who reads it, and returns the
	// header lines that they send.
	Caller func(t testing.TB, dir *core.Directory) (auth string)
	// Admit gives the same caller their password or key in the other gateway.
	Admit func(t testing.TB, dir *core.Directory)
	// Live reads the gateway at that URL as the caller.
	Live func(t testing.TB, url string) archive.Live
	// Paths begin the comparison, and Links returns the further paths that an answer
	// leads to.
	Paths []string
	Links func(path string, body []byte) []string
	// Hidden is what the API does not show and both therefore answer differently. A row
	// that is not needed is an error.
	Hidden []Hidden
	// Refused are rows that cannot be imported, by the reason; each must occur.
	Refused []string

	kept *archives
}

// Hidden is a part of answers that differs after a move, and why.
type Hidden struct {
	Why string
	// Path matches the paths whose answers have it, and Text the part of the body.
	Path, Text *regexp.Regexp
}

// RunMove fills a gateway by transcripts, moves each, and compares all GETs. It also moves
// the archives of all of them into a store of each engine, which must give the same bytes.
// It takes one of ten transcripts, and in the long form one of three: all take
// minutes under the race detector, and need TEST_DRAGOMAN_SOAK=1.
func RunMove(t *testing.T, m Move) {
	t.Helper()
	used := newNeeds()
	m.kept = new(archives)
	t.Run("moved", func(t *testing.T) {
		for _, dir := range m.Files {
			files, err := findFiles(dir)
			if err != nil || len(files) == 0 {
				t.Fatalf("%s: %d files, %v", dir, len(files), err)
			}
			for i, file := range files {
				if i%everyNth() != 0 {
					continue
				}
				name, _ := filepath.Rel(filepath.Dir(filepath.Dir(dir)), file)
				t.Run(strings.TrimSuffix(filepath.ToSlash(name), ".http"), func(t *testing.T) {
					t.Parallel()
					m.file(t, file, used)
				})
			}
		}
	})
	for _, engine := range []Engine{SQLite(), PostgreSQL()} {
		t.Run("archives_on_"+engine.Name, func(t *testing.T) { m.kept.move(t, engine) })
	}
	if t.Failed() || everyNth() > 1 {
		return
	}
	for _, h := range m.Hidden {
		if !used.has(h.Why) {
			t.Errorf("nothing differs by %q: take the row away", h.Why)
		}
	}
	for _, reason := range m.Refused {
		if !used.has(reason) {
			t.Errorf("no row is refused by %q: take it away", reason)
		}
	}
}

// needs are the rows of tables that were needed.
type needs struct {
	mu   sync.Mutex
	rows map[string]bool
}

func newNeeds() *needs { return &needs{rows: map[string]bool{}} }

func (n *needs) add(row string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.rows[row] = true
}

func (n *needs) has(row string) bool { return n.rows[row] }

func (m *Move) file(t *testing.T, file string, used *needs) {
	tr, err := readFile(file)
	if err != nil {
		t.Fatal(err)
	}
	from := NewServer(t, m.Build)
	p := newPlayer(t, from.Target())
	for _, ex := range tr.exchanges {
		if _, err := p.play(ex); err != nil {
			break // some transcripts expect what only their answers say
		}
	}
	m.kept.add(t, from.Dir)
	auth := m.Caller(t, from.Dir)
	to := NewServer(t, func(_ testing.TB, dir *core.Directory) (dialects.Mux, Vars) { return m.Empty(dir), Vars{} })
	to.Clock.Advance(from.Clock.Now().Sub(to.Clock.Now()))
	for _, want := range []archive.Verdict{archive.Added, archive.Unchanged} {
		m.bring(t, from, to, want, used)
	}
	m.Admit(t, to.Dir)
	m.compare(t, from, to, auth, used)
}

// bring imports what the first gateway shows. The second time nothing may change.
func (m *Move) bring(t *testing.T, from, to *Server, want archive.Verdict, used *needs) {
	t.Helper()
	live := m.Live(t, from.URL)
	source := archive.NewLiveSource(context.Background(), live)
	defer source.Close()
	opts := archive.ImportOptions{Completer: live, Report: func(o archive.Outcome) error {
		switch {
		case o.Verdict == archive.Refused && m.mayRefuse(o.Reason, used):
		case o.Verdict != want:
			t.Errorf("row %d: %s%s: %s %s, want %s\n%s", o.Row, o.User, o.Object, o.Verdict, o.Reason, want, o.Source)
		}
		return nil
	}}
	importer := archive.NewImporter(to.Dir, opts)
	if _, err := importer.Run(context.Background(), func() (archive.Source, error) { return source, nil }); err != nil {
		t.Fatal(err)
	}
	if err := to.Dir.ProvisionExisting(context.Background()); err != nil {
		t.Fatal(err)
	}
}

func (m *Move) mayRefuse(reason string, used *needs) bool {
	for _, r := range m.Refused {
		if strings.Contains(reason, r) {
			used.add(r)
			return true
		}
	}
	return false
}

// compare asks both for every path that the first one's answers lead to.
func (m *Move) compare(t *testing.T, from, to *Server, auth string, used *needs) {
	t.Helper()
	ask, again := newPlayer(t, from.Target()), newPlayer(t, to.Target())
	seen := map[string]bool{}
	todo := slices.Clone(m.Paths) // other files run at the same time
	for len(todo) > 0 {
		path := todo[0]
		todo = todo[1:]
		if seen[path] {
			continue
		}
		seen[path] = true
		want, have := get(t, ask, path, auth), get(t, again, path, auth)
		if diff := m.differ(path, want, have, used); diff != "" {
			t.Errorf("GET %s\n%s", path, diff)
		}
		todo = append(todo, m.Links(path, want.Body)...)
	}
}

func get(t *testing.T, p *player, path, auth string) *Answer {
	t.Helper()
	tr, err := parse("GET "+path+"\n"+auth, ".")
	if err != nil {
		t.Fatal(err)
	}
	a, err := p.send(tr.exchanges[0])
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// differ compares two answers but for what is hidden, and notes which rows were needed.
func (m *Move) differ(path string, want, have *Answer, used *needs) string {
	if want.Status != have.Status || want.Header.Get("Content-Type") != have.Header.Get("Content-Type") {
		return fmt.Sprintf("%d %s, want %d: %s", have.Status, have.Header.Get("Content-Type"), want.Status, excerpt(have.Body))
	}
	if bytes.Equal(want.Body, have.Body) {
		return ""
	}
	if a, b := m.masked(path, want.Body, -1), m.masked(path, have.Body, -1); !bytes.Equal(a, b) {
		return firstDifference(string(a), string(b))
	}
	for i, h := range m.Hidden {
		if h.Path.MatchString(path) && !bytes.Equal(m.masked(path, want.Body, i), m.masked(path, have.Body, i)) {
			used.add(h.Why)
		}
	}
	return ""
}

// masked returns the body without what is hidden, but for one row.
func (m *Move) masked(path string, body []byte, but int) []byte {
	for i, h := range m.Hidden {
		if i != but && h.Path.MatchString(path) {
			body = h.Text.ReplaceAll(body, []byte("(hidden)"))
		}
	}
	return body
}

// SetPassword gives the user of the main realm a password.
func SetPassword(t testing.TB, dir *core.Directory, username, plain string) {
	t.Helper()
	hash, err := dir.HashPassword(context.Background(), plain)
	if err != nil {
		t.Fatal(err)
	}
	err = dir.Update(context.Background(), core.Operator(), func(tx *core.Tx) error {
		u, err := tx.User(core.ByUsername(core.MainRealm, username))
		if err != nil {
			return err
		}
		u.Password = hash
		return tx.SaveUserKeepingUpdatedAt(u)
	})
	if err != nil {
		t.Fatal(err)
	}
}

// everyNth is of how many transcripts one is moved or replayed.
func everyNth() int {
	if os.Getenv("TEST_DRAGOMAN_SOAK") != "" {
		return 1
	}
	return coretest.Rounds(10, 3)
}
