package archive_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/core/archive"
	"github.com/dragoman-gateway/dragoman/store"
)

const bom = "\xef\xbb\xbf"

func TestEncodingsOfFiles(t *testing.T) {
	hand := "{\"archive\":{\"version\":1}}\n{\"user\":{\"username\":\"%s\"}}\n{\"end\":{}}\n"
	ann := strings.ReplaceAll(hand, "%s", "änn")
	for claim, source := range map[string]func() (archive.Source, error){
		"an archive with a byte order mark": open(bom + ann),
		"a table with a byte order mark":    csvOf(bom + "username\nänn\n"),
	} {
		if got := load(t, directory(t), source, archive.ImportOptions{}); len(got) != 1 || got[0] != "2 änn added" {
			t.Errorf("%s: %q", claim, got)
		}
	}
	for begin, want := range map[string]string{
		"\xff\xfe{\x00": "UTF-16", "{\x00\"\x00": "UTF-16LE", "\x00{\x00\"": "UTF-16BE", "\xff\xfe\x00\x00{\x00\x00\x00": "UTF-32",
	} {
		if _, err := open(begin)(); err == nil || !strings.Contains(err.Error(), "iconv -f "+want+" ") {
			t.Errorf("%s: %v", want, err)
		}
	}
	latin := strings.ReplaceAll(hand, "%s", "\xe4nn")
	got := load(t, directory(t), open(latin), archive.ImportOptions{})
	if len(got) != 1 || !strings.HasPrefix(got[0], "2  refused: line 2 is not UTF-8; if the file is Latin-1") {
		t.Errorf("Latin-1: %q", got)
	}
}

// endless is a line that does not end within 2 GiB, after what it begins with.
type endless struct {
	start io.Reader
	read  int64
}

func (e *endless) Read(p []byte) (int, error) {
	if n, err := e.start.Read(p); err == nil {
		return n, nil
	}
	if e.read > 2<<30 {
		return 0, io.EOF
	}
	for i := range p {
		p[i] = 'x'
	}
	e.read += int64(len(p))
	return len(p), nil
}

func TestALineOf2GiBIsNotRead(t *testing.T) {
	for claim, c := range map[string]struct {
		start string
		open  func(io.Reader) (archive.Source, error)
	}{
		"archive": {"{\"archive\":{\"version\":1}}\n{\"user\":{\"username\":\"", func(r io.Reader) (archive.Source, error) { return archive.NewReader(r) }},
		"table": {"username\n", func(r io.Reader) (archive.Source, error) {
			rows, err := archive.NewCSV(r, ',')
			if err != nil {
				return nil, err
			}
			return archive.NewTable(rows, archive.TableOptions{})
		}},
	} {
		in := &endless{start: strings.NewReader(c.start)}
		source, err := c.open(in)
		if err == nil {
			_, _, err = source.Next()
		}
		if err == nil || !strings.Contains(err.Error(), "longer than 64 MiB") || in.read > 2*archive.MaxLine {
			t.Errorf("%s: %v, after %d bytes", claim, err, in.read)
		}
	}
}

func TestARowOfAMillionColumnsIsRefusedAlone(t *testing.T) {
	got := load(t, directory(t), csvOf("username\nann\n"+strings.Repeat(",", 999_999)+"\nbob\n"), archive.ImportOptions{})
	if strings.Join(got, "\n") != "2 ann added\n3  refused: 1000000 columns, but the headings are 1\n4 bob added" {
		t.Errorf("%q", got)
	}
}

// Groups that name each other, and what is of a realm that does not exist, are lines
// like any other.
func TestCyclesAndUnknownRealms(t *testing.T) {
	dir := directory(t)
	got := load(t, dir, open(`{"archive":{"version":1}}
{"group":{"kind":"g.a","id":1,"uid":"a","parent":2}}
{"group":{"kind":"g.a","id":2,"uid":"b","parent":1}}
{"membership":{"realm":"nowhere","kind":"g.a","user":1,"group":1}}
{"record":{"realm":"nowhere","kind":"r/a","key":"k","owner":1}}
{"end":{}}
`), archive.ImportOptions{})
	want := "2 group g.a 1 added\n3 group g.a 2 added\n4 membership g.a 0 refused: the user 1 or the group 1 does not exist\n" +
		"5 record r/a 0 refused: the owner, user 1, does not exist"
	if strings.Join(got, "\n") != want {
		t.Errorf("got %q", got)
	}
	if text := export(t, dir, archive.ExportOptions{}); strings.Contains(text, "nowhere") {
		t.Error(text)
	}
}

