package main

import (
	"bufio"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"time"
)

// halfRequest sends a request but for the end of its body.
func halfRequest(t *testing.T, base string) (conn net.Conn, rest string) {
	t.Helper()
	body := `{"name": "drained"}`
	conn, err := net.Dial("tcp", strings.TrimPrefix(base, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	_, err = fmt.Fprintf(conn, "PUT /api/users/user/%s HTTP/1.1\r\nHost: x\r\nAuthorization: %s\r\nContent-Length: %d\r\n\r\n%s",
		adminID(t, base), admin[1], len(body), body[:5])
	if err != nil {
		t.Fatal(err)
	}
	awaitMetric(t, base, "dragoman_requests_in_flight", 1) // the handler has begun
	return conn, body[5:]
}

// awaitMetric waits until the metric has the value.
func awaitMetric(t *testing.T, base, name string, want float64) {
	t.Helper()
	for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		if metricIn(t, send(t, "GET", base+"/_dragoman/metrics", "").body, name) == want {
			return
		}
	}
	t.Fatalf("%s does not become %v", name, want)
}

func adminID(t *testing.T, base string) string {
	t.Helper()
	list := decoded(t, send(t, "GET", base+"/api/users", "", admin...).body)
	for _, u := range list.EContext.Result.Users {
		if u.Username == adminName {
			return u.ID
		}
	}
	t.Fatal("no administrator")
	return ""
}

func TestSignalLetsARequestFinishAndEndsWithZero(t *testing.T) {
	c := startChild(t, "--store", dbIn(t), "--seed", writeFile(t, "seed.yaml", devSeed))
	conn, rest := halfRequest(t, c.base)
	c.signal(t, syscall.SIGTERM)
	for end := time.Now().Add(time.Minute); ; time.Sleep(5 * time.Millisecond) {
		probe, err := net.Dial("tcp", strings.TrimPrefix(c.base, "http://"))
		if err != nil {
			break
		}
		_ = probe.Close()
		if time.Now().After(end) {
			t.Fatal("still accepts connections")
		}
	}
	if _, err := conn.Write([]byte(rest)); err != nil {
		t.Fatal(err)
	}
	res, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil || res.StatusCode != 200 {
		t.Errorf("%v, %v", res, err)
	}
	if code := c.wait(t); code != 0 {
		t.Errorf("exit %d: %s", code, c.log)
	}
}

func TestRequestThatDoesNotFinishIsCutOffAndTold(t *testing.T) {
	g := startSeeded(t, "--drain-timeout", "100ms")
	halfRequest(t, g.base)
	if code := g.end(t); code != exitFailed || !strings.Contains(g.log.String(), "--drain-timeout") {
		t.Errorf("exit %d: %s", code, g.log)
	}
}

func TestNotReadyWhileDraining(t *testing.T) {
	c := startChild(t, "--store", dbIn(t), "--seed", writeFile(t, "seed.yaml", devSeed), "--drain-delay", "1h", "--admin-listen", "127.0.0.1:0")
	if got := c.do(t, "GET", "/users.json", "", admin...); got.status != 200 {
		t.Fatalf("%d", got.status)
	}
	own := "http://" + ownAddress(t, &c.gatewayRun)
	if got := send(t, "GET", own+"/_dragoman/ready", ""); got.status != 200 || got.body != "ready\n" {
		t.Errorf("%d %s", got.status, got.body)
	}
	c.signal(t, syscall.SIGTERM)
	for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		if got := send(t, "GET", own+"/_dragoman/ready", ""); got.status == 503 && got.body == "draining\n" {
			return
		}
	}
	t.Error("still ready")
}

// TestAListenerThatIsClosedTwiceIsNoError drains a server that has not yet noticed that
// its listener is closed.
func TestAListenerThatIsClosedTwiceIsNoError(t *testing.T) {
	inner, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	slow := &slowListener{Listener: inner, accepting: make(chan struct{}), release: make(chan struct{})}
	serving := &http.Server{ReadHeaderTimeout: time.Minute}
	served := make(chan error)
	go func() { served <- serving.Serve(slow) }()
	<-slow.accepting
	if err := inner.Close(); err != nil {
		t.Fatal(err)
	}
	if err := shutdown(t.Context(), serving); err != nil {
		t.Error(err)
	}
	if err := <-served; !errors.Is(err, http.ErrServerClosed) {
		t.Error(err)
	}
}

// slowListener says when it begins to accept, and accepts until it is closed itself.
type slowListener struct {
	net.Listener
	accepting, release chan struct{}
}

func (l *slowListener) Accept() (net.Conn, error) {
	close(l.accepting)
	<-l.release
	return nil, net.ErrClosed
}

func (l *slowListener) Close() error {
	defer close(l.release)
	return l.Listener.Close()
}
