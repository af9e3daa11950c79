package main

import (
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/dragoman-gateway/dragoman/core"
)

// audited is a line of the audit.
type audited struct {
	Event, Outcome, Caller, Dialect, Operation, Address string
	Request                                             string `json:"request_id"`
	User                                                int64
	Changes                                             []core.Change
}

func readAudit(t testing.TB, file string) (lines []audited, text string) {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(b)) {
		var a audited
		if err := json.Unmarshal([]byte(line), &a); err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		lines = append(lines, a)
	}
	return lines, string(b)
}

// brief is what a test compares of a line.
func (a audited) brief() string {
	parts := []string{a.Event, a.Outcome, a.Caller, a.Dialect, a.Operation}
	for _, c := range a.Changes {
		if c.Kind == "user" {
			parts = append(parts, c.Action+"("+strings.Join(c.Fields, " ")+")")
		}
	}
	return strings.Join(parts, ", ")
}

func TestTheAuditNamesWhoDidWhat(t *testing.T) {
	file := filepath.Join(t.TempDir(), "audit.jsonl")
	dsn := dbIn(t)
	g := start(t, "--store", dsn, "--seed", writeFile(t, "seed.yaml", devSeed), "--audit", file)
	before, _ := readAudit(t, file)
	json := append(jsonBody, admin...)
	g.do(t, "POST", "/users.json", `{"user":{"login":"joe","email":"joe@corp.example","password":"joes-secret","role_ids":[2]}}`, json...)
	g.do(t, "GET", "/users.json", "", admin...)
	g.do(t, "PUT", "/users/3.json", `{"user":{"first_name":"Joseph"}}`, json...)
	g.do(t, "PUT", "/users/1.json", `{"user":{"email":"evil@corp.example"}}`, append(jsonBody, "Authorization", basic("joe:joes-secret"))...)
	g.do(t, "PATCH", "/v1.1/instances/main/users/1/", `{"password":"public-key-pass"}`, append(jsonBody, "X-API-KEY", seedAPIKey)...)
	g.do(t, "GET", "/profile.json", "", "Authorization", basic("joe:wrong-secret"))
	g.do(t, "GET", "/profile.json", "", "Authorization", basic("stranger:their-secret"))
	operate(t, dsn, "", "user", "disable", "joe")
	lines, text := readAudit(t, file)
	want := []string{
		"login, done, user main/1, onapp, users.create",
		"change, done, user main/1, onapp, users.create, add(uid username email password enabled onapp), change(syncano.user_key syncano)",
		"change, done, user main/1, onapp, users.update, change(name)",
		"login, done, user main/3, onapp, users.update",
		"change, refused, user main/3, onapp, users.update",
		"change, refused, client, syncano, users.patch",
		"login, wrong, anonymous, onapp, profile.show",
		"change, done, operator, onapp, profile.show, change(onapp)",
		"login, wrong, anonymous, onapp, profile.show",
		"change, done, operator, command, DisableUser, change(enabled syncano.user_key)",
	}
	var got []string
	for _, a := range lines[len(before):] {
		got = append(got, a.brief())
		if a.Dialect != "command" && (a.Request == "" || !strings.HasPrefix(a.Address, "127.0.0.1:")) {
			t.Errorf("without request or address: %+v", a)
		}
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	for _, secret := range []string{"secret", "public-key-pass", seedAPIKey, "example", "Joseph", "$argon2"} {
		if strings.Contains(text, secret) {
			t.Errorf("the audit has %q", secret)
		}
	}
	if info, err := os.Stat(file); err != nil || info.Mode() != fs.FileMode(0o600) {
		t.Errorf("%v, %v", info, err)
	}
}

func TestARequiredAuditThatCannotBeWrittenRefusesChanges(t *testing.T) {
	if _, err := os.Stat("/dev/full"); err != nil {
		t.Skip("there is no /dev/full on this system")
	}
	for _, required := range []bool{false, true} {
		dsn := dbIn(t)
		start(t, "--store", dsn, "--seed", writeFile(t, "seed.yaml", devSeed)).end(t)
		flags := []string{"--store", dsn, "--audit", "/dev/full"}
		want := 201
		if required {
			flags, want = append(flags, "--audit-required"), 503
		}
		g := start(t, flags...)
		got := g.do(t, "POST", "/users.json", `{"user":{"login":"joe","email":"joe@corp.example","password":"changeme3"}}`, append(jsonBody, admin...)...)
		if read := g.do(t, "GET", "/users.json", "", admin...); read.status != 200 {
			t.Errorf("reading: %d", read.status)
		}
		g.end(t) // so that the log is written
		if got.status != want || strings.Count(g.log.String(), "its lines wait in memory") != 1 {
			t.Errorf("%d, want %d: %s", got.status, want, g.log)
		}
	}
	if code, _, log := once(t, "serve", "--audit-required", "--listen", "127.0.0.1:0", "--store", dbIn(t)); code != exitUsage || !strings.Contains(log, "--audit") {
		t.Errorf("exit %d: %s", code, log)
	}
}
