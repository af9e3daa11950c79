package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"go/ast"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/dragoman-gateway/dragoman/core/coretest"
)

const putSeed = `
users: [{username: admin, email: admin@example.com, password: changeme1}]
syncano:
  accounts: [{email: admin@example.com, password: changeme1, account_key: 0f2b7c1de4a95863b0f2b7c1de4a95863b0f2b70}]
  instances: [{name: main, owner: admin@example.com}]
econtext: {members: [admin]}
onapp: {administrators: [{username: admin}]}
`

// TestFunctionsOfOnePut counts the project's own functions that a PUT of a user
// with a new password runs in each dialect, beyond those that the start and the
// user's creation run: the cost of following one request through the code.
func TestFunctionsOfOnePut(t *testing.T) {
	coretest.NeedLong(t) // it builds the program with coverage counters
	dir := t.TempDir()
	binary := filepath.Join(dir, "dragoman")
	command(t, nil, "go", "build", "-cover", "-covermode=count", "-coverpkg=./...", "-o", binary, "./cmd/dragoman")
	seed := filepath.Join(dir, "seed.yaml")
	if err := os.WriteFile(seed, []byte(putSeed), 0o600); err != nil {
		t.Fatal(err)
	}
	functions := functionsByFile(t)
	for _, dialect := range []string{"syncano", "econtext", "onapp"} {
		before := blocksRun(t, binary, seed, dialect, 0)
		after := blocksRun(t, binary, seed, dialect, 1)
		n, lines, files := 0, 0, map[string]bool{}
		for _, f := range functions {
			if f.counts(after) > f.counts(before) {
				n, lines, files[f.file] = n+1, lines+f.to-f.from+1, true
			}
		}
		t.Logf("one PUT through %-9s %4d functions, %5d lines, %3d files", dialect+":", n, lines, len(files))
		if n == 0 {
			t.Errorf("%s: the PUT ran no function", dialect)
		}
	}
}

// function is one of the project's functions, by its lines.
type function struct {
	file     string
	from, to int
}

// counts adds up how often the function's entry block ran.
func (f function) counts(blocks map[string]map[int]int) int {
	first, n := f.to+1, 0
	for line, count := range blocks[f.file] {
		if line >= f.from && line <= f.to && line < first {
			first, n = line, count
		}
	}
	return n
}

func functionsByFile(t *testing.T) (all []function) {
	for _, s := range sources(t, isCode) {
		for _, d := range s.Decls {
			if f, ok := d.(*ast.FuncDecl); ok {
				all = append(all, function{s.name, s.line(f.Pos()), s.line(f.End())})
			}
		}
	}
	return all
}

// blocksRun starts the program on a new store, creates a user through the
// dialect, changes its password n times, and returns how often each block ran,
// by file and first line.
func blocksRun(t *testing.T, binary, seed, dialect string, n int) map[string]map[int]int {
	t.Helper()
	dir := t.TempDir()
	c := &child{gatewayRun: gatewayRun{out: new(lockedText), log: new(lockedText)}, done: make(chan error, 1)}
	c.cmd = exec.Command(binary, append([]string{"serve", "--listen", "127.0.0.1:0", "--seed", seed, "--store", "sqlite:" + dir + "/d.db"}, cheap...)...)
	c.cmd.Env = append(os.Environ(), "GOCOVERDIR="+dir)
	c.cmd.Stdout, c.cmd.Stderr = c.out, c.log
	if err := c.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.cmd.Process.Kill() })
	go func() { c.done <- c.cmd.Wait() }()
	c.base = "http://" + c.awaitAddress(t)
	put := createForPut(t, c.base, dialect)
	for i := range n {
		put(i)
	}
	c.signal(t, syscall.SIGTERM)
	if code := c.wait(t); code != 0 {
		t.Fatalf("exit code %d: %s", code, c.log)
	}
	return readBlocks(t, command(t, nil, "go", "tool", "covdata", "textfmt", "-i="+dir, "-o=/dev/stdout"))
}

// createForPut creates a user through the dialect and returns the change of its password.
func createForPut(t *testing.T, base, dialect string) func(i int) {
	t.Helper()
	basic := "Basic YWRtaW46Y2hhbmdlbWUx" // admin:changeme1
	switch dialect {
	case "syncano":
		users := base + "/v1.1/instances/main/users/"
		key := "Token 0f2b7c1de4a95863b0f2b7c1de4a95863b0f2b70"
		var made struct{ ID int }
		mustSend(t, "POST", users, key, `{"username":"put","password":"changeme1"}`, &made)
		return func(i int) {
			mustSend(t, "PUT", fmt.Sprintf("%s%d/", users, made.ID), key, fmt.Sprintf(`{"username":"put","password":"changed-%d"}`, i), nil)
		}
	case "econtext":
		var made struct {
			Econtext struct {
				Result struct{ User struct{ ID string } }
			}
		}
		mustSend(t, "POST", base+"/api/users/user", basic, `{"username":"put","email":"put@example.com","password":"changeme1","applications":[]}`, &made)
		return func(i int) {
			mustSend(t, "PUT", base+"/api/users/user/"+made.Econtext.Result.User.ID, basic, fmt.Sprintf(`{"password":"changed-%d"}`, i), nil)
		}
	default:
		var made struct{ User struct{ ID int } }
		mustSend(t, "POST", base+"/users.json", basic, `{"user":{"login":"put","email":"put@example.com","password":"changeme1","first_name":"P","last_name":"U"}}`, &made)
		return func(i int) {
			mustSend(t, "PUT", fmt.Sprintf("%s/users/%d.json", base, made.User.ID), basic, fmt.Sprintf(`{"user":{"password":"changed-%d"}}`, i), nil)
		}
	}
}

// mustSend makes a request that must succeed, and decodes the answer into out if there is one.
func mustSend(t *testing.T, method, url, authorization, body string, out any) {
	t.Helper()
	r, err := http.NewRequest(method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", authorization)
	r.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	text, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode/100 != 2 {
		t.Fatalf("%s %s: %v, %s: %s", method, url, err, resp.Status, text)
	}
	if out == nil {
		return
	}
	if err := json.Unmarshal(text, out); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
}

// readBlocks reads the text form of coverage: FILE:LINE.COL,LINE.COL STATEMENTS COUNT.
func readBlocks(t *testing.T, text []byte) map[string]map[int]int {
	t.Helper()
	blocks := map[string]map[int]int{}
	for lines := bufio.NewScanner(bytes.NewReader(text)); lines.Scan(); {
		name, rest, ok := strings.Cut(strings.TrimPrefix(lines.Text(), module), ":")
		fields := strings.Fields(rest)
		if !ok || len(fields) != 3 {
			continue // the mode line
		}
		line, errLine := strconv.Atoi(rest[:strings.IndexByte(rest, '.')])
		count, errCount := strconv.Atoi(fields[2])
		if errLine != nil || errCount != nil {
			t.Fatalf("cannot read %q", lines.Text())
		}
		if blocks[name] == nil {
			blocks[name] = map[int]int{}
		}
		blocks[name][line] = max(blocks[name][line], count)
	}
	return blocks
}

// command runs a tool in the project's folder and returns its standard output.
func command(t *testing.T, env []string, name string, args ...string) []byte {
	t.Helper()
	c := exec.Command(name, args...)
	c.Dir, c.Env = root, append(os.Environ(), env...)
	var stderr bytes.Buffer
	c.Stderr = &stderr
	out, err := c.Output()
	if err != nil {
		t.Fatalf("%s %v: %v\n%s", name, args, err, stderr.Bytes())
	}
	return out
}
