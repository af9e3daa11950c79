package main

import (
	"bufio"
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
	time.Sleep(50 * time.Millisecond) // the handler is to be inside before the signal comes
	return conn, body[5:]
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
	for i := 0; ; i++ {
		probe, err := net.Dial("tcp", strings.TrimPrefix(c.base, "http://"))
		if err != nil {
			break
		}
		_ = probe.Close()
		if i > 1000 {
			t.Fatal("still accepts connections")
		}
		time.Sleep(5 * time.Millisecond)
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
	g := startSeeded(t, "--drain-delay", "400ms", "--admin-listen", "127.0.0.1:0")
	if got := g.do(t, "GET", "/users.json", "", admin...); got.status != 200 {
		t.Fatalf("%d", got.status)
	}
	own := "http://" + ownAddress(t, g)
	if got := send(t, "GET", own+"/_dragoman/ready", ""); got.status != 200 || got.body != "ready\n" {
		t.Errorf("%d %s", got.status, got.body)
	}
	g.stop()
	for range 100 {
		got := send(t, "GET", own+"/_dragoman/ready", "")
		if got.status == 503 && got.body == "draining\n" {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Error("still ready")
}
