package archive_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/core/archive"
	"github.com/dragoman-gateway/dragoman/core/coretest"
	"github.com/dragoman-gateway/dragoman/store"
)

const bcrypt = "$2a$04$abcdefghijklmnopqrstuuN2JKqPMhdoGUpRDPpYbPMEQH6gaMyIS"

// directory returns a directory on an empty store.
func directory(t interface {
	Fatal(...any)
	Cleanup(func())
}) *core.Directory {
	s, err := store.Open(context.Background(), "sqlite::memory:")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return core.New(core.Config{Store: s, Now: coretest.NewClock().Now, Rand: coretest.Rand(1), Hash: coretest.CheapHash})
}

// fill stores one object of each sort, with all that an archive must keep.
func fill(t *testing.T, dir *core.Directory) {
	t.Helper()
	err := dir.Update(context.Background(), core.Operator(), func(tx *core.Tx) error {
		u := &core.User{
			Realm: "main", ID: 700, Username: "Ünal", Email: "U@example.com", Password: bcrypt,
			Name: core.Name{Formatted: "<Ü & Co>", Given: "Ü", Family: "nal"}, EnabledUntil: coretest.Start.Add(time.Hour),
			CreatedAt: coretest.Start.Add(-time.Hour), DeletedAt: coretest.Start, Revision: 9,
			Attributes: core.Attributes{{Name: "b", Value: `1.0`}, {Name: "a", Value: `{"x":"<\u2028>"}`}},
			Handles:    []core.Handle{{Kind: "k", Value: "1"}, {Kind: "k", Value: "2"}},
			Facets:     core.Facets{{Dialect: "z", Doc: core.NewDocument([]byte(`{"b":1,"a":[]}`))}, {Dialect: "a", Doc: core.NewDocument([]byte("{ \"b\": 1 }"))}},
		}
		v := &core.User{Realm: "main", Username: "plain", Enabled: true, Attributes: core.Attributes{{Name: "spaced", Value: "{\n \"x\": 1}"}}}
		g := &core.Group{Realm: "main", Kind: "g.b", ID: 5, Key: "key", Name: "name", Parent: 3, Body: core.NewDocument([]byte("\xff\x00"))}
		m := core.Membership{Realm: "main", Kind: "g.b", ID: 40, Group: 5}
		r := &core.Record{Realm: "main", Kind: "r/x", ID: 8, Owner: 700, Revision: 3, Body: core.NewDocument([]byte(`"text"`))}
		for _, do := range []func() error{
			func() error { return tx.ImportUser(u) },
			func() error { return tx.ImportUser(v) },
			func() error { return tx.ImportGroup(g) },
			func() error { m.User = v.ID; return tx.ImportMembership(&m) },
			func() error { return tx.ImportRecord(r) },
			func() error { return tx.RaiseCounter("main", core.Counter{Name: "group:g.b", Next: 90}) },
		} {
			if err := do(); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func export(t testing.TB, dir *core.Directory, opts archive.ExportOptions) string {
	t.Helper()
	var b bytes.Buffer
	if _, err := archive.Export(context.Background(), dir, func() (io.Writer, error) { b.Reset(); return &b, nil }, opts); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func open(text string) func() (archive.Source, error) {
	return func() (archive.Source, error) { return archive.NewReader(strings.NewReader(text)) }
}

func csvOf(text string) func() (archive.Source, error) {
	return func() (archive.Source, error) {
		rows, err := archive.NewCSV(strings.NewReader(text), ',')
		if err != nil {
			return nil, err
		}
		return archive.NewTable(rows, archive.TableOptions{})
	}
}

// load imports and returns what the report says of each row.
func load(t testing.TB, dir *core.Directory, source func() (archive.Source, error), opts archive.ImportOptions) (report []string) {
	t.Helper()
	opts.Report = func(o archive.Outcome) error {
		report = append(report, strings.TrimRight(fmt.Sprintf("%d %s%s %s: %s", o.Row, o.User, o.Object, o.Verdict, o.Reason), ": "))
		return nil
	}
	if _, err := archive.NewImporter(dir, opts).Run(context.Background(), source); err != nil {
		t.Fatal(err)
	}
	return report
}

// body is an archive without its first line.
func body(text string) string { _, rest, _ := strings.Cut(text, "\n"); return rest }

func TestAnArchiveGivesTheSameBytesAgain(t *testing.T) {
	from, to := directory(t), directory(t)
	fill(t, from)
	first := export(t, from, archive.ExportOptions{})
	if err := archive.Verify(strings.NewReader(first)); err != nil {
		t.Fatal(err)
	}
	for _, r := range load(t, to, open(first), archive.ImportOptions{Batch: 1}) {
		if !strings.HasSuffix(r, "added") {
			t.Errorf("imported into an empty store: %s", r)
		}
	}
	if diff := cmp.Diff(body(first), body(export(t, to, archive.ExportOptions{}))); diff != "" {
		t.Errorf("the second archive differs:\n%s", diff)
	}
	for _, r := range load(t, to, open(first), archive.ImportOptions{}) {
		if !strings.HasSuffix(r, "unchanged") {
			t.Errorf("imported again: %s", r)
		}
	}
}

func TestEveryReleasedVersionIsRead(t *testing.T) {
	text, err := os.ReadFile("../../testdata/archives/v1.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	dir := directory(t)
	load(t, dir, open(string(text)), archive.ImportOptions{})
	if diff := cmp.Diff(body(string(text)), body(export(t, dir, archive.ExportOptions{}))); diff != "" {
		t.Error(diff)
	}
}

func TestDamagedArchivesAreRefusedWhole(t *testing.T) {
	dir := directory(t)
	fill(t, dir)
	good := export(t, dir, archive.ExportOptions{})
	lines := strings.SplitAfter(good, "\n")
	swapped := strings.Join(append([]string{lines[0], lines[2], lines[1]}, lines[3:]...), "")
	for name, c := range map[string]struct {
		text string
		want error
	}{
		"cut at a line":      {strings.Join(lines[:4], ""), archive.ErrCut},
		"without a line":     {strings.Join(append(lines[:2:2], lines[3:]...), ""), archive.ErrEdited},
		"edited":             {strings.Replace(good, "plain", "plaim", 1), archive.ErrEdited},
		"reordered":          {swapped, archive.ErrEdited},
		"with more behind":   {good + "x\n", archive.ErrEdited},
		"of a newer version": {strings.Replace(good, `"version":1`, fmt.Sprintf(`"version":%d`, archive.Version+1), 1), archive.ErrNewer},
	} {
		if err := archive.Verify(strings.NewReader(c.text)); !errors.Is(err, c.want) {
			t.Errorf("%s: got %v, want %v", name, err, c.want)
		}
	}
	if err := archive.Verify(strings.NewReader(good[:len(good)/2])); err == nil {
		t.Error("an archive cut within a line was taken")
	}
}

func TestWithoutPasswordsThereIsNoHash(t *testing.T) {
	dir := directory(t)
	fill(t, dir)
	if text := export(t, dir, archive.ExportOptions{WithoutPasswords: true}); strings.Contains(text, bcrypt) || !strings.Contains(text, "plain") {
		t.Errorf("got %s", text)
	}
}

func TestOnlyTheRealmsAskedForAreExported(t *testing.T) {
	dir := directory(t)
	fill(t, dir)
	load(t, dir, open(`{"archive":{"version":1}}
{"user":{"realm":"other","username":"elsewhere"}}
{"end":{}}
`), archive.ImportOptions{})
	if text := export(t, dir, archive.ExportOptions{Realms: []core.Realm{"other"}}); strings.Contains(text, "plain") || !strings.Contains(text, "elsewhere") {
		t.Errorf("got %s", text)
	}
	_, err := archive.Export(context.Background(), dir, func() (io.Writer, error) { return io.Discard, nil },
		archive.ExportOptions{Realms: []core.Realm{"missing"}})
	if err == nil {
		t.Error("a realm that does not exist was exported")
	}
}

func TestEachRowGetsAVerdict(t *testing.T) {
	dir := directory(t)
	fill(t, dir)
	text := `{"archive":{"version":1}}
{"user":{"username":"new","groups":{"g.b":["key"]}}}
{"user":{"id":700,"username":"other"}}
{"user":{"username":"PLAIN","email":"x@example.com"}}
{"user":{"username":"hash","password_hash":"nonsense"}}
{"user":{"email":"nameless@example.com"}}
{"user":{"username":"strange","nickname":"?"}}
{"user":{"username":"lost","groups":{"g.b":["nowhere"]}}}
{"membership":{"kind":"g.b","user":99999,"group":5}}
{"record":{"kind":"r/x","id":8,"body":"other"}}
{"group":{"kind":"g.b","id":6,"key":"key"}}
not JSON
{"end":{}}
`
	want := []string{
		"2 new added",
		"3 other refused: id taken",
		"4 PLAIN refused: the user exists and differs",
		"5 hash refused: password malformed: the password hash is of no known scheme, or its cost is out of bounds",
		"6  refused: username required",
		`7  refused: json: unknown field "nickname"`,
		`8 lost refused: the group g.b "nowhere" does not exist`,
		"9 membership g.b 0 refused: the user 99999 or the group 5 does not exist",
		"10 record r/x 8 refused: the record exists and differs",
		"11 group g.b 6 refused: the group exists with the number 5",
		"12  refused: invalid character 'o' in literal null (expecting 'u')",
	}
	if diff := cmp.Diff(want, load(t, dir, open(text), archive.ImportOptions{})); diff != "" {
		t.Error(diff)
	}
}

// A name that is another user's address, or the reverse, would log in one of the two
// only by chance.
func TestNamesThatMeanTwoUsersAreRefused(t *testing.T) {
	text := "username,email\nada,ada@example.com\nada@example.com,\nbob,ADA\n"
	want := []string{"2 ada added", "3 ada@example.com refused: username taken", "4 bob refused: email taken"}
	if diff := cmp.Diff(want, load(t, directory(t), csvOf(text), archive.ImportOptions{})); diff != "" {
		t.Error(diff)
	}
	if got := load(t, directory(t), csvOf(text), archive.ImportOptions{KeepNames: true}); !strings.HasSuffix(got[1], "added") {
		t.Errorf("a store is not moved as it is: %q", got)
	}
}

// The same holds for an address that a mapped attribute gives.
func TestMappedAddressesThatMeanTwoUsersAreRefused(t *testing.T) {
	got := load(t, directory(t), csvOf("username,attributes.mail\nada@example.com,\nbob,ada@example.com\ncyd,cyd@example.com\n"), archive.ImportOptions{
		Prepare: func(tx *core.Tx) error {
			return core.AddMapping(tx, core.MainRealm, core.Mapping{Attribute: "mail", Field: core.MapEmail})
		},
	})
	want := []string{"2 ada@example.com added", "3 bob refused: email taken", "4 cyd added"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestConflictsAreSolvedAsAsked(t *testing.T) {
	text := "username,email,enabled\nplain,new@example.com,false\n"
	for conflict, want := range map[archive.Conflict]string{
		archive.Refuse: "2 plain refused: the user exists and differs", archive.Skip: "2 plain skipped", archive.Update: "2 plain updated",
	} {
		dir := directory(t)
		fill(t, dir)
		if got := load(t, dir, csvOf(text), archive.ImportOptions{OnConflict: conflict}); !cmp.Equal(got, []string{want}) {
			t.Errorf("%s: %q", conflict, got)
		}
		u := user(t, dir, "plain")
		if changed := u.Email == "new@example.com" && !u.Enabled; changed != (conflict == archive.Update) {
			t.Errorf("%s: %+v", conflict, u)
		}
		if v, _ := u.Attributes.Get("spaced"); v == "" {
			t.Errorf("%s: what the row does not have is gone", conflict)
		}
	}
}

func user(t testing.TB, dir *core.Directory, name string) (u *core.User) {
	t.Helper()
	err := dir.View(context.Background(), func(tx *core.Tx) (err error) {
		u, err = tx.UserIncludingDeleted(core.ByUsername("main", name))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func TestANewNumberReachesMembershipsAndRecords(t *testing.T) {
	dir := directory(t)
	fill(t, dir)
	load(t, dir, open(`{"archive":{"version":1}}
{"user":{"id":700,"username":"other"}}
{"membership":{"kind":"g.b","user":700,"group":5}}
{"record":{"kind":"r/y","id":1,"owner":700}}
{"end":{}}
`), archive.ImportOptions{Renumber: true, Batch: 1})
	u := user(t, dir, "other")
	if u.ID == 700 {
		t.Fatal("the number of another user was given again")
	}
	err := dir.View(context.Background(), func(tx *core.Tx) error {
		list, err := tx.Memberships(core.MembershipQuery{Realm: "main", Users: []int64{u.ID}})
		if err != nil || len(list) != 1 {
			t.Errorf("memberships: %v, %v", list, err)
		}
		r, err := tx.Record(core.RecordRef{Realm: "main", Kind: "r/y", ID: 1})
		if err == nil && r.Owner != u.ID {
			t.Errorf("the record belongs to %d", r.Owner)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestATableBringsEveryField(t *testing.T) {
	dir := directory(t)
	fill(t, dir)
	text := "\xef\xbb\xbf" + `id,uid,username,email,password_hash,given_name,family_name,name,enabled,enabled_until,created_at,updated_at,password_changed_at,attributes.city,attributes.n,handles.k.key,groups.g.b,facets.onapp.locale,facets.onapp.n
77,uid-77,bob,bob@example.com,` + bcrypt + `,Bob,B,,no,2030-01-01,2020-02-03 04:05:06.5,2021-01-01T00:00:00Z,2021-01-01T01:00:00+01:00,"Oslo, N",12,key-1,key; name,de,3
`
	if got := load(t, dir, csvOf(text), archive.ImportOptions{}); !cmp.Equal(got, []string{"2 bob added"}) {
		t.Fatal(got)
	}
	line := export(t, dir, archive.ExportOptions{})
	want := `{"user":{"realm":"main","id":77,"uid":"uid-77","username":"bob","email":"bob@example.com","given_name":"Bob","family_name":"B","password_hash":"` + bcrypt + `","enabled":false,"enabled_until":"2030-01-01T00:00:00Z","created_at":"2020-02-03T04:05:06.5Z","updated_at":"2021-01-01T00:00:00Z","password_changed_at":"2021-01-01T00:00:00Z","revision":1,"attributes":{"city":"Oslo, N","n":12},"handles":[{"kind":"k.key","value":"key-1"}],"facets":[{"dialect":"onapp","body":{"locale":"de","n":3}}]}}`
	if !strings.Contains(line, want) {
		t.Errorf("got\n%s\nwant\n%s", line, want)
	}
}

// Python and Ruby write a capital Σ at the end of a word differently in lower case.
func TestNamesInPythonsAndRubysLowerCaseAreFound(t *testing.T) {
	dir := directory(t)
	got := load(t, dir, csvOf("username\nνικος\nοδυσσευσ\ni\u0307lker\nilker\nνικοσ\n"), archive.ImportOptions{})
	want := []string{"2 νικος added", "3 οδυσσευσ added", "4 i\u0307lker added", "5 ilker added", "6 νικοσ refused: the user exists and differs"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	for typed, want := range map[string]string{"ΝΙΚΟΣ": "νικος", "Οδυσσευς": "οδυσσευσ", "İLKER": "i\u0307lker", "ILKER": "ilker"} {
		if got := user(t, dir, typed).Username; got != want {
			t.Errorf("%s is %s, want %s", typed, got, want)
		}
	}
}

func TestBadTablesAreRefusedWithThePlace(t *testing.T) {
	for text, want := range map[string]string{
		"":                                "line 1: there are no headings",
		"username,nick\na,b\n":            `line 1: column 2: "nick" is not a field`,
		"username,email,email\n":          `line 1: column 3: the field "email" has two columns`,
		"\xff\xfeu\x00":                   "the file is UTF-16",
		"usern\xe4me\n":                   "line 1 is not UTF-8",
		"username\na\n\"b\" c\n":          "line 3, column 3",
		strings.Repeat("username,", 2000): "columns; 1000 are the most",
	} {
		dir := directory(t)
		_, err := archive.NewImporter(dir, archive.ImportOptions{}).Run(context.Background(), csvOf(text))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.20q: got %v, want %q", text, err, want)
		}
	}
	rows, err := archive.NewCSV(strings.NewReader("username,nick\n"), ',')
	if err == nil {
		_, err = archive.NewTable(rows, archive.TableOptions{Names: map[string]string{"nick": "nickname"}})
	}
	if want := `line 1: column 2: "nickname", which is given for "nick", is not a field`; err == nil || err.Error() != want {
		t.Errorf("a heading with a field that there is not: %v", err)
	}
	got := load(t, directory(t), csvOf("username,id,created_at,enabled\nb\xe4d,1,,\na,x,,\nb,9223372036854775808,,\nc,1099511627776,,\nd,2,yesterday,\ne,3,,maybe\nf,4\n"), archive.ImportOptions{})
	want := []string{
		"2  refused: line 2 is not UTF-8; if the file is Latin-1, convert it with: iconv -f LATIN1 -t UTF-8",
		`3  refused: column 2 (id): "x" is not a number from 1 to 9223372036854775807`,
		`4  refused: column 2 (id): "9223372036854775808" is not a number from 1 to 9223372036854775807`,
		"5 c refused: id malformed",
		`6  refused: column 3 (created_at): "yesterday" is not a date such as 2024-05-06T07:08:09Z; without a zone it is UTC`,
		`7  refused: column 4 (enabled): "maybe" is not true or false`,
		"8  refused: 2 columns, but the headings are 4",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestATableExportedIsImportedTheSame(t *testing.T) {
	from, to := directory(t), directory(t)
	fill(t, from)
	table := func(dir *core.Directory) string {
		var b bytes.Buffer
		if _, err := archive.ExportCSV(context.Background(), dir, func() (io.Writer, error) { b.Reset(); return &b, nil }, archive.ExportOptions{}); err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
	load(t, to, open("{\"archive\":{\"version\":1}}\n{\"group\":{\"kind\":\"g.b\",\"key\":\"key\"}}\n{\"end\":{}}\n"), archive.ImportOptions{})
	first := table(from)
	load(t, to, csvOf(first), archive.ImportOptions{})
	if diff := cmp.Diff(first, table(to)); diff != "" {
		t.Error(diff)
	}
}

// A dry run gives the verdicts of the real run, for rows that meet each other too.
func TestADryRunSaysWhatTheRealRunDoes(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		dir := directory(rt)
		var text strings.Builder
		text.WriteString("{\"archive\":{\"version\":1}}\n")
		pick := func(label string, of ...string) string { return rapid.SampledFrom(of).Draw(rt, label) }
		for range rapid.IntRange(1, 12).Draw(rt, "rows") {
			switch rapid.IntRange(0, 5).Draw(rt, "sort") {
			case 0:
				fmt.Fprintf(&text, `{"group":{"kind":"g.a","id":%s,"key":%q}}`+"\n", pick("id", "1", "2"), pick("key", "", "a", "b"))
			case 1:
				fmt.Fprintf(&text, `{"membership":{"kind":"g.a","user":%s,"group":%s}}`+"\n", pick("user", "1", "2", "3"), pick("group", "1", "2"))
			case 2:
				fmt.Fprintf(&text, `{"record":{"kind":"r","id":%s,"key":%q,"owner":%s}}`+"\n", pick("id", "0", "1", "2"), pick("key", "", "a", "1"), pick("owner", "0", "1", "3"))
			default:
				fmt.Fprintf(&text, `{"user":{"id":%s,"username":%q,"email":%q,"uid":%q}}`+"\n", pick("id", "0", "1", "2", "3"),
					pick("name", "", "a", "A", "b", "c"), pick("email", "", "", "a@x", "b@x"), pick("uid", "u1", "u2", "u3"))
			}
		}
		text.WriteString("{\"end\":{}}\n")
		opts := archive.ImportOptions{
			OnConflict: archive.Conflict(pick("conflict", "refuse", "skip", "update")), Match: pick("match", "", "id", "uid", "username", "email"),
			Renumber: rapid.Bool().Draw(rt, "renumber"), Batch: rapid.IntRange(1, 4).Draw(rt, "batch"),
		}
		before := export(t, dir, archive.ExportOptions{})
		dry := opts
		dry.DryRun = true
		expected := load(t, dir, open(text.String()), dry)
		if diff := cmp.Diff(body(before), body(export(t, dir, archive.ExportOptions{}))); diff != "" {
			rt.Fatalf("the dry run changed something:\n%s", diff)
		}
		if diff := cmp.Diff(expected, load(t, dir, open(text.String()), opts)); diff != "" {
			rt.Fatalf("dry and real run differ:\n%s\n%s", diff, text.String())
		}
	})
}

func TestOnlyTheOperatorTransfers(t *testing.T) {
	dir := directory(t)
	err := dir.Update(context.Background(), core.Actor{}, func(tx *core.Tx) error {
		return tx.ImportUser(&core.User{Realm: "main", Username: "x"})
	})
	if core.KindOf(err) != core.Forbidden {
		t.Errorf("got %v, want Forbidden", err)
	}
}

// lines is a source that is not a file.
type lines []*archive.Line

func (l *lines) Next() (*archive.Line, int, error) {
	if len(*l) == 0 {
		return nil, 0, io.EOF
	}
	first := (*l)[0]
	*l = (*l)[1:]
	return first, 0, nil
}

// A source that knows no numbers names users and groups by UID, and its refused lines
// can be read again as an archive.
func TestLinesWithoutNumbers(t *testing.T) {
	dir := directory(t)
	var all lines
	add := func(l *archive.Line, err error) {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, l)
	}
	add(archive.UserLine(&core.User{UID: "u", Username: "ann"}))
	add(archive.GroupLine(&core.Group{Kind: "x.g", UID: "g", Name: "staff"}))
	add(archive.MembershipLine(archive.Membership{Kind: "x.g", UserUID: "u", GroupUID: "g"}))
	add(archive.MembershipLine(archive.Membership{Kind: "x.g", UserUID: "nobody", GroupUID: "g"}))
	add(archive.MembershipLine(archive.Membership{Kind: "x.g", UserUID: "u", GroupUID: "none"}))
	add(archive.RecordLine(&core.Record{Kind: "x.r", Key: "k"}))
	var rejects []string
	opts := archive.ImportOptions{Report: func(o archive.Outcome) error {
		if o.Verdict == archive.Refused {
			rejects = append(rejects, string(o.Source)+o.Reason)
		}
		return nil
	}}
	summary, err := archive.NewImporter(dir, opts).Run(context.Background(), func() (archive.Source, error) { return &all, nil })
	if err != nil || summary[archive.Added] != 4 {
		t.Errorf("%v, %v", summary, err)
	}
	want := []string{
		`{"membership":{"kind":"x.g","user_uid":"nobody","group_uid":"g"}}` + "\n" + `the user with the uid "nobody" does not exist`,
		`{"membership":{"kind":"x.g","user_uid":"u","group_uid":"none"}}` + "\n" + `the group with the uid "none" does not exist`,
	}
	if diff := cmp.Diff(want, rejects); diff != "" {
		t.Error(diff)
	}
	if text := export(t, dir, archive.ExportOptions{}); !strings.Contains(text, `{"membership":{"realm":"main","kind":"x.g","id":1,"user":1,"group":1}}`) {
		t.Error(text)
	}
}
