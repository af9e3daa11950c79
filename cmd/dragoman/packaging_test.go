package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime/debug"
	"strings"
	"testing"
)

func TestHealthAsksTheGatewayOfTheSameSettings(t *testing.T) {
	t.Parallel()
	g, _ := startLocalTLS(t)
	plain := startSeeded(t, "--admin-listen", "127.0.0.1:0")
	for claim, c := range map[string]struct {
		code int
		want string
		args []string
	}{
		"over TLS":          {0, "ok\n", []string{"--listen", strings.TrimPrefix(g.base, "https://")}},
		"ready":             {0, "ready\n", []string{"--ready", "--listen", strings.TrimPrefix(g.base, "https://")}},
		"every address":     {0, "ok\n", []string{"--listen", strings.Replace(g.base, "https://127.0.0.1", "0.0.0.0", 1)}},
		"its own address":   {0, "ok\n", []string{"--listen", "127.0.0.1:1", "--admin-listen", ownAddress(t, plain)}},
		"nothing there":     {exitFailed, "does not answer", []string{"--listen", "127.0.0.1:1"}},
		"another program":   {exitFailed, "answers 404", []string{"--listen", strings.TrimPrefix(plain.base, "http://")}},
		"systemd's address": {exitUsage, "HOST:PORT", []string{"--listen", "systemd:web"}},
	} {
		code, out, log := once(t, append([]string{"health"}, c.args...)...)
		if code != c.code || !strings.Contains(out+log, c.want) {
			t.Errorf("%s: exit %d: %s%s", claim, code, out, log)
		}
	}
}

func TestTheVersionNamesWhatItIsBuiltFrom(t *testing.T) {
	t.Parallel()
	code, out, _ := once(t, "version")
	if want := regexp.MustCompile(`^dragoman \S+ \(commit \S+, go1\.\S+, SQLite 3\.\d+\.\d+, \w+/\w+\)\n$`); code != 0 || !want.MatchString(out) {
		t.Errorf("exit %d: %s", code, out)
	}
}

func TestTheCommitOfABuild(t *testing.T) {
	t.Parallel()
	clone := []debug.BuildSetting{{Key: "vcs", Value: "git"}, {Key: "vcs.revision", Value: "0123456789abcdef0123456789abcdef01234567"}}
	for claim, c := range map[string]struct {
		version  string
		settings []debug.BuildSetting
		want     string
	}{
		"of a clone":           {"v0.0.0-20260102030405-0123456789ab", clone, "0123456789ab"},
		"of a changed clone":   {"(devel)", append(clone[:2:2], debug.BuildSetting{Key: "vcs.modified", Value: "true"}), "0123456789ab+"},
		"installed by commit":  {"v0.0.0-20260102030405-abcdef012345", nil, "abcdef012345"},
		"and behind a release": {"v1.2.4-0.20260102030405-abcdef012345", nil, "abcdef012345"},
		"installed by release": {"v1.2.3", nil, "unknown"},
		"of an archive":        {"(devel)", nil, "unknown"},
	} {
		if got := commitOf(&debug.BuildInfo{Main: debug.Module{Version: c.version}, Settings: c.settings}); got != c.want {
			t.Errorf("%s: %s, want %s", claim, got, c.want)
		}
	}
}

func TestTheUnitFilesAreValid(t *testing.T) {
	t.Parallel()
	analyze, err := exec.LookPath("systemd-analyze")
	if err != nil {
		t.Skip("skipped: this test needs systemd-analyze")
	}
	dir := t.TempDir()
	for _, name := range []string{"dragoman.socket", "dragoman.service"} {
		text := readPath(t, filepath.Join("systemd", name))
		text = strings.ReplaceAll(text, "/usr/local/bin/dragoman", os.Args[0])
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command(analyze, "verify", "--man=no", filepath.Join(dir, "dragoman.service"), filepath.Join(dir, "dragoman.socket"))
	if out, err := cmd.CombinedOutput(); err != nil || strings.Contains(string(out), dir) {
		t.Errorf("%v: %s", err, out)
	}
}

// TestThePackagesSettingsExist reads what the unit file and the container's file set.
func TestThePackagesSettingsExist(t *testing.T) {
	t.Parallel()
	var env []string
	for _, file := range []string{filepath.Join("systemd", "dragoman.service"), filepath.Join(root, ".container", "Containerfile")} {
		for _, setting := range regexp.MustCompile(`DRAGOMAN_[A-Z_]+=\S+`).FindAllString(readPath(t, file), -1) {
			env = append(env, strings.ReplaceAll(setting, "%d/store", "main.go"))
		}
	}
	if len(env) != 5 {
		t.Errorf("only %v", env)
	}
	known := map[string]bool{}
	for _, f := range serveFlags(t) {
		known[envName(f.Name)] = true
	}
	for _, setting := range env {
		if name, _, _ := strings.Cut(setting, "="); !known[name] {
			t.Errorf("there is no setting %s", name)
		}
	}
}

func TestTheStoreCanBeNamedInAFile(t *testing.T) {
	t.Parallel()
	dsn := dbIn(t)
	g := start(t, "--store-file", writeFile(t, "store", dsn+"\n"))
	g.end(t)
	if _, err := os.Stat(strings.TrimPrefix(dsn, "sqlite:")); err != nil {
		t.Error(err)
	}
	for claim, c := range map[string]struct {
		flags []string
		want  string
	}{
		"no file":    {[]string{"--store-file", "/none"}, "--store-file: open /none"},
		"an empty":   {[]string{"--store-file", writeFile(t, "empty", "\n")}, "has no store"},
		"many lines": {[]string{"--store-file", writeFile(t, "lines", "a\nb\n")}, "more than one line"},
		"both":       {[]string{"--store-file", writeFile(t, "store", dsn), "--store", "sqlite:x.db"}, "--store or --store-file"},
	} {
		code, _, log := once(t, append([]string{"serve", "--listen", "127.0.0.1:0"}, c.flags...)...)
		if code != exitUsage || !strings.Contains(log, c.want) {
			t.Errorf("%s: exit %d: %s", claim, code, log)
		}
	}
}
