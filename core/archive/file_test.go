package archive_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/core/archive"
	"github.com/dragoman-gateway/dragoman/store"
)

// memory keeps files of the kind "f" in memory.
type memory struct {
	contents map[string][]byte
	room     int64
	open     int // files that are neither kept nor discarded
}

func newMemory() *memory { return &memory{contents: map[string][]byte{}, room: 1 << 40} }

func path(realm core.Realm, name string) string { return string(realm) + "/" + name }

func (m *memory) Kind() string            { return "f" }
func (m *memory) IsName(name string) bool { return !strings.Contains(name, "/") }

func (m *memory) Open(realm core.Realm, name string) (io.ReadSeekCloser, error) {
	content, ok := m.contents[path(realm, name)]
	if !ok {
		return nil, fs.ErrNotExist
	}
	return struct {
		io.ReadSeeker
		io.Closer
	}{bytes.NewReader(content), io.NopCloser(nil)}, nil
}

func (m *memory) Room(core.Realm) (int64, error) { return m.room, nil }

func (m *memory) Create(realm core.Realm, name string) (archive.NewFile, error) {
	m.open++
	return &newFile{m: m, path: path(realm, name)}, nil
}

type newFile struct {
	m     *memory
	path  string
	text  []byte
	ended bool
}

func (f *newFile) WriteAt(p []byte, at int64) (int, error) {
	f.text = append(f.text[:min(int(at), len(f.text))], p...)
	return len(p), nil
}

func (f *newFile) Keep() error {
	f.m.contents[f.path] = f.text
	f.Discard()
	return nil
}

func (f *newFile) Discard() {
	if !f.ended {
		f.ended = true
		f.m.open--
	}
}

