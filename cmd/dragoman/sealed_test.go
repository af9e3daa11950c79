package main

import (
	"bytes"
	"database/sql"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// shownSecret is a member of an answer that shows a secret.
var shownSecret = regexp.MustCompile(`"(user_key|api_key|account_key|secret)": ?"([^"]+)"`)

// ownJWTSecret is the signing key of an application, which no answer shows.
const ownJWTSecret = "0b5c9a3de1f2478890aabbccddeeff00"

// askForSecrets makes keys in every dialect and returns those that the answers show, by
// the names of their members.
func askForSecrets(t *testing.T, g *gatewayRun) map[string][]string {
	t.Helper()
	const key, account = "X-API-KEY", seedAccountKey
	shown := map[string][]string{}
	for _, c := range []struct {
		method, path, body string
		header             []string
	}{
		{"POST", "/v1.1/instances/main/users/", `{"username":"ann","password":"correct-horse"}`, []string{key, seedAPIKey}},
		{"POST", "/v1.1/instances/main/users/3/reset_key/", ``, []string{key, seedAPIKey}},
		{"POST", "/v1.1/instances/main/api_keys/", `{"description":"second"}`, []string{key, account}},
		{"POST", "/v1.1/instances/main/api_keys/2/reset_key/", ``, []string{key, account}},
		{"POST", "/v1.1/account/auth/", `{"email":"admin@example.com","password":"changeme1"}`, nil},
		{"POST", "/api/applications/application", `{"id":"zoo","name":"Zoo","jwt_secret":"` + ownJWTSecret + `"}`, admin},
		{"POST", "/api/users/user", `{"id":"bob","email":"bob@example.com","password":"correct-horse","applications":[]}`, admin},
		{"POST", "/api/users/user/bob/apikey", `{"id":"BOBSKEY"}`, admin},
		{"POST", "/users/1/make_new_api_key.json", ``, admin},
		{"POST", "/v1.1/account/reset_key/", ``, []string{key, account}},
	} {
		got := g.do(t, c.method, c.path, c.body, append([]string{"Content-Type", "application/json"}, c.header...)...)
		if got.status >= 300 {
			t.Fatalf("%s %s: %d %s", c.method, c.path, got.status, got.body)
		}
		for _, m := range shownSecret.FindAllStringSubmatch(got.body, -1) {
			shown[m[1]] = append(shown[m[1]], m[2])
		}
	}
	return shown
}

// seededSecrets are those of devSeed.
var seededSecrets = []string{"changeme1", seedAccountKey, seedAPIKey, "6b1f0d2c9a8e7f4b5c3d6b1f0d2c9a8e", "5d41402abc4b2a76b9719d911017c592ae3f4c01"}

// checkHidden fails if a file of the folder shows one of the secrets.
func checkHidden(t *testing.T, folder string, secrets ...string) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(folder, "*"))
	if err != nil || len(files) < 2 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			continue // a folder or a socket
		}
		for _, secret := range secrets {
			if bytes.Contains(text, []byte(secret)) {
				t.Errorf("%s shows %s", filepath.Base(file), secret)
			}
		}
	}
}

func TestNoFileOfAStoreShowsAKey(t *testing.T) {
	t.Parallel()
	dsn := dbIn(t)
	folder := filepath.Dir(strings.TrimPrefix(dsn, "sqlite:"))
	g := start(t, "--store", dsn, "--seed", writeFile(t, "seed.yaml", devSeed))
	shown := askForSecrets(t, g)
	secrets := append([]string{"correct-horse", ownJWTSecret}, seededSecrets...)
	for _, name := range []string{"user_key", "api_key", "account_key", "secret"} {
		if len(shown[name]) == 0 {
			t.Errorf("no answer shows a %s", name)
		}
		secrets = append(secrets, shown[name]...)
	}
	if code, _, log := once(t, "backup", "--store", dsn, filepath.Join(folder, "copy.db")); code != 0 {
		t.Fatalf("exit %d: %s", code, log)
	}
	checkHidden(t, folder, secrets...)
	g.end(t)
	checkHidden(t, folder, secrets...)
}

func TestAMissingKeyFileIsNotReplaced(t *testing.T) {
	t.Parallel()
	dsn := dbIn(t)
	file := strings.TrimPrefix(dsn, "sqlite:")
	start(t, "--store", dsn, "--seed", writeFile(t, "seed.yaml", devSeed)).end(t)
	key, err := os.ReadFile(file + ".key")
	if err != nil {
		t.Fatal(err)
	}
	before := fileText(t, file)
	other := writeFile(t, "other.key", strings.Repeat("ab", 32))
	broken := writeFile(t, "broken.key", "abc")
	if err := os.Remove(file + ".key"); err != nil {
		t.Fatal(err)
	}
	for want, flags := range map[string][]string{
		file + ".key is missing": nil,
		other + " does not hold": {"--seal-key-file", other},
		broken + ": line 1":      {"--seal-key-file", broken},
		"no such file":           {"--seal-key-file", file + ".none"},
	} {
		refused(t, exitStore, want, append([]string{"--listen", "127.0.0.1:0", "--store", dsn}, flags...)...)
		if code, _, log := once(t, append([]string{"export", "--store", dsn}, flags...)...); code != exitStore {
			t.Errorf("export: exit %d: %s", code, log)
		}
	}
	if fileText(t, file) != before {
		t.Error("a start without its key has changed the store")
	}
	if _, err := os.Stat(file + ".key"); err == nil {
		t.Error("another key was made")
	}
	// A new key seals, and the old one opens.
	both := writeFile(t, "both.key", strings.Repeat("cd", 32)+"\n"+string(key))
	start(t, "--store", dsn, "--seal-key-file", both).end(t)
	g := start(t, "--store", dsn, "--seal-key-file", writeFile(t, "new.key", strings.Repeat("cd", 32)))
	if got := g.do(t, "GET", "/v1.1/instances/main/users/", "", "X-API-KEY", seedAPIKey); got.status != 200 {
		t.Errorf("%d %s", got.status, got.body)
	}
}

