package main

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/dragoman-gateway/dragoman/store/storetest/pgtest"
)

// runCommand runs the program and returns its exit code and what it wrote.
func runCommand(t *testing.T, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	code = run(context.Background(), args, nil, &out, &errs)
	return code, out.String(), errs.String()
}

const tableOfUsers = `login,mail,password_hash,enabled
ada,ada@example.com,$2a$04$abcdefghijklmnopqrstuuN2JKqPMhdoGUpRDPpYbPMEQH6gaMyIS,1
bob,bob@example.com,,0
ada,twice@example.com,,1
`

func TestMoveInAndOut(t *testing.T) {
	dir := t.TempDir()
	in := func(name string) string { return filepath.Join(dir, name) }
	if err := os.WriteFile(in("users.csv"), []byte(tableOfUsers), 0o600); err != nil {
		t.Fatal(err)
	}
	importing := []string{"import", in("users.csv"), "--store", "sqlite:" + in("a.db"), "--column", "login=username", "--column", "mail=email",
		"--report", in("report"), "--rejects", in("rejects.csv")}
	code, _, said := runCommand(t, append(importing, "--dry-run")...)
	if code != exitFailed || !strings.Contains(said, "users.csv: would be: 2 added, 0 updated, 0 unchanged, 0 skipped, 1 refused") {
		t.Fatalf("dry run: %d, %s", code, said)
	}
	if made, err := filepath.Glob(in("a.db*")); len(made) > 0 || err != nil {
		t.Errorf("the dry run made %q, %v", made, err)
	}
	code, _, said = runCommand(t, importing...)
	if code != exitFailed || !strings.Contains(said, "line 4: ada: refused: the user exists and differs") {
		t.Fatalf("import: %d, %s", code, said)
	}
	if got, want := contents(t, in("rejects.csv")), "login,mail,password_hash,enabled\nada,twice@example.com,,1\n"; got != want {
		t.Errorf("rejects: %q", got)
	}
	if got := contents(t, in("report")); !strings.Contains(got, `{"row":3,"user":"bob","verdict":"added"}`+"\n") {
		t.Errorf("report: %s", got)
	}
	for _, step := range [][]string{
		{"export", in("a.jsonl.gz"), "--store", "sqlite:" + in("a.db")},
		{"import", in("a.jsonl.gz"), "--store", "sqlite:" + in("b.db")},
		{"import", in("a.jsonl.gz"), "--store", "sqlite:" + in("b.db")},
	} {
		if code, _, said := runCommand(t, step...); code != exitOK {
			t.Fatalf("%v: %d, %s", step, code, said)
		}
	}
	var texts [2]string
	for i, name := range []string{"a.db", "b.db"} {
		code, out, said := runCommand(t, "export", "--store", "sqlite:"+in(name))
		if code != exitOK {
			t.Fatalf("export: %d, %s", code, said)
		}
		_, texts[i], _ = strings.Cut(out, "\n")
	}
	if texts[0] != texts[1] || !strings.Contains(texts[0], `"enabled":false`) {
		t.Errorf("the copies differ:\n%s\n%s", texts[0], texts[1])
	}
}