// Numbers that no store can hold are refused with their rows.
func TestNumbersOver63BitsAreRefused(t *testing.T) {
	const big = "9223372036854775808"
	got := load(t, directory(t), open(`{"archive":{"version":1}}
{"realm":{"name":"main","counters":{"users":`+big+`}}}
{"user":{"id":`+big+`,"username":"a"}}
{"user":{"id":9223372036854775807,"username":"b"}}
{"membership":{"kind":"g.a","user":`+big+`,"group":1}}
{"user":{"username":"c","attributes":{"n":`+big+`}}}
{"end":{}}
`), archive.ImportOptions{})
	want := []string{"2  refused: json: cannot unmarshal number " + big, "3  refused: json: cannot unmarshal number " + big,
		"4 b refused: id malformed", "5  refused: json: cannot unmarshal number " + big, "6 c added"}
	if len(got) != len(want) {
		t.Fatalf("%q", got)
	}
	for i := range want {
		if !strings.HasPrefix(got[i], want[i]) {
			t.Errorf("got %s, want %s", got[i], want[i])
		}
	}
}

func TestAFacetThatIsNotJSONIsRefused(t *testing.T) {
	got := load(t, directory(t), open(`{"archive":{"version":1}}
{"user":{"username":"a","facets":[{"dialect":"z","text":"{"}]}}
{"user":{"username":"b","facets":[{"dialect":"z","data":"/w=="}]}}
{"user":{"username":"c","facets":[{"dialect":"z"}]}}
{"end":{}}
`), archive.ImportOptions{})
	want := "2 a refused: the facet of z is not JSON|3 b refused: the facet of z is not JSON|4 c refused: the facet of z is not JSON"
	if strings.Join(got, "|") != want {
		t.Errorf("%q", got)
	}
}

// losing is a store that is lost after some updates.
type losing struct {
	core.Store
	left int
}

var errLost = &core.Error{Kind: core.Busy, Err: errors.New("the connection was lost")}

func (l *losing) Update(ctx context.Context, fn func(core.StoreTx) error) error {
	if l.left--; l.left < 0 {
		return errLost
	}
	return l.Store.Update(ctx, fn)
}

// A store that is lost in the middle keeps what was reported, and the rows behind it
// are imported as if nothing had happened.
func TestALostStoreKeepsWhatWasReported(t *testing.T) {
	const table = "username\na\nb\nc\nd\ne\nf\n"
	opened, err := store.Open(t.Context(), "sqlite::memory:")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = opened.Close() })
	lost := &losing{Store: opened, left: 2}
	dir := core.New(core.Config{Store: lost})
	var reported bytes.Buffer
	last := 0
	opts := archive.ImportOptions{Batch: 2, Report: func(o archive.Outcome) error {
		reported.WriteString(o.User)
		last = o.Row
		return nil
	}}
	_, err = archive.NewImporter(dir, opts).Run(t.Context(), csvOf(table))
	if !errors.Is(err, errLost) || !strings.Contains(err.Error(), "line 6 and the following") || reported.String() != "abcd" {
		t.Fatalf("%v, reported %s", err, &reported)
	}
	lost.left, opts.After = 100, last
	summary, err := archive.NewImporter(dir, opts).Run(t.Context(), csvOf(table))
	if err != nil || summary[archive.Added] != 2 || len(summary) != 1 || reported.String() != "abcdef" {
		t.Errorf("%v, %v, reported %s", summary, err, &reported)
	}
}

// What belongs to a user or a group that was refused does not go to another that has the
// number here.
func TestARefusedRowGivesNothingToOthers(t *testing.T) {
	dir := directory(t)
	load(t, dir, open(`{"archive":{"version":1}}
{"group":{"kind":"g.a","id":1,"uid":"here","key":"administrators"}}
{"user":{"id":5,"username":"carl"}}
{"end":{}}
`), archive.ImportOptions{})
	const source = `{"archive":{"version":1}}
{"group":{"kind":"g.a","id":1,"uid":"there","key":"guests"}}
{"group":{"kind":"g.a","id":2,"uid":"b","key":"b"}}
{"user":{"id":5,"username":"bob"}}
{"user":{"id":6,"username":"ann"}}
{"membership":{"kind":"g.a","user":5,"group":2}}
{"membership":{"kind":"g.a","user":6,"group":1}}
{"membership":{"kind":"g.a","user":6,"group":2}}
{"record":{"kind":"r/a","key":"k","owner":5}}
{"end":{}}
`
	want := []string{"2 group g.a 1 refused: id taken", "3 group g.a 2 added", "4 bob refused: id taken", "5 ann added",
		"6 membership g.a 0 refused: the row of the user 5 was refused", "7 membership g.a 0 refused: the row of the group 1 was refused",
		"8 membership g.a 0 added", "9 record r/a 0 refused: the row of the user 5 was refused"}
	for _, opts := range []archive.ImportOptions{{Batch: 1, DryRun: true}, {Batch: 1}} {
		if got := load(t, dir, open(source), opts); strings.Join(got, "\n") != strings.Join(want, "\n") {
			t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
	}
	// An import that goes on behind the refused rows knows of them.
	got := load(t, dir, open(source), archive.ImportOptions{After: 5})
	if want := []string{want[4], want[5], "8 membership g.a 0 unchanged", want[7]}; strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("resumed: got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}