func TestALostKeyFileLosesNoLogin(t *testing.T) {
	t.Parallel()
	dsn := dbIn(t)
	g := start(t, "--store", dsn, "--seed", writeFile(t, "seed.yaml", devSeed))
	userKey := askForSecrets(t, g)["user_key"][1] // the second: the first one was reset
	g.end(t)
	if err := os.Remove(strings.TrimPrefix(dsn, "sqlite:") + ".key"); err != nil {
		t.Fatal(err)
	}
	if code, _, log := once(t, "migrate", "up", "--store", dsn, "--give-up-sealed"); code != 0 {
		t.Fatalf("exit %d: %s", code, log)
	}
	g = start(t, "--store", dsn)
	for name, got := range map[string]answer{
		"an API key":        g.do(t, "GET", "/v1.1/instances/main/users/", "", "X-API-KEY", seedAPIKey),
		"a user key":        g.do(t, "GET", "/v1.1/instances/main/user/", "", "X-API-KEY", seedAPIKey, "X-USER-KEY", userKey),
		"a key by its id":   g.do(t, "GET", "/v1.1/instances/main/api_keys/1/", "", "X-API-KEY", seedAPIKey),
		"a token":           g.do(t, "GET", "/scim/v2/Users", "", "Authorization", "Bearer 6b1f0d2c9a8e7f4b5c3d6b1f0d2c9a8e"),
		"a password":        g.do(t, "GET", "/users.json", "", admin...),
		"in eContext":       g.do(t, "GET", "/api/users", "", admin...),
		"a key that resets": g.do(t, "POST", "/v1.1/instances/main/users/3/reset_key/", "", "X-API-KEY", seedAPIKey),
	} {
		if got.status != 200 {
			t.Errorf("%s: %d %s", name, got.status, got.body)
		}
	}
	if code, out, log := once(t, "check", "--store", dsn); code != 0 {
		t.Errorf("exit %d: %s%s", code, out, log)
	}
}

// TestAStoreWithPlainKeysIsSealed opens what a version left that kept keys in plain text.
func TestAStoreWithPlainKeysIsSealed(t *testing.T) {
	t.Parallel()
	dsn := dbIn(t)
	file := strings.TrimPrefix(dsn, "sqlite:")
	db, err := sql.Open("sqlite3", file)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec(fileText(t, "../../testdata/stores/plain-keys.sql")); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	const userKey, secondKey = "97aab1ad36d955fa43c220e98d52af65ec932394", "5aa1d419085b7e8940d5df14d0240e20279bd125"
	if text := fileText(t, file); !strings.Contains(text, userKey) || !strings.Contains(text, ownJWTSecret) {
		t.Fatal("the earlier store shows no key")
	}
	for range 2 {
		g := start(t, "--store", dsn)
		for want, got := range map[string]answer{
			userKey:               g.do(t, "GET", "/v1.1/instances/main/user/", "", "X-API-KEY", seedAPIKey, "X-USER-KEY", userKey),
			secondKey:             g.do(t, "GET", "/v1.1/instances/main/api_keys/2/", "", "X-API-KEY", secondKey),
			`"description":"seco`: g.do(t, "GET", "/v1.1/instances/main/api_keys/", "", "X-API-KEY", seedAccountKey),
			`"name": "Zoo"`:       g.do(t, "GET", "/api/applications/application/zoo", "", admin...),
			`"login":"admin"`:     g.do(t, "GET", "/users/1.json", "", "Authorization", basic("admin@example.com:eb4bdc908d7f9f562257e5b647ec184d3556fdc0")),
			`"userName":"admin"`:  g.do(t, "GET", "/scim/v2/Users", "", "Authorization", "Bearer 6b1f0d2c9a8e7f4b5c3d6b1f0d2c9a8e"),
		} {
			if got.status != 200 || !strings.Contains(got.body, want) {
				t.Errorf("%s: %d %s", want, got.status, got.body)
			}
		}
		g.end(t)
		checkHidden(t, filepath.Dir(file), append([]string{userKey, secondKey, ownJWTSecret}, seededSecrets...)...)
	}
}

func fileText(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