func TestACutArchiveChangesNothing(t *testing.T) {
	file, db := filepath.Join(t.TempDir(), "cut.jsonl"), "sqlite:"+filepath.Join(t.TempDir(), "a.db")
	if err := os.WriteFile(file, []byte("{\"archive\":{\"version\":1}}\n{\"user\":{\"username\":\"a\"}}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	code, _, said := runCommand(t, "import", file, "--store", db)
	if code != exitFailed || !strings.Contains(said, "the archive is cut") {
		t.Errorf("%d, %s", code, said)
	}
	if _, out, _ := runCommand(t, "export", "--store", db); strings.Contains(out, `"username"`) {
		t.Error("users of a cut archive were imported")
	}
}

// A file that ends too early, or is empty, is said to be so, with its name.
func TestFilesThatEndTooEarlyAreSaid(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ text, words string }{
		"line.jsonl":  {"{\"archive\":{\"version\":1}}\n{\"user\":{\"user", "line 3: the archive is cut"},
		"empty.jsonl": {"", "line 1: the archive is cut"},
		"empty.csv":   {"", "empty.csv: line 1: there are no headings"},
	} {
		file := writeFile(t, name, c.text)
		code, _, said := runCommand(t, "import", file, "--store", dbIn(t))
		if code != exitFailed || !strings.Contains(said, c.words) {
			t.Errorf("%s: %d, %s", name, code, said)
		}
	}
}

// A realm that an archive does not have is said, rather than nothing imported in silence.
func TestARealmThatTheArchiveLacksIsSaid(t *testing.T) {
	t.Parallel()
	file := writeFile(t, "a.jsonl", "{\"archive\":{\"version\":1}}\n{\"user\":{\"username\":\"a\"}}\n{\"end\":{}}\n")
	for realm, want := range map[string]int{"main": exitOK, "mian": exitFailed} {
		code, _, said := runCommand(t, "import", file, "--realm", realm, "--store", dbIn(t))
		if code != want || want != exitOK && !strings.Contains(said, "nothing in it is of the realm mian") {
			t.Errorf("%s: %d, %s", realm, code, said)
		}
	}
}

func TestAQueryIsASource(t *testing.T) {
	source := filepath.Join(t.TempDir(), "source.db")
	db, err := openDatabase("sqlite:" + source)
	if err != nil {
		t.Fatal(err)
	}
	_ = db.Close()
	fillSource(t, source)
	code, out, said := runCommand(t, "import", "--from", "sqlite:"+source, "--store", "sqlite:"+filepath.Join(t.TempDir(), "a.db"),
		"--query", "select no as id, login as username, 1 - suspended as enabled, made as created_at from people order by no")
	if code != exitOK || !strings.Contains(said, "2 added") {
		t.Errorf("%d, %s%s", code, out, said)
	}
}

func TestImportSaysHowItIsUsed(t *testing.T) {
	for _, args := range [][]string{{"import"}, {"import", "a.csv", "--from", "sqlite:x"}, {"import", "a.csv", "--batch", "0"}, {"import", "--from", "oracle:x", "--query", "select 1"}} {
		if code, _, said := runCommand(t, args...); code != exitUsage {
			t.Errorf("%v: exit code %d, %s", args, code, said)
		}
	}
}

func fillSource(t *testing.T, path string) {
	t.Helper()
	db, err := sql.Open("sqlite3", path)
	if err != nil {
		t.Fatal(err)
	}
	_, err = db.Exec(`create table people (no integer, login text, suspended integer, made datetime);
		insert into people values (7, 'ada', 0, '2020-01-02 03:04:05'), (9, 'bob', 1, null)`)
	if err := errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
}

// contents reads a file outside of the project.
func contents(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// The commands of the document on moving do what they say.
func TestTheDocumentMovesInAndOut(t *testing.T) {
	chapters, _, found := strings.Cut(readFile(t, "cmd/dragoman/MIGRATION.md"), "\n## Mapped fields\n")
	if !found || !strings.Contains(chapters, "\n## Move in\n") || !strings.Contains(chapters, "\n## Move out\n") {
		t.Fatal("MIGRATION.md has no chapters \"Move in\" and \"Move out\"")
	}
	t.Chdir(t.TempDir())
	if err := os.WriteFile("users.csv", []byte(blocks(chapters, "csv")[0]), 0o600); err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("sqlite3", "old.db")
	if err != nil {
		t.Fatal(err)
	}
	_, err = db.Exec(`create table members (id integer, login text, suspended integer); insert into members values (70, 'carl', 0)`)
	if err := errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
	commands := strings.Split(strings.TrimSpace(strings.Join(blocks(chapters, "sh"), "")), "\n")
	vendor := startSeeded(t)
	writeHere(t, "password.txt", seedPassword)
	writeHere(t, "token.txt", seedToken)
	writeHere(t, "account-key.txt", seedAccountKey)
	for _, line := range commands {
		line = strings.Replace(line, "https://auth.econtext.ai", vendor.base, 1)
		line = strings.Replace(line, "https://api.syncano.io", vendor.base, 1)
		line = strings.Replace(line, "https://idp.example.com", vendor.base, 1)
		if code, _, said := runCommand(t, words(line)[1:]...); code != exitOK {
			t.Errorf("%s: exit code %d, %s", line, code, said)
		}
	}
	if len(commands) < 7 {
		t.Errorf("found %q", commands)
	}
	_, out, _ := runCommand(t, "export", "--store", "sqlite:copy.db")
	for _, name := range []string{"ada", "bob", "carl"} {
		if !strings.Contains(out, `"username":"`+name+`"`) {
			t.Errorf("%s was not moved", name)
		}
	}
}

// blocks returns the code blocks of a language.
func blocks(text, language string) (all []string) {
	for _, part := range strings.Split(text, "```"+language+"\n")[1:] {
		code, _, _ := strings.Cut(part, "```")
		all = append(all, code)
	}
	return all
}

// words splits a command at blanks outside of single quotes.
func words(line string) (all []string) {
	for i, part := range strings.Split(line, "'") {
		if i%2 == 1 {
			all = append(all, part)
		} else {
			all = append(all, strings.Fields(part)...)
		}
	}
	return all
}

func TestMoveToPostgreSQLAndBack(t *testing.T) {
	server := pgtest.Start(t, false)
	dir := t.TempDir()
	first, middle, last := "sqlite:"+filepath.Join(dir, "a.db"), server.DSN(t), "sqlite:"+filepath.Join(dir, "b.db")
	if code, _, said := runCommand(t, "import", filepath.Join(root, "testdata/archives/v1.jsonl"), "--store", first); code != exitOK {
		t.Fatal(said)
	}
	for _, step := range [][2]string{{first, middle}, {middle, last}} {
		code, out, said := runCommand(t, "move", "--store", step[0], "--to", step[1])
		if code != exitOK || !strings.Contains(out, "moved 1 realms, 1 groups, 2 users, 1 memberships and 1 records") {
			t.Fatalf("exit code %d, %s%s", code, out, said)
		}
	}
	if code, _, said := runCommand(t, "move", "--store", first, "--to", last); code != exitFailed || !strings.Contains(said, "store is not empty") {
		t.Errorf("into a store that is not empty: exit code %d, %s", code, said)
	}
	_, out, _ := runCommand(t, "export", "--store", last)
	_, got, _ := strings.Cut(out, "\n")
	if _, want, _ := strings.Cut(readFile(t, "testdata/archives/v1.jsonl"), "\n"); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// A panel with a key of its own gives it to the import.
func TestThePanelsOwnKeyIsGivenToTheImport(t *testing.T) {
	table := writeFile(t, "users.csv", "username,password_hash,password_salt\nada,"+strings.Repeat("ab", 20)+",salt\n")
	db := dbIn(t)
	if code, _, said := runCommand(t, "import", table, "--store", db, "--onapp-authentication-key", "our-own"); code != exitOK {
		t.Fatal(said)
	}
	_, out, _ := runCommand(t, "export", "--store", db)
	if want := `"password_hash":"onapp_sha1$salt$our-own$` + strings.Repeat("ab", 20) + `"`; !strings.Contains(out, want) {
		t.Errorf("got %s, want %s", out, want)
	}
}

// What a seed has applied is remembered in the copy of a store, too: it is not given
// back after the move.
func TestASeedStaysAppliedInACopy(t *testing.T) {
	first, second := dbIn(t), dbIn(t)
	seed := writeFile(t, "seed.yaml", "users: [{username: ada, password: changeme1}]\n")
	start(t, "--store", first, "--seed", seed).end(t)
	if code, _, said := runCommand(t, "move", "--store", first, "--to", second); code != exitOK {
		t.Fatal(said)
	}
	rename := writeFile(t, "users.csv", "uid,username\n"+uidIn(t, second, "ada")+",renamed\n")
	if code, _, said := runCommand(t, "import", rename, "--store", second, "--on-conflict", "update"); code != exitOK {
		t.Fatal(said)
	}
	start(t, "--store", second, "--seed", seed).end(t)
	if _, out, _ := runCommand(t, "export", "--store", second); strings.Contains(out, `"username":"ada"`) {
		t.Errorf("the seed created ada again:\n%s", out)
	}
}

func uidIn(t *testing.T, store, name string) string {
	t.Helper()
	_, users, _ := runCommand(t, "export", "--format", "csv", "--store", store)
	return uidOf(t, users, name)
}

// An export in SCIM's form has a line for each user and group.
func TestExportInTheFormOfSCIM(t *testing.T) {
	dir := t.TempDir()
	store, file := "sqlite:"+filepath.Join(dir, "a.db"), filepath.Join(dir, "out.jsonl")
	if err := os.WriteFile(filepath.Join(dir, "in.jsonl"), []byte(`{"archive":{"version":1}}
{"group":{"kind":"scim.group","id":1,"uid":"g1","key":"staff","name":"Staff"}}
{"user":{"uid":"u1","username":"ada","given_name":"Ada","email":"ada@example.com","groups":{"scim.group":["staff"]}}}
{"user":{"uid":"u2","username":"bob","enabled":false}}
{"end":{}}
`), 0o600); err != nil {
		t.Fatal(err)
	}
	if code, _, said := runCommand(t, "import", filepath.Join(dir, "in.jsonl"), "--store", store); code != exitOK {
		t.Fatal(said)
	}
	code, _, said := runCommand(t, "export", "--format", "scim", file, "--store", store)
	if code != exitOK || !strings.Contains(said, "exported 2 users and 1 groups; SCIM shows no passwords") {
		t.Fatalf("%d, %s", code, said)
	}
	lines := strings.Split(contents(t, file), "\n")
	for i, want := range []string{
		`{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"id":"u1","userName":"ada","name":{"formatted":"Ada","givenName":"Ada"},"active":true,` +
			`"emails":[{"value":"ada@example.com","type":"work","primary":true}],"groups":[{"value":"g1","$ref":"/scim/v2/Groups/g1","display":"Staff","type":"direct"}],`,
		`{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"id":"u2","userName":"bob","active":false,"meta":`,
		`{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"id":"g1","displayName":"Staff","members":[{"value":"u1","$ref":"/scim/v2/Users/u1","type":"User"}],`,
	} {
		if !strings.HasPrefix(lines[i], want) {
			t.Errorf("line %d: %s\nwant %s", i+1, lines[i], want)
		}
	}
	if code, _, said := runCommand(t, "export", "--format", "scim", "--realm", "a", "--realm", "b", file, "--store", store); code == exitOK {
		t.Error(said)
	}
}

// writeHere writes a file of the working directory.
func writeHere(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
