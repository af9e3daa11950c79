package main

import (
	"crypto/sha1" //nolint:gosec // the panel's own scheme
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/dragoman-gateway/dragoman/core/coretest"
	"github.com/dragoman-gateway/dragoman/core/passwd"
)

// panelHash is a password as a panel stores it.
func panelHash(salt, password string) string {
	sum := sha1.Sum([]byte(salt + "--" + password + "--" + passwd.OnAppShippedKey))
	return hex.EncodeToString(sum[:])
}

// Users of a panel in MariaDB, moved by the query of MIGRATION.md, log in through all
// dialects with their old passwords. A suspended one is refused by all.
func TestUsersOfAPanelLogInAfterTheMove(t *testing.T) {
	coretest.NeedLong(t)
	m := startMariaDB(t)
	m.exec(t, "", "CREATE DATABASE panel")
	m.exec(t, "panel",
		`CREATE TABLE users (id int, login varchar(255), email varchar(255), first_name varchar(255), last_name varchar(255),
			password_salt char(40), encrypted_password char(40), status varchar(32), created_at datetime, updated_at datetime)`,
		fmt.Sprintf(`INSERT INTO users VALUES
			(777, 'ada', 'ada@example.com', 'Ada', 'Lovelace', '%[1]s', '%[2]s', 'active', '2015-12-10 08:00:00', '2016-01-01 00:00:00'),
			(900, 'bob', 'bob@example.com', 'Bob', NULL, '%[1]s', '%[2]s', 'suspended', '2015-12-11 08:00:00', '2016-01-01 00:00:00')`,
			strings.Repeat("5a", 20), panelHash(strings.Repeat("5a", 20), "old secret")))

	store := dbIn(t)
	code, _, said := runCommand(t, "import", "--from", m.dsn("panel"), "--query", documentedQuery(t, "an OnApp panel"), "--store", store)
	if code != exitOK || !strings.Contains(said, "2 added") {
		t.Fatalf("exit code %d, %s", code, said)
	}
	g := start(t, "--store", store, "--seed", writeFile(t, "seed.yaml", panelSeed))
	root := basicAuth("root", "changeme1")
	g.do(t, "POST", "/api/applications/application", `{"id":"shop","name":"shop"}`, "Authorization", root)
	_, users, _ := runCommand(t, "export", "--format", "csv", "--store", store)
	for name, want := range map[string]bool{"ada": true, "bob": false} {
		if a := g.do(t, "POST", "/api/users/user/"+uidOf(t, users, name)+"/application/shop", "", "Authorization", root); a.status != 200 {
			t.Errorf("%s joins an application: %d %s", name, a.status, a.body)
		}
		for door, a := range map[string]answer{
			"OnApp": g.do(t, "GET", "/profile.json", "", "Authorization", basicAuth(name, "old secret")),
			"eContext": g.do(t, "POST", "/api/authenticate",
				`{"type":"username","credential":{"username":"`+name+`","password":"old secret"},"application":"shop"}`, "Authorization", root),
			"Syncano": g.do(t, "POST", "/v1.1/instances/main/user/auth/", `{"username":"`+name+`","password":"old secret"}`,
				"X-API-KEY", panelAPIKey, "Content-Type", "application/json"),
		} {
			if got := a.status == 200 && !strings.Contains(a.body, `"authenticated": false`); got != want {
				t.Errorf("%s logs in to %s: %v, want %v (%d %s)", name, door, got, want, a.status, a.body)
			}
		}
	}
	if a := g.do(t, "GET", "/profile.json", "", "Authorization", basicAuth("ada", "old secret")); !strings.Contains(a.body, `"id":777`) ||
		!strings.Contains(a.body, `"created_at":"2015-12-10T08:00:00`) {
		t.Errorf("number or dates are not the panel's: %s", a.body)
	}
	t.Run("a database that is lost", func(t *testing.T) { importFromALostDatabase(t, m) })
}

// A database that is lost in the middle of its answer leaves what came before, and the
// same command goes on.
func importFromALostDatabase(t *testing.T, m mariadb) {
	const users = 20000
	m.exec(t, "panel", fmt.Sprintf(`CREATE TABLE many AS SELECT seq AS id, CONCAT('user', seq) AS username FROM seq_1_to_%d`, users))
	store, report := dbIn(t), filepath.Join(t.TempDir(), "report")
	args := func(m mariadb) []string {
		return []string{"import", "--from", m.dsn("panel"), "--query", "SELECT id, username FROM many ORDER BY id", "--store", store,
			"--batch", "1000", "--report", report, "--resume"}
	}
	code, _, said := runCommand(t, args(m.cutAfter(t, 200_000))...)
	if code != exitFailed || !strings.Contains(said, "the database ended its answer") || !strings.Contains(said, "what came before stays; the same command goes on") {
		t.Fatalf("exit code %d, %s", code, said)
	}
	if n := strings.Count(contents(t, report), `"verdict":"added"`); n == 0 || n == users {
		t.Fatalf("%d users came", n)
	}
	code, _, said = runCommand(t, args(m)...)
	if code != exitOK || strings.Contains(said, " 0 unchanged") || !strings.Contains(said, "0 updated") {
		t.Errorf("exit code %d, %s", code, said)
	}
	if _, out, _ := runCommand(t, "export", "--store", store, "--format", "csv"); strings.Count(out, "\n") != users+1 {
		t.Errorf("there are %d lines", strings.Count(out, "\n"))
	}
}

// uidOf finds a user's UID in exported CSV.
func uidOf(t *testing.T, users, name string) string {
	t.Helper()
	for _, line := range strings.Split(users, "\n") {
		if cells := strings.Split(line, ","); len(cells) > 3 && cells[3] == name {
			return cells[2]
		}
	}
	t.Fatalf("%s is not in %s", name, users)
	return ""
}

func basicAuth(name, password string) string {
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(name+":"+password))
}

// documentedQuery returns the query of a row of the table in MIGRATION.md.
func documentedQuery(t *testing.T, from string) string {
	t.Helper()
	_, row, found := strings.Cut(readFile(t, "cmd/dragoman/MIGRATION.md"), "\n| "+from+" | `")
	query, _, _ := strings.Cut(row, "`")
	if !found {
		t.Fatalf("MIGRATION.md has no query for %s", from)
	}
	return query
}

const panelAPIKey = "3a6e0c9d1f5b72843a6e0c9d1f5b72843a6e0c91"

// panelSeed has an administrator, who adds users to an eContext application, and an
// app of Syncano.
const panelSeed = `
users: [{username: root, email: root@example.com, password: changeme1}]
syncano:
  accounts: [{email: root@example.com, password: changeme1, account_key: 0f2b7c1de4a95863b0f2b7c1de4a95863b0f2b70}]
  instances: [{name: main, owner: root@example.com, api_keys: [{key: ` + panelAPIKey + `}]}]
econtext: {members: [root]}
onapp: {administrators: [{username: root}]}
`
