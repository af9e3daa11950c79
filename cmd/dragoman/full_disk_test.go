package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// The disk is full for the gateway when its files reach the size that they may have.
func TestAFullDiskFailsClosed(t *testing.T) {
	shell, err := exec.LookPath("sh")
	if err != nil {
		t.Skipf("skipped: this test needs a shell to limit the size of files: %v", err)
	}
	file := filepath.Join(t.TempDir(), "d.db")
	seed := writeFile(t, "seed.yaml", devSeed)
	start(t, "--store", "sqlite:"+file, "--seed", seed).end(t)
	info, err := os.Stat(file)
	if err != nil {
		t.Fatal(err)
	}
	c := launchChild(t, func(c *exec.Cmd) {
		limit := fmt.Sprintf("ulimit -f %d; exec \"$0\" \"$@\"", info.Size()/512+128)
		c.Path, c.Args = shell, append([]string{"sh", "-c", limit, c.Path}, c.Args[1:]...)
	}, "--store", "sqlite:"+file, "--seed", seed)
	c.base = "http://" + c.awaitAddress(t)
	json := []string{"Content-Type", "application/json"}
	key := append([]string{"X-API-KEY", seedAPIKey}, json...)
	create := func(i int) answer {
		return c.do(t, "POST", "/v1.1/instances/main/users/", fmt.Sprintf(`{"username":"u%d","password":"x"}`, i), key...)
	}
	got := create(0)
	for i := 1; got.status == 201 && i < 5000; i++ {
		got = create(i)
	}
	if got.status != 500 {
		t.Fatalf("a user on a full disk: %d %s", got.status, got.body)
	}
	var refusals []string
	for _, login := range []string{"admin:wr0ng", "ghost:wr0ng"} {
		got := c.do(t, "GET", "/version.json", "", "Authorization", basic(login))
		refusals = append(refusals, fmt.Sprint(got.status, got.body))
	}
	if refusals[0] != refusals[1] || !strings.HasPrefix(refusals[0], "401") {
		t.Errorf("wrong passwords of a known and an unknown login: %s", refusals)
	}
	for path, want := range map[string]int{"/_dragoman/ready": 503, "/_dragoman/health": 200, "/users.json": 200, "/api/users": 200} {
		if got := c.do(t, "GET", path, "", admin...); got.status != want {
			t.Errorf("%s: %d %.200s, want %d", path, got.status, got.body, want)
		}
	}
	c.signal(t, syscall.SIGTERM)
	c.wait(t)
	if log := c.log.String(); strings.Count(log, `msg="the store takes no changes" error=`) != 1 {
		t.Errorf("the log does not say once that the store takes no changes: %s", log)
	}
}

// An import that fills the disk keeps the batches before, says where it stopped, and goes on
// with --resume.
func TestAFullDiskEndsAnImport(t *testing.T) {
	t.Parallel()
	shell, err := exec.LookPath("sh")
	if err != nil {
		t.Skipf("skipped: this test needs a shell to limit the size of files: %v", err)
	}
	dir := t.TempDir()
	file, store := filepath.Join(dir, "users.csv"), filepath.Join(dir, "a.db")
	var table strings.Builder
	table.WriteString("username,attributes.motto\n")
	for i := range 1500 {
		_, _ = fmt.Fprintf(&table, "user%d,%s\n", i, strings.Repeat("long ", 80))
	}
	if err := os.WriteFile(file, []byte(table.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	args := []string{"import", file, "--store", "sqlite:" + store, "--batch", "100", "--report", filepath.Join(dir, "report")}
	if code, _, said := runCommand(t, "realm", "list", "--store", "sqlite:"+store); code != exitOK {
		t.Fatal(said)
	}
	info, err := os.Stat(store)
	if err != nil {
		t.Fatal(err)
	}
	limit := fmt.Sprintf("ulimit -f %d; exec \"$0\" \"$@\"", info.Size()/512+600)
	c := exec.CommandContext(t.Context(), shell, append([]string{"-c", limit, os.Args[0]}, args...)...)
	c.Env = append(os.Environ(), "TEST_DRAGOMAN_CHILD=1")
	said, err := c.CombinedOutput()
	if err == nil || !strings.Contains(string(said), "and the following") || !strings.Contains(string(said), "the same command with --resume goes on") {
		t.Fatalf("the import of a full disk: %v\n%s", err, said)
	}
	report := contents(t, filepath.Join(dir, "report"))
	if n := strings.Count(report, `"verdict":"added"`); n == 0 || n >= 1500 {
		t.Fatalf("%d rows were reported", n)
	}
	code, _, text := runCommand(t, append(args, "--resume")...)
	if code != exitOK || !strings.Contains(text, "1500 added, 0 updated, 0 unchanged") {
		t.Errorf("resumed: exit code %d, %s", code, text)
	}
}
