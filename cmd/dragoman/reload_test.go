package main

import (
	"errors"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/alecthomas/kong"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// awaitLog waits until the log has the text.
func (c *child) awaitLog(t *testing.T, text string) {
	t.Helper()
	for end := time.Now().Add(2 * time.Minute); !strings.Contains(c.log.String(), text); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("the log does not say %q: %s", text, c.log)
		}
	}
}

// reloading is a program whose settings file is rewritten.
type reloading struct {
	*child
	file    string
	applied int
}

func startReloading(t *testing.T, flags ...string) *reloading {
	t.Helper()
	file := writeFile(t, "settings.yaml", "")
	c := launchChild(t, nil, append([]string{"--store", "sqlite::memory:", "--seed", writeFile(t, "seed.yaml", devSeed), "--config", file}, flags...)...)
	c.base = "http://" + c.awaitAddress(t) // from then on it takes the signal
	return &reloading{child: c, file: file}
}

// rewrite replaces the settings file and has the program read it.
func (r *reloading) rewrite(t *testing.T, text string) {
	t.Helper()
	if err := os.WriteFile(r.file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	r.signal(t, syscall.SIGHUP)
}

// apply is rewrite with reloadable settings that differ from those before.
func (r *reloading) apply(t *testing.T, text string) {
	t.Helper()
	r.rewrite(t, text)
	r.applied++
	for end := time.Now().Add(2 * time.Minute); strings.Count(r.log.String(), "changed settings are in force") < r.applied; time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("not applied: %s: %s", text, r.log)
		}
	}
}

func TestSIGHUPReadsSettings(t *testing.T) {
	t.Parallel()
	r := startReloading(t)
	r.rewrite(t, "log-level: debug\nmax-header: 8KiB\nrate-limit: 9\ncredential-count: 7\n")
	r.awaitLog(t, `in force" settings="log-level rate-limit"`)
	r.awaitLog(t, `need a restart" settings="credential-count max-header"`)
	r.awaitLog(t, "there are no certificates to read")
	r.do(t, "GET", "/virtual_machines_of_mine.json", "")
	r.awaitLog(t, "level=DEBUG")
	for _, wrong := range []string{"max-requests: seven", "host: [own.test=nothing]", "colour: red"} {
		before := strings.Count(r.log.String(), "the settings stay as they are")
		r.rewrite(t, "log-level: warn\n"+wrong+"\n")
		eventually(t, func() error {
			if strings.Count(r.log.String(), "the settings stay as they are") == before {
				return errors.New(wrong + " is not refused: " + r.log.String())
			}
			return nil
		})
	}
	if strings.Count(r.log.String(), "in force") != 1 {
		t.Errorf("half of what is wrong is applied: %s", r.log)
	}
}

// Every setting of the list reloadable changes what clients see.
func TestSIGHUPAppliesPlacesAndProxies(t *testing.T) {
	t.Parallel()
	r := startReloading(t)
	of := func(path, host string) answer {
		return r.do(t, "GET", path, "", append([]string{"X-Forwarded-Host", host}, admin...)...)
	}
	if got := of("/api/users", "seen.example"); strings.Contains(got.body, "seen.example") {
		t.Errorf("any client is trusted: %s", got.body)
	}
	r.apply(t, "trusted-proxies: [127.0.0.0/8]")
	if got := of("/api/users", "seen.example"); !strings.Contains(got.body, "http://seen.example/") {
		t.Errorf("the proxy is not trusted: %s", got.body)
	}
	if a, b := of("/version.json", "own.test").status, of("/panel/version.json", "own.test").status; a != 200 || b != 404 {
		t.Errorf("before: %d, %d", a, b)
	}
	r.apply(t, "{trusted-proxies: [127.0.0.0/8], host: [own.test=econtext], mount: [onapp=/panel]}")
	if a, b := of("/version.json", "own.test").status, of("/panel/version.json", "other.test").status; a != 404 || b != 200 {
		t.Errorf("a host is not eContext's or a mount not OnApp's: %d, %d", a, b)
	}
	r.apply(t, "drain-timeout: 7s")
	if got := of("/version.json", "own.test"); got.status != 200 {
		t.Errorf("what is not set any more is kept: %d", got.status)
	}
	r.signal(t, syscall.SIGTERM)
	if code := r.wait(t); code != 0 || !strings.Contains(r.log.String(), "timeout=7s") {
		t.Errorf("exit %d: %s", code, r.log)
	}
}

func TestSIGHUPAppliesRates(t *testing.T) {
	t.Parallel()
	r := startReloading(t)
	for _, kind := range []string{"", "caller-", "client-"} {
		r.apply(t, "{"+kind+"rate-limit: 0.001, "+kind+"rate-burst: 2}")
		var got []int
		for range 3 {
			got = append(got, r.do(t, "GET", "/version.json", "", admin...).status)
		}
		if !slices.Equal(got, []int{200, 200, 429}) {
			t.Errorf("--%srate-limit: %v", kind, got)
		}
		r.apply(t, "")
		if got := r.do(t, "GET", "/version.json", "", admin...); got.status != 200 {
			t.Errorf("--%srate-limit is not taken away: %d", kind, got.status)
		}
	}
}