// fillFiles stores records with files of some sizes.
func fillFiles(t *testing.T, dir *core.Directory, files *memory) {
	t.Helper()
	err := dir.Update(context.Background(), core.Operator(), func(tx *core.Tx) error {
		sizes := map[string]int{"empty": 0, "long": 5 << 19, "part": 1 << 20, "small": 3}
		for _, name := range slices.Sorted(maps.Keys(sizes)) {
			if err := tx.SaveRecord(&core.Record{Realm: "main", Kind: "f", Key: name}); err != nil {
				return err
			}
			files.contents[path("main", name)] = bytes.Repeat([]byte(name)[:1], sizes[name])
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestFilesAreMovedWithTheirRecords(t *testing.T) {
	from, to, source, target := directory(t), directory(t), newMemory(), newMemory()
	fillFiles(t, from, source)
	first := export(t, from, archive.ExportOptions{Files: source})
	if err := archive.Verify(strings.NewReader(first)); err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(first, `{"archive":{"version":2,`) || !strings.Contains(first, `"records":4,"files":4,`) {
		t.Errorf("the first and the last line: %.40s %s", first, first[len(first)-200:])
	}
	for _, line := range strings.SplitAfter(first, "\n") {
		if len(line) > 3<<19 {
			t.Errorf("a line of %d bytes", len(line))
		}
	}
	for _, want := range []string{"added", "unchanged"} {
		for _, r := range load(t, to, open(first), archive.ImportOptions{Batch: 1, Files: target}) {
			if !strings.HasSuffix(r, want) && !strings.Contains(r, "realm") {
				t.Errorf("want %s, got %s", want, r)
			}
		}
	}
	if !maps.EqualFunc(source.contents, target.contents, bytes.Equal) || target.open != 0 {
		t.Errorf("the files differ, or %d are open", target.open)
	}
	if again := export(t, to, archive.ExportOptions{Files: target}); body(again) != body(first) {
		t.Error("the second archive differs")
	}
	if text := export(t, from, archive.ExportOptions{}); strings.Contains(text, `"file"`) || !strings.HasPrefix(text, `{"archive":{"version":1,`) {
		t.Errorf("without files: %.300s", text)
	}
}

func TestAFileWithoutContentIsNamed(t *testing.T) {
	dir, files := directory(t), newMemory()
	fillFiles(t, dir, files)
	delete(files.contents, path("main", "part"))
	_, err := archive.Export(t.Context(), dir, func() (io.Writer, error) { return io.Discard, nil }, archive.ExportOptions{Files: files})
	if err == nil || err.Error() != "file part of user 0 in realm main: the file has no content: it was lost, or removed since the export began" {
		t.Error(err)
	}
}

func TestDamagedFilesAreRefusedWhole(t *testing.T) {
	const sum = `"sha256":"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"` // of "abc"
	a, b := `{"file":{"kind":"f","name":"x","size":3,`+sum+`,"data":"YQ=="}}`, `{"file":{"kind":"f","name":"x","offset":1,"data":"YmM="}}`
	for claim, c := range map[string]struct {
		want  string
		lines []string
	}{
		"whole":                     {"", []string{a, b}},
		"cut":                       {"line 3: the file x is cut: its byte 1 of 3 does not follow", []string{a}},
		"cut by another":            {"line 3: the file x is cut: its byte 1 of 3 does not follow", []string{a, `{"user":{"username":"a"}}`}},
		"without its first line":    {"line 2: the file x begins at its byte 1", []string{b}},
		"twice the first":           {"line 3: the file x is cut: its byte 1 of 3 does not follow", []string{a, a, b}},
		"with an unreadable line":   {"line 4: the file x is cut: its byte 1 of 3 does not follow", []string{a, strings.Replace(b, "YmM=", "?", 1)}},
		"longer than it says":       {"line 3: the file x has 4 bytes here, and not 3", []string{a, strings.Replace(b, "YmM=", "YmMx", 1)}},
		"edited":                    {"line 3: the file x is damaged: it does not match its checksum", []string{a, strings.Replace(b, "YmM=", "YmE=", 1)}},
		"of a negative size":        {"line 2: the file x has 1 bytes here, and not -1", []string{strings.Replace(a, ":3", ":-1", 1)}},
		"with a line without bytes": {"line 2: the file x has 0 bytes here, and not 3", []string{strings.Replace(a, "YQ==", "", 1)}},
	} {
		text := `{"archive":{"version":2}}` + "\n" + strings.Join(c.lines, "\n") + "\n" + `{"end":{}}` + "\n"
		got := ""
		if err := archive.Verify(strings.NewReader(text)); err != nil {
			got = err.Error()
		}
		if got != c.want {
			t.Errorf("%s: got %s, want %s", claim, got, c.want)
		}
	}
}

const someFiles = `{"archive":{"version":2}}
{"record":{"kind":"f","key":"new"}}
{"record":{"kind":"f","key":"a/b"}}
{"file":{"kind":"f","name":"new","data":"bmV3"}}
{"file":{"kind":"f","name":"new","data":"bmV3"}}
{"file":{"kind":"f","name":"new","data":"b3RoZXI="}}
{"file":{"kind":"f","name":"small","data":"b3RoZXI="}}
{"file":{"kind":"f","name":"unknown","data":"YQ=="}}
{"file":{"kind":"r","name":"new","data":"YQ=="}}
{"file":{"kind":"f","name":"a/b","data":"YQ=="}}
{"file":{"kind":"f","name":"long","size":4,"data":"YQ=="}}
{"file":{"kind":"f","name":"long","offset":1,"data":"YWFh"}}
{"file":{"kind":"f","name":"part","data":"MTIzNDU2Nzg5MDEyMzQ1Njc4OTA="}}
{"end":{}}
`

func TestEachLineOfAFileGetsAVerdict(t *testing.T) {
	want := map[archive.Conflict][]string{
		archive.Refuse: {"6 file new refused: the file exists and differs", "7 file small refused: the file exists and differs", "13 file part refused: the file exists and differs"},
		archive.Skip:   {"6 file new skipped", "7 file small skipped", "13 file part skipped"},
		archive.Update: {"6 file new updated", "7 file small updated", "13 file part refused: the file has 20 bytes, and the realm main has room for 5"},
	}
	for conflict, differ := range want {
		dir, files := directory(t), newMemory()
		fillFiles(t, dir, files)
		files.room = 18
		expected := slices.Concat([]string{
			"2 record f 0 added", "3 record f 0 added", "4 file new added", "5 file new unchanged",
		}, differ[:2], []string{
			`8 file unknown refused: no record has the kind "f" and the key "unknown"`,
			`9 file new refused: records of the kind "r" have no files`,
			`10 file a/b refused: "a/b" is not a name of a file`,
			"11 file long refused: the first of several lines of a file has sha256",
			"12 file long refused: the first of several lines of a file has sha256",
		}, differ[2:])
		for _, dry := range []bool{true, false} {
			got := load(t, dir, open(someFiles), archive.ImportOptions{OnConflict: conflict, DryRun: dry, Files: files, Batch: 100})
			if diff := cmp.Diff(expected, got); diff != "" {
				t.Errorf("%s, dry %v: %s", conflict, dry, diff)
			}
			if changed := string(files.contents[path("main", "small")]) == "other"; changed != (conflict == archive.Update && !dry) {
				t.Errorf("%s, dry %v: changed %v", conflict, dry, changed)
			}
		}
		if files.open != 0 {
			t.Errorf("%d files are open", files.open)
		}
	}
}

func TestFilesAreLeftOutOrRefused(t *testing.T) {
	for want, opts := range map[string]archive.ImportOptions{
		"skipped": {WithoutFiles: true}, "refused: no folder for files is set here": {},
	} {
		got := load(t, directory(t), open(someFiles), opts)
		if got[2] != "4 file new "+want {
			t.Errorf("got %q, want %s", got, want)
		}
	}
}

// again is a store whose every transaction runs twice, as in a conflict with another.
type again struct{ core.Store }

var errAgain = errors.New("again")

func (a again) Update(ctx context.Context, fn func(core.StoreTx) error) error {
	err := a.Store.Update(ctx, func(tx core.StoreTx) error {
		if err := fn(tx); err != nil {
			return err
		}
		return errAgain
	})
	if !errors.Is(err, errAgain) {
		return err
	}
	return a.Store.Update(ctx, fn)
}

// A store that is lost between two lines of a file, and one that starts transactions
// again, get whole files.
func TestFilesOfAnInterruptedImportAreWhole(t *testing.T) {
	from, source := directory(t), newMemory()
	fillFiles(t, from, source)
	text := export(t, from, archive.ExportOptions{Files: source})
	opened, err := store.Open(t.Context(), "sqlite::memory:")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = opened.Close() })
	lost, target := &losing{Store: again{opened}}, newMemory()
	dir := core.New(core.Config{Store: lost})
	last := 0
	opts := archive.ImportOptions{Batch: 1, Files: target, Report: func(o archive.Outcome) error {
		last = o.Row
		return nil
	}}
	for runs := 1; ; runs++ {
		lost.left, opts.After = max(last, 1), last // one row more: those that are passed over have transactions, too
		_, err := archive.NewImporter(dir, opts).Run(t.Context(), open(text))
		if target.open != 0 {
			t.Fatalf("%d files are open after row %d", target.open, last)
		}
		if err == nil {
			break
		}
		if !errors.Is(err, errLost) || runs > 50 {
			t.Fatal(err)
		}
	}
	if !maps.EqualFunc(source.contents, target.contents, bytes.Equal) {
		t.Error("the files differ")
	}
}

func TestTheArchiveWithFilesIsRead(t *testing.T) {
	text, err := os.ReadFile("../../testdata/archives/v2.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	dir, files := directory(t), newMemory()
	load(t, dir, open(string(text)), archive.ImportOptions{Files: files})
	if diff := cmp.Diff(body(string(text)), body(export(t, dir, archive.ExportOptions{Files: files}))); diff != "" {
		t.Error(diff)
	}
	if len(files.contents) != 2 {
		t.Errorf("%d files", len(files.contents))
	}
}
