package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/dragoman-gateway/dragoman/dialects/gateway"
)

func TestMisuseIsNamed(t *testing.T) {
	for _, c := range []struct {
		word string
		args []string
	}{
		{`unknown command "swerve"`, []string{"swerve", "--help"}},
		{`unknown command "bake"`, []string{"user", "bake", "--help"}},
		{"--max-requests", []string{"serve", "--max-requests=-1"}},
		{"--read-timeout", []string{"serve", "--read-timeout=-1s"}},
		{"--rate-limit", []string{"serve", "--rate-limit=NaN"}},
		{"<name>", []string{"user", "show"}},
		{"<file>", []string{"restore"}},
		{"<dialect>", []string{"admin", "grant", "ann"}},
	} {
		code, out, log := once(t, c.args...)
		if code != exitUsage || out != "" || !strings.Contains(log, c.word) || strings.Count(log, "\n") != 1 {
			t.Errorf("%s: exit %d: %s%s", c.args, code, out, log)
		}
	}
}

func TestAMisspeltVariableIsAnError(t *testing.T) {
	var out, log lockedText
	code := run(t.Context(), []string{"version"}, []string{"DRAGOMAN_LISTEN_ADDRESS=x"}, &out, &log)
	if code != exitUsage || !strings.Contains(log.String(), "DRAGOMAN_LISTEN_ADDRESS") {
		t.Errorf("exit %d: %s%s", code, &out, &log)
	}
	pod := []string{"DRAGOMAN_SERVICE_HOST=10.0.0.7", "DRAGOMAN_SERVICE_PORT_HTTP=80", "DRAGOMAN_PORT=tcp://10.0.0.7:80", "DRAGOMAN_PORT_80_TCP_ADDR=10.0.0.7"}
	if code := run(t.Context(), []string{"version"}, pod, &out, &log); code != exitOK {
		t.Errorf("in a pod of a service of that name: exit %d: %s", code, &log)
	}
}

func TestTheVersionIsAlsoAFlag(t *testing.T) {
	_, command, _ := once(t, "version")
	if code, out, log := once(t, "--version"); code != 0 || out != command || log != "" {
		t.Errorf("exit %d: %s%s", code, out, log)
	}
}

func TestConfigShowSaysWhereEachSettingComesFrom(t *testing.T) {
	file := writeFile(t, "c.yaml", "log:\n  level: warn\nmax-requests: 7\n")
	var out, log lockedText
	env := []string{"DRAGOMAN_MAX_REQUESTS=8", "DRAGOMAN_STORE=postgres://ann:tiger@db/x"}
	code := runStreams(t.Context(), gateway.Table(), []string{"--config", file, "config", "show", "--", "--listen", "127.0.0.1:0"}, env, streams{out: &out, err: &log})
	text := strings.Join(strings.Fields(out.String()), " ")
	for _, want := range []string{
		"listen 127.0.0.1:0 (command line)", "max-requests 8 (DRAGOMAN_MAX_REQUESTS)", "log-level warn (settings file, line 2)", "log-format text (default)",
		"store postgres://ann:xxxxx@db/x (DRAGOMAN_STORE)",
	} {
		if code != 0 || !strings.Contains(text, want) {
			t.Errorf("exit %d without %q: %s%s", code, want, &out, &log)
		}
	}
}

func TestConfigCheckChecksWithoutServing(t *testing.T) {
	t.Chdir(t.TempDir())
	if code, out, log := once(t, "config", "check"); code != 0 || out != "the settings are right\n" {
		t.Errorf("exit %d: %s%s", code, out, log)
	}
	for _, c := range []struct {
		code int
		word string
		args []string
	}{
		{exitUsage, "--max-requests", []string{"--max-requests=-1"}},
		{exitUsage, "version", []string{"--onapp-version", "new"}},
		{exitSeed, "colour", []string{"--seed", writeFile(t, "seed.yaml", "colour: red\n")}},
	} {
		code, _, log := once(t, append([]string{"config", "check", "--"}, c.args...)...)
		if code != c.code || !strings.Contains(log, c.word) {
			t.Errorf("%s: exit %d: %s", c.args, code, log)
		}
	}
	if left, _ := os.ReadDir("."); len(left) > 0 {
		t.Errorf("it left %s", left)
	}
}

func TestABackupIsRestored(t *testing.T) {
	t.Parallel()
	dsn := dbIn(t)
	path := strings.TrimPrefix(dsn, "sqlite:")
	g := start(t, "--store", dsn, "--seed", writeFile(t, "seed.yaml", devSeed))
	backup := filepath.Join(t.TempDir(), "backup.db")
	operate(t, dsn, "", "backup", backup)
	operate(t, dsn, "", "user", "delete", "old", "--yes")
	refuse := func(code int, word string, args ...string) {
		t.Helper()
		got, _, log := once(t, append([]string{"restore", "--store", dsn}, args...)...)
		if got != code || !strings.Contains(log, word) {
			t.Errorf("%s: exit %d: %s", args, got, log)
		}
	}
	refuse(exitStore, "another process", backup, "--replace")
	g.end(t)
	refuse(exitStore, "exists", backup)
	refuse(exitStore, "not a store", writeFile(t, "letter", strings.Repeat("dear friend\n", 999)), "--replace")
	refuse(exitUsage, "SQLite", backup, "--store", "postgres://db/x")
	if out := operate(t, dsn, "", "restore", backup, "--replace"); !strings.Contains(out, "no problem in") || !strings.Contains(out, "restored "+dsn) {
		t.Error(out)
	}
	if out := operate(t, dsn, "", "user", "list"); !strings.Contains(out, "old") {
		t.Errorf("after the restoration: %s", out)
	}
	if _, err := os.Stat(path + ".replaced"); err != nil {
		t.Error(err)
	}
	for _, left := range []string{".restoring", ".restoring.lock", ".restoring-wal"} {
		if _, err := os.Stat(path + left); err == nil {
			t.Errorf("%s stays", left)
		}
	}
}
