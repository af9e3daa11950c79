package main

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/dragoman-gateway/dragoman/dialects/gateway"
)

// TestMain lets the test binary be the program itself, for tests that need a
// separate process to kill.
func TestMain(m *testing.M) {
	if os.Getenv("TEST_DRAGOMAN_CHILD") == "1" {
		main()
		return
	}
	os.Exit(m.Run())
}

// gatewayRun is the program, running in this process on a free port.
type gatewayRun struct {
	base     string
	out, log *lockedText
	stop     context.CancelFunc
	exited   chan int
}

// lockedText is a buffer that one goroutine writes while another reads.
type lockedText struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (t *lockedText) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.b.Write(p)
}

func (t *lockedText) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.b.String()
}

// cheap are flags for fast hashes, those of secrets included, and an end without delay.
var cheap = []string{"--hash-memory", "8KiB", "--hash-time", "1", "--econtext-secret-cost", "4", "--drain-delay", "0s"}

var listening = regexp.MustCompile(`msg"?[=:]"?listening"?[ ,]"?address"?[=:]"?([0-9.:\[\]]+)`)

// start runs "serve" with the flags until the test ends, and waits until it listens.
func start(t testing.TB, flags ...string) *gatewayRun {
	t.Helper()
	return startWith(t, gateway.Table(), flags...)
}

// startWith is start with another table of dialects.
func startWith(t testing.TB, rows []*gateway.Row, flags ...string) *gatewayRun {
	t.Helper()
	g := launchWith(t, rows, flags...)
	g.base = "http://" + g.awaitAddress(t)
	return g
}

// launch is start without waiting.
func launch(t testing.TB, flags ...string) *gatewayRun {
	t.Helper()
	return launchWith(t, gateway.Table(), flags...)
}

func launchWith(t testing.TB, rows []*gateway.Row, flags ...string) *gatewayRun {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	g := &gatewayRun{out: new(lockedText), log: new(lockedText), stop: cancel, exited: make(chan int, 1)}
	args := append(append([]string{"serve", "--listen", "127.0.0.1:0", "--secrets-file", "-"}, cheap...), flags...)
	go func() { g.exited <- runWith(ctx, rows, args, nil, g.out, g.log) }()
	t.Cleanup(func() { g.end(t) })
	return g
}

func (g *gatewayRun) awaitAddress(t testing.TB) string {
	t.Helper()
	for end := time.Now().Add(2 * time.Minute); time.Now().Before(end); {
		if m := listening.FindStringSubmatch(g.log.String()); m != nil {
			return m[1]
		}
		select {
		case code := <-g.exited:
			t.Fatalf("exit %d: %s", code, g.log)
		case <-time.After(5 * time.Millisecond):
		}
	}
	t.Fatalf("does not listen: %s", g.log)
	return ""
}

// end stops the program as a signal would and returns its exit code.
func (g *gatewayRun) end(t testing.TB) int {
	t.Helper()
	g.stop()
	select {
	case code := <-g.exited:
		g.exited <- code
		return code
	case <-time.After(2 * time.Minute):
		t.Error("does not stop")
		return -1
	}
}

// answer is a response with its whole body.
type answer struct {
	status int
	header http.Header
	body   string
}

// do sends a request; header is pairs of name and value.
func (g *gatewayRun) do(t testing.TB, method, path, body string, header ...string) answer {
	t.Helper()
	return send(t, method, g.base+path, body, header...)
}

func send(t testing.TB, method, url, body string, header ...string) answer {
	t.Helper()
	req, err := http.NewRequest(method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer{res.StatusCode, res.Header, string(text)}
}

// dbIn names a SQLite store in a temporary folder.
func dbIn(t testing.TB) string { return "sqlite:" + filepath.Join(t.TempDir(), "dragoman.db") }

// writeFile puts text into a new file and returns its path.
func writeFile(t testing.TB, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// once runs a command to its end.
func once(t testing.TB, args ...string) (code int, out, log string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	var o, l lockedText
	code = run(ctx, args, nil, &o, &l)
	return code, o.String(), l.String()
}
