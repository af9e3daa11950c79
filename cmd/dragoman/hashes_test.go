package main

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/dragoman-gateway/dragoman/core/coretest"
	"github.com/dragoman-gateway/dragoman/core/passwd"
)

// A user with a hash of each family comes in by a table and logs in through all
// dialects, is moved on by an archive and logs in again. No hash is replaced, so that
// the user could go back.
func TestAHashOfEachFamilyLogsInWhereverItIsMoved(t *testing.T) {
	passwords, table := familiesTable(t)
	first, second := dbIn(t), dbIn(t)
	if code, _, said := runCommand(t, "import", writeFile(t, "users.csv", table), "--store", first); code != exitOK {
		t.Fatal(said)
	}
	before := exportedHashes(t, first)
	if coretest.Long() {
		logInEverywhere(t, first, passwords)
	}
	archive := t.TempDir() + "/a.jsonl"
	for _, step := range [][]string{{"export", archive, "--store", first}, {"import", archive, "--store", second}} {
		if code, _, said := runCommand(t, step...); code != exitOK {
			t.Fatal(said)
		}
	}
	logInEverywhere(t, second, passwords)
	for name, hash := range exportedHashes(t, second) {
		if passwords[name] != "" && hash != before[name] {
			t.Errorf("the hash of %s was replaced by %s", name, hash)
		}
	}
}

// familiesTable returns the passwords of users, one for each scheme and form, and CSV of them.
func familiesTable(t *testing.T) (passwords map[string]string, table string) {
	passwords = map[string]string{}
	var b strings.Builder
	w := csv.NewWriter(&b)
	_ = w.Write([]string{"username", "email", "password_hash"})
	seen := map[string]bool{}
	for _, file := range []string{"argon2", "bcrypt", "django", "crypt", "others", "declared"} {
		for line := range strings.Lines(readFile(t, "testdata/hashes/"+file+".txt")) {
			cells := strings.Split(strings.TrimSpace(line), "\t")
			if strings.HasPrefix(line, "#") || len(cells) != 3 || seen[cells[0]+file] {
				continue
			}
			seen[cells[0]+file] = true
			var plain string
			if err := json.Unmarshal([]byte(cells[1]), &plain); err != nil {
				t.Fatal(err)
			}
			name := fmt.Sprintf("user%d", len(passwords))
			passwords[name] = plain
			_ = w.Write([]string{name, name + "@example.com", cells[2]})
		}
	}
	w.Flush()
	return passwords, b.String()
}

func exportedHashes(t *testing.T, store string) map[string]string {
	t.Helper()
	_, out, _ := runCommand(t, "export", "--format", "csv", "--store", store)
	rows, err := csv.NewReader(strings.NewReader(out)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	hashes := map[string]string{}
	for _, row := range rows[1:] {
		if passwd.Known(row[5]) {
			hashes[row[3]] = row[5]
		}
	}
	return hashes
}

// logInEverywhere logs all users in through each dialect.
func logInEverywhere(t *testing.T, store string, passwords map[string]string) {
	t.Helper()
	g := start(t, "--store", store, "--seed", writeFile(t, "seed.yaml", panelSeed))
	defer g.end(t)
	root := basicAuth("root", "changeme1")
	g.do(t, "POST", "/api/applications/application", `{"id":"shop","name":"shop"}`, "Authorization", root)
	_, users, _ := runCommand(t, "export", "--format", "csv", "--store", store)
	for _, name := range slices.Sorted(maps.Keys(passwords)) {
		g.do(t, "POST", "/api/users/user/"+uidOf(t, users, name)+"/application/shop", "", "Authorization", root)
		credentials, err := json.Marshal(map[string]string{"username": name, "password": passwords[name]})
		if err != nil {
			t.Fatal(err)
		}
		for door, a := range map[string]answer{
			"OnApp": g.do(t, "GET", "/profile.json", "", "Authorization", basicAuth(name, passwords[name])),
			"eContext": g.do(t, "POST", "/api/authenticate", `{"type":"username","credential":`+string(credentials)+`,"application":"shop"}`,
				"Authorization", root),
			"Syncano": g.do(t, "POST", "/v1.1/instances/main/user/auth/", string(credentials),
				"X-API-KEY", panelAPIKey, "Content-Type", "application/json"),
		} {
			if a.status != 200 || strings.Contains(a.body, `"authenticated": false`) {
				t.Errorf("%s does not log in to %s: %d %s", name, door, a.status, a.body)
			}
		}
	}
}