// A request that began before a limit was set counts for it.
func TestSIGHUPAppliesLimits(t *testing.T) {
	t.Parallel()
	r := startReloading(t)
	large := `{"user": {"first_name": "` + strings.Repeat("x", 100<<10) + `"}}`
	for _, limit := range []string{"max-bodies: 1KiB", "max-client-bodies: 1KiB"} {
		r.apply(t, limit)
		if got := r.do(t, "POST", "/users.json", large, append([]string{"Content-Type", "application/json"}, admin...)...); got.status != 503 {
			t.Errorf("%s: %d %s", limit, got.status, got.body)
		}
	}
	halfRequest(t, r.base)
	for limit, want := range map[string]int{"max-requests: 1": 503, "max-client-requests: 1": 503, "max-caller-requests: 1": 429} {
		if r.apply(t, limit); r.do(t, "GET", "/api/users", "", admin...).status != want {
			t.Errorf("%s is not applied", limit)
		}
	}
	r.apply(t, "max-client-connections: 1")
	refused, err := net.Dial("tcp", strings.TrimPrefix(r.base, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer refused.Close()
	if n, err := refused.Read(make([]byte, 1)); err == nil {
		t.Errorf("a second connection is served: %d bytes", n)
	}
}

func TestSIGHUPOpensTheAuditAgain(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "audit")
	r := startReloading(t, "--audit", path)
	// A wrong password is a line, and the count of it another.
	login := func() { r.do(t, "GET", "/profile.json", "", "Authorization", basic("admin:wrong")) }
	login()
	before := readPath(t, path)
	if err := os.Rename(path, path+".1"); err != nil {
		t.Fatal(err)
	}
	login()
	r.rewrite(t, "")
	r.awaitLog(t, "there are no certificates to read")
	login()
	if moved := readPath(t, path+".1"); !strings.HasPrefix(moved, before) || strings.Count(moved, "\n") != 2+strings.Count(before, "\n") {
		t.Errorf("the file that was moved away: %s", moved)
	}
	if now := readPath(t, path); strings.Count(now, "\n") != 2 || !strings.Contains(now, `"wrong"`) {
		t.Errorf("the new file: %s", now)
	}
}

func TestRuleTheDocumentListsWhatSIGHUPApplies(t *testing.T) {
	_, text, _ := strings.Cut(readFile(t, "cmd/dragoman/SETTINGS.md"), "\nSIGHUP applies")
	text, _, _ = strings.Cut(text, "\n\n")
	var listed []string
	for _, m := range regexp.MustCompile("`--([a-z-]+)`").FindAllStringSubmatch(text, -1) {
		listed = append(listed, m[1])
	}
	if diff := cmp.Diff(reloadable, listed, cmpopts.SortSlices(strings.Compare)); diff != "" {
		t.Errorf("SETTINGS.md and what is applied:\n%s", diff)
	}
	for _, name := range reloadable {
		if !slices.ContainsFunc(serveFlags(t), func(f *kong.Flag) bool { return f.Name == name }) {
			t.Errorf("--%s is not a setting", name)
		}
	}
}

// A store that began with an import has no administrator yet.
func TestStartWarnsOfAStoreWithoutAnAdministrator(t *testing.T) {
	t.Parallel()
	const warning = "no user may administer others"
	store := "sqlite:" + filepath.Join(t.TempDir(), "d.db")
	file := writeFile(t, "users.csv", "username,email\nann,ann@example.com\n")
	if code, _, said := runCommand(t, "import", file, "--store", store); code != 0 {
		t.Fatalf("exit %d: %s", code, said)
	}
	serve := func() string {
		g := start(t, "--store", store)
		g.end(t)
		return g.log.String()
	}
	if log := serve(); !strings.Contains(log, warning) {
		t.Errorf("no warning: %s", log)
	}
	operate(t, store, "", "admin", "grant", "ann", "onapp")
	if log := serve(); strings.Contains(log, warning) {
		t.Errorf("a warning beside an administrator: %s", log)
	}
}

func TestStartWarnsOfWhatIsDangerous(t *testing.T) {
	t.Parallel()
	for text, flags := range map[string][]string{
		"passwords and keys travel in plain text": {"--listen", "0.0.0.0:0"},
		"strangers can read /_dragoman/metrics":   {"--listen", "0.0.0.0:0", "--tls-local", "--tls-dir", t.TempDir()},
		"--trust shared":                          {"--trust", "shared"},
		"which strangers know":                    {"--seed", writeFile(t, "seed.yaml", devSeed)},
	} {
		g := start(t, append([]string{"--store", "sqlite::memory:"}, flags...)...)
		if g.end(t); !strings.Contains(g.log.String(), "level=WARN") || !strings.Contains(g.log.String(), text) {
			t.Errorf("%s: no warning of %q: %s", flags, text, g.log)
		}
	}
	g := start(t, "--store", "sqlite::memory:", "--listen", "0.0.0.0:0", "--trusted-proxies", "10.0.0.0/8", "--admin-listen", "127.0.0.1:0")
	if g.end(t); strings.Contains(g.log.String(), "level=WARN") {
		t.Errorf("a warning of what is not dangerous: %s", g.log)
	}
}
