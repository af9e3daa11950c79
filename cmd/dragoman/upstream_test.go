package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// A live gateway is read by its API into another store, twice, and first in a dry run.
func TestALiveVendorIsImported(t *testing.T) {
	t.Parallel()
	from := startSeeded(t)
	for dialect, access := range liveAccess() {
		t.Run(dialect, func(t *testing.T) {
			t.Parallel()
			secret := writeFile(t, "secret", access[1]+"\n")
			store := dbIn(t)
			args := []string{"import", "--from", dialect, "--url", from.base, "--secret-file", secret, "--rate", "1000", "--store", store}
			if access[0] != "" {
				args = append(args, "--login", access[0])
			}
			for _, step := range []struct{ flag, words string }{
				{"--dry-run", "would be: "}, {"--batch=3", "added, 0 updated, 0 unchanged, 0 skipped, 0 refused"}, {"--batch=2", ": 0 added, 0 updated, "},
			} {
				code, _, said := runCommand(t, append(args, step.flag)...)
				if code != exitOK || !strings.Contains(said, step.words) || !strings.Contains(said, "the API does not show:\n  - passwords") {
					t.Errorf("%s: exit code %d: %s", step.flag, code, said)
				}
			}
			_, status, said := runCommand(t, "upstream", "status", "--store", store)
			want := dialect + ", realm main: 2 users came, 0 were adopted at login, 2 have no password here"
			if dialect == "scim" { // no login is proven at a SCIM server
				want = "no user came from a vendor that logins are proven at"
			}
			if !strings.Contains(status, want) {
				t.Error(status, said)
			}
		})
	}
}

// The state of a move is shown while a gateway serves the store, which nothing else can open.
func TestUpstreamStatusWhileAGatewayServes(t *testing.T) {
	t.Parallel()
	store := dbIn(t)
	start(t, "--store", store, "--seed", writeFile(t, "seed.yaml", devSeed))
	code, status, said := runCommand(t, "upstream", "status", "--store", store)
	if code != exitOK || !strings.Contains(status, "no user came from a vendor") {
		t.Errorf("%d, %s%s", code, status, said)
	}
}

// liveAccess has the login and the secret with which the API of each vendor is read.
func liveAccess() map[string][2]string {
	return map[string][2]string{"econtext": {"admin", seedPassword}, "onapp": {"admin", seedPassword}, "scim": {"", seedToken}, "syncano": {"", seedAccountKey}}
}

// What a live vendor lacks, or answers wrongly, is said, and no secret with it.
func TestALiveVendorThatCannotBeReadIsSaid(t *testing.T) {
	t.Parallel()
	from := startSeeded(t)
	for dialect, access := range liveAccess() {
		secret := writeFile(t, "secret", "not-the-"+access[1])
		for _, test := range []struct {
			args  []string
			code  int
			words string
		}{
			{[]string{"--url", from.base, "--login", access[0]}, exitUsage, "--secret-file"},
			{[]string{"--secret-file", secret, "--login", access[0]}, exitUsage, "--url"},
			{[]string{"--url", "panel", "--secret-file", secret, "--login", "x"}, exitUsage, "URL"},
			{[]string{"--url", from.base, "--secret-file", secret, "--login", access[0]}, exitFailed, "answered 40"},
		} {
			code, _, said := runCommand(t, append([]string{"import", "--store", dbIn(t), "--from", dialect}, test.args...)...)
			if code != test.code || !strings.Contains(said, test.words) || strings.Contains(said, "not-the-") {
				t.Errorf("%s %v: exit code %d: %s", dialect, test.args, code, said)
			}
		}
	}
}

// A vendor that stops in the middle of an import, or of an adoption, leaves what came before;
// the same command goes on, and the result is that of one import.
func TestAVendorStopsInTheMiddle(t *testing.T) {
	t.Parallel()
	v := startVendor(t)
	for i := range 8 {
		v.manage(t, "POST", "users/", fmt.Sprintf(`{"username": "user%d", "password": "old-password-%[1]d"}`, i), "username")
	}
	report := filepath.Join(t.TempDir(), "report.jsonl")
	args := func(store string) []string {
		return []string{"import", "--from", "syncano", "--url", v.url, "--secret-file", writeFile(t, "key", seedAccountKey), "--rate", "1000", "--store", store,
			"--batch", "4", "--report", report, "--resume"}
	}
	whole, parts := dbIn(t), dbIn(t)
	if code, _, said := runCommand(t, args(whole)...); code != exitOK {
		t.Fatal(said)
	}
	v.stopAfter.Store(v.calls.Load() + 6) // before the API keys
	code, _, said := runCommand(t, args(parts)...)
	if code != exitFailed || !strings.Contains(said, "the same command goes on") || !strings.Contains(said, "502") {
		t.Fatalf("exit code %d: %s", code, said)
	}
	if text, err := os.ReadFile(report); err != nil || !strings.Contains(string(text), `"user":"user3","verdict":"added"`) {
		t.Errorf("the report has not what was kept: %s %v", text, err)
	}
	v.stopAfter.Store(0)
	if code, _, said := runCommand(t, args(parts)...); code != exitOK || strings.Contains(said, " 0 unchanged") {
		t.Errorf("exit code %d: %s", code, said)
	}
	var texts [2]string
	for i, store := range []string{whole, parts} {
		_, out, _ := runCommand(t, "export", "--store", store, "--format", "csv", "--realm", "main")
		texts[i] = regexp.MustCompile(`[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}`).ReplaceAllString(out, "uid") // Syncano shows none
	}
	if texts[0] != texts[1] || !strings.Contains(texts[0], "user7") {
		t.Errorf("in parts:\n%s\nwhole:\n%s", texts[1], texts[0])
	}
	g := startAdopting(t, v)
	v.stopAfter.Store(v.calls.Load() + 1) // the password is proven, the profile is not read
	if a := g.syncanoLogin(t, "user3", "old-password-3"); a.status == 200 {
		t.Error("half a user was adopted")
	}
	v.stopAfter.Store(0)
	if a := g.syncanoLogin(t, "user3", "old-password-3"); a.status != 200 {
		t.Errorf("after the vendor is back: %d %s", a.status, a.body)
	}
}
