package main

import (
	"database/sql"
	"encoding/json"
	"io/fs"
	"os"
	"strings"
	"testing"

	"github.com/dragoman-gateway/dragoman/core/integrity"
)

func TestAGoodStoreHasNoProblem(t *testing.T) {
	stores(t, func(t *testing.T, dsn string) {
		g := start(t, "--store", dsn, "--seed", writeFile(t, "seed.yaml", devSeed))
		g.do(t, "POST", "/users.json", `{"user":{"login":"joe","email":"joe@corp.example","password":"changeme3","role_ids":[2]}}`, append(jsonBody, admin...)...)
		g.end(t)
		code, out, log := once(t, "check", "--store", dsn)
		if code != 0 || !strings.HasPrefix(out, "no problem in ") || log != "" {
			t.Errorf("exit %d: %s%s", code, out, log)
		}
	})
}

// Each statement breaks one rule that no request can break.
func TestCheckNamesEveryProblem(t *testing.T) {
	dsn := dbIn(t)
	start(t, "--store", dsn, "--seed", writeFile(t, "seed.yaml", devSeed)).end(t)
	db, err := sql.Open("sqlite3", strings.TrimPrefix(dsn, "sqlite:")+"?_foreign_keys=off")
	if err != nil {
		t.Fatal(err)
	}
	main := "(select no from realms where name = 'main')"
	breaks := []struct{ statement, want string }{
		{"update users set username = 'admin@example.com', username_key = 'admin@example.com' where username = 'old'", `user 2 of realm "main": its name is the address of user 1`},
		{"update users set facets = cast('{\"syncano\":\"no facet\"}' as blob) where username = 'admin' and realm = " + main, `user 1 of realm "main": the data of syncano cannot be read`},
		{"update users set revision = 0 where username = 'admin' and realm = " + main, `user 1 of realm "main": its revision is 0`},
		{"update users set password = 'rot13$x' where username = 'admin' and realm = " + main, `user 1 of realm "main": invalid: user: password malformed`},
		{"update sequences set next = 2 where name = 'users' and realm = " + main, `user 2 of realm "main": the counter "users" would give its number again: it is at 2`},
		{"update records set body = cast('no JSON' as blob) where id in (select r.id from records r join kinds k on k.no = r.scope where k.kind = 'syncano.api_key')", `syncano.api_key 1 of realm "main": it cannot be read`},
		{"update handles set lookup = 'another' where kind = 'onapp.api_key'", "store: 1 users are not found by all of their names and keys, or by others: numbers 1"},
		{"insert into handles (realm, kind, lookup, holder) values (1, 'x', 'y', 99)", "store: 1 handles of users who do not exist"},
		{"insert into memberships (id, member, grouping) select max(id) + 1, 99, 98 from memberships", "store: 1 memberships of users who do not exist"},
		{"update realms set users = 7 where name = 'main'", `store: realm "main" has 2 users, 0 of them deleted, and is said to have 7 and 0`},
	}
	for _, b := range breaks {
		if _, err := db.Exec(b.statement); err != nil {
			t.Fatalf("%s: %v", b.statement, err)
		}
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	code, out, log := once(t, "check", "--store", dsn)
	for _, b := range breaks {
		if !strings.Contains(out, b.want) {
			t.Errorf("it does not say %q", b.want)
		}
	}
	if code != exitFailed || !strings.Contains(log, "problems") || strings.Contains(out, "example.com") {
		t.Errorf("exit %d: %s%s", code, out, log)
	}
	code, out, _ = once(t, "check", "--json", "--store", dsn)
	var report integrity.Report
	if err := json.Unmarshal([]byte(out), &report); err != nil || code != exitFailed || len(report.Problems) < len(breaks) {
		t.Errorf("exit %d, %d problems: %v", code, len(report.Problems), err)
	}
}

func TestCheckGoesOnBehindAUserWhoCannotBeRead(t *testing.T) {
	dsn := dbIn(t)
	start(t, "--store", dsn, "--seed", writeFile(t, "seed.yaml", devSeed)).end(t)
	db, err := sql.Open("sqlite3", strings.TrimPrefix(dsn, "sqlite:"))
	if err != nil {
		t.Fatal(err)
	}
	for _, statement := range []string{"update users set facets = cast('{broken' as blob) where username = 'old'", "update realms set users = 7 where name = 'main'"} {
		if _, err := db.Exec(statement); err != nil {
			t.Fatal(err)
		}
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	code, out, _ := once(t, "check", "--store", dsn)
	for _, want := range []string{"user 2 cannot be read", "said to have 7", "the rest cannot be read"} {
		if code != exitFailed || !strings.Contains(out, want) {
			t.Errorf("exit %d without %q: %s", code, want, out)
		}
	}
}

func TestCommandsReachAStoreThatIsServed(t *testing.T) {
	dsn := dbIn(t)
	g := start(t, "--store", dsn, "--seed", writeFile(t, "seed.yaml", devSeed), "--onapp-lockout-attempts", "2")
	socket := strings.TrimPrefix(dsn, "sqlite:") + ".sock"
	if info, err := os.Stat(socket); err != nil || info.Mode() != fs.ModeSocket|0o600 {
		t.Errorf("the socket: %v, %v", info, err)
	}
	for range 2 {
		g.do(t, "GET", "/version.json", "", "Authorization", basic("admin:wrong"))
	}
	succeeds(t, dsn, "admin: unlocked", "user", "unlock", "admin")
	if got := g.do(t, "GET", "/version.json", "", admin...); got.status != 200 {
		t.Errorf("%d %s", got.status, got.body)
	}
	if code, out, log := once(t, "check", "--store", dsn); code != 0 || log != "" {
		t.Errorf("exit %d: %s%s", code, out, log)
	}
	code, _, log := once(t, "user", "unlock", "stranger", "--store", dsn)
	if code != exitFailed || !strings.Contains(log, "stranger: not found") {
		t.Errorf("exit %d: %s", code, log)
	}
	g.end(t)
	if _, err := os.Stat(socket); err == nil {
		t.Error("the socket stays")
	}
	succeeds(t, dsn, "admin: was not locked", "user", "unlock", "admin")
}
