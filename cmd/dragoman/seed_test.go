package main

import (
	"encoding/base64"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The administrator and keys of the seed below.
const (
	seedPassword   = "changeme1"
	seedAPIKey     = "3a6e0c9d1f5b72843a6e0c9d1f5b72843a6e0c91"
	seedAccountKey = "0f2b7c1de4a95863b0f2b7c1de4a95863b0f2b70"
)

// devSeed has every section that a seed can have.
const devSeed = `realms:
  - name: main
users:
  - realm: main
    username: admin
    email: admin@example.com
    password: changeme1
    given_name: Ada
    family_name: Admin
  - username: old
    password_hash: pbkdf2_sha256$1000$salt$GSDz4QsAQEVaRSLHMxnhFWpdmjrmXIQGJFRV5kVAMYg=
syncano:
  accounts:
    - email: admin@example.com
      password: changeme1
      account_key: 0f2b7c1de4a95863b0f2b7c1de4a95863b0f2b70
  instances:
    - name: main
      owner: admin@example.com
      api_keys:
        - key: 3a6e0c9d1f5b72843a6e0c9d1f5b72843a6e0c91
          description: development
          ignore_acl: true
          allow_user_create: true
          allow_group_create: true
econtext:
  realm: main
  application_id: aa136fbd-26cc-448f-af0a-cf98fe165cc6
  members: [admin]
scim:
  tokens:
    - name: dev
      token: 6b1f0d2c9a8e7f4b5c3d6b1f0d2c9a8e
      realm: main
      write: true
onapp:
  realm: main
  administrators:
    - username: admin
      api_key: 5d41402abc4b2a76b9719d911017c592ae3f4c01
`

func basic(pair string) string {
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(pair))
}

// admin is the header of the seed's administrator.
var admin = []string{"Authorization", basic("admin:" + seedPassword)}

// startSeeded starts the program on a new store with the seed above.
func startSeeded(t testing.TB, flags ...string) *gatewayRun {
	t.Helper()
	seed := writeFile(t, "seed.yaml", devSeed)
	return start(t, append([]string{"--store", dbIn(t), "--seed", seed}, flags...)...)
}

func TestSeedLetsItsAdministratorIntoEveryDialect(t *testing.T) {
	g := startSeeded(t)
	for claim, got := range map[string]answer{
		"syncano":               g.do(t, "GET", "/v1.1/instances/main/users/", "", "X-API-KEY", seedAPIKey),
		"scim":                  g.do(t, "GET", "/scim/v2/Users", "", "Authorization", "Bearer 6b1f0d2c9a8e7f4b5c3d6b1f0d2c9a8e"),
		"econtext":              g.do(t, "GET", "/api/users", "", admin...),
		"onapp, password":       g.do(t, "GET", "/users.json", "", admin...),
		"onapp, email and key":  g.do(t, "GET", "/users.xml", "", "Authorization", basic("admin@example.com:5d41402abc4b2a76b9719d911017c592ae3f4c01")),
		"onapp, user with hash": g.do(t, "GET", "/users.json", "", admin...),
	} {
		if got.status != 200 || !strings.Contains(got.body, "admin") || !strings.Contains(got.body, "old") {
			t.Errorf("%s: %d %s", claim, got.status, got.body)
		}
	}
	if g.out.String() != "" {
		t.Errorf("a seeded store gets no other administrator, but it says %s", g.out)
	}
}

func TestSeedLeavesWhatIsThere(t *testing.T) {
	store, seed := dbIn(t), writeFile(t, "seed.yaml", devSeed)
	g := start(t, "--store", store, "--seed", seed)
	if got := g.do(t, "PUT", "/users/1.json", `{"user":{"first_name":"Augusta"}}`, append([]string{"Content-Type", "application/json"}, admin...)...); got.status >= 300 {
		t.Fatalf("%d %s", got.status, got.body)
	}
	before := g.do(t, "GET", "/users.json", "", admin...)
	g.end(t)
	g = start(t, "--store", store, "--seed", seed)
	if after := g.do(t, "GET", "/users.json", "", admin...); after.body != before.body || !strings.Contains(after.body, "Augusta") {
		t.Errorf("before %s\nafter %s", before.body, after.body)
	}
}

func TestBadSeedEndsWithFileAndLineAndWritesNothing(t *testing.T) {
	for claim, c := range map[string]struct {
		seed string
		line int
		word string
	}{
		"no YAML":                 {"users: [\n", 1, ""},
		"unknown section":         {"realms:\n  - name: main\nldap: {}\n", 3, "ldap"},
		"unknown key of a user":   {"users:\n  - username: ann\n    pasword: x\n", 3, "pasword"},
		"unknown key of syncano":  {"syncano:\n  instances:\n    - nam: x\n", 3, "nam"},
		"a list that is a text":   {"users: ann\n", 1, ""},
		"a user without a name":   {"users:\n  - username: ann\n  - email: b@example.com\n", 3, "username"},
		"an unlisted realm":       {"users:\n  - username: ann\n    realm: elsewhere\n", 3, "elsewhere"},
		"a reserved realm":        {"realms:\n  - name: syncano:accounts\n", 2, "colon"},
		"a hash of no scheme":     {"users:\n  - username: ann\n    password_hash: hunter2\n", 3, "hash"},
		"a password and a hash":   {"users:\n  - username: ann\n    password: a\n    password_hash: hunter2\n", 4, "both"},
		"another realm's section": {"onapp:\n  realm: elsewhere\n", 2, "--onapp-realm"},
	} {
		t.Run(claim, func(t *testing.T) {
			folder := t.TempDir()
			seed := filepath.Join(folder, "bad.yaml")
			if err := os.WriteFile(seed, []byte(c.seed), 0o600); err != nil {
				t.Fatal(err)
			}
			code, _, log := once(t, "serve", "--listen", "127.0.0.1:0", "--store", "sqlite:"+filepath.Join(folder, "x.db"), "--seed", seed)
			if code != exitSeed || !strings.Contains(log, fmt.Sprintf("bad.yaml:%d: ", c.line)) || !strings.Contains(log, c.word) {
				t.Errorf("exit %d: %s", code, log)
			}
			if strings.Count(log, "\n") != 1 || strings.Contains(log, "hunter2") {
				t.Errorf("not one line without secrets: %s", log)
			}
			if _, err := os.Stat(filepath.Join(folder, "x.db")); !os.IsNotExist(err) {
				t.Error("a store was made")
			}
		})
	}
}

func TestSeedThatTheStoreRefusesNamesFileAndLine(t *testing.T) {
	for claim, c := range map[string]struct {
		seed string
		line int
	}{
		"an address twice":      {"users:\n  - {username: ann, email: a@example.com}\n  - {username: bob, email: a@example.com}\n", 3},
		"a key of a wrong form": {"syncano:\n  accounts:\n    - email: a@example.com\n      account_key: abc\n", 4},
		"an unknown member":     {"econtext:\n  members: [nobody]\n", 2},
	} {
		t.Run(claim, func(t *testing.T) {
			code, _, log := once(t, "serve", "--listen", "127.0.0.1:0", "--store", dbIn(t), "--seed", writeFile(t, "bad.yaml", c.seed))
			if code != exitSeed || !strings.Contains(log, fmt.Sprintf("bad.yaml:%d: ", c.line)) {
				t.Errorf("exit %d: %s", code, log)
			}
		})
	}
}
