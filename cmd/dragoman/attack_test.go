package main

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// attack is several kinds of overload, all against one gateway at once.
type attack struct {
	t       *testing.T
	address string
	end     chan struct{}
	running sync.WaitGroup

	wrong, busy, limited, lost atomic.Int64 // responses to logins
	cut                        [4]atomic.Int64
}

// Kinds of connections that the gateway must close.
const (
	slowReader = iota
	endlessBody
	endlessHeader
	silent
)

func (a *attack) start(each int) {
	for i := range each {
		for kind, hold := range map[int]func(net.Conn, int){
			slowReader: a.readSlowly, endlessBody: a.sendBody, endlessHeader: a.sendHeader, silent: a.sayNothing,
		} {
			for range hogs(kind) {
				a.running.Go(func() { a.again(kind, i, hold) })
			}
		}
		a.running.Go(func() { a.logIn(i) })
	}
}

// hogs returns the number of connections of a kind that an attacker has: enough silent ones to use all connections.
func hogs(kind int) int {
	if kind == silent {
		return 8
	}
	return 1
}

func (a *attack) stop() {
	close(a.end)
	a.running.Wait()
}

func (a *attack) over() bool {
	select {
	case <-a.end:
		return true
	default:
		return false
	}
}

// awaitBounds waits until every bound was met, which takes longer on a slow machine.
func (a *attack) awaitBounds() {
	all := []*atomic.Int64{&a.wrong, &a.busy, &a.limited, &a.cut[slowReader], &a.cut[endlessBody], &a.cut[endlessHeader], &a.cut[silent]}
	for end := time.Now().Add(5 * time.Minute); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		if !slices.ContainsFunc(all, func(n *atomic.Int64) bool { return n.Load() == 0 }) {
			return
		}
	}
}

// report logs how often each bound was met. Each had to be.
func (a *attack) report() {
	a.t.Logf("logins: %d wrong, %d met a full queue, %d the realm's limit", a.wrong.Load(), a.busy.Load(), a.limited.Load())
	a.t.Logf("logins without an answer: %d", a.lost.Load())
	a.t.Logf("cut off: %d slow readers, %d endless bodies, %d endless headers, %d silent",
		a.cut[slowReader].Load(), a.cut[endlessBody].Load(), a.cut[endlessHeader].Load(), a.cut[silent].Load())
	if a.wrong.Load() == 0 || a.busy.Load() == 0 || a.limited.Load() == 0 {
		a.t.Error("the flood of logins did not meet every bound")
	}
	for kind := range a.cut {
		if a.cut[kind].Load() == 0 {
			a.t.Errorf("no connection of kind %d was closed", kind)
		}
	}
}

// again connects and holds the connection until it is closed, repeatedly.
func (a *attack) again(kind, i int, hold func(net.Conn, int)) {
	for !a.over() {
		conn, err := net.DialTimeout("tcp", a.address, 5*time.Second)
		if err != nil {
			continue // the kernel's queue is full
		}
		hold(conn, i)
		_ = conn.Close()
		if !a.over() {
			a.cut[kind].Add(1)
		}
	}
}

// readSlowly requests all users and reads a byte now and then.
func (a *attack) readSlowly(conn net.Conn, i int) {
	_ = conn.(*net.TCPConn).SetReadBuffer(4 << 10)
	path := []string{"/users.xml", "/api/users", "/users.json"}[i%3]
	fmt.Fprintf(conn, "GET %s HTTP/1.1\r\nHost: x\r\nAuthorization: %s\r\n\r\n", path, admin[1])
	for one := make([]byte, 1); !a.over(); time.Sleep(50 * time.Millisecond) {
		if _, err := conn.Read(one); err != nil {
			return
		}
		// Buffered data stays readable after the close; writing finds out sooner.
		if _, err := io.WriteString(conn, "G"); err != nil {
			return
		}
	}
}

// sendBody sends an endless body: by length or in chunks, fast or slowly.
func (a *attack) sendBody(conn net.Conn, i int) {
	path := []string{"/users.json", "/api/users/user", "/v1.1/instances/main/users/", "/users.xml"}[i%4]
	length := []string{"Content-Length: 1000000000000", "Transfer-Encoding: chunked"}[i%2]
	fmt.Fprintf(conn, "POST %s HTTP/1.1\r\nHost: x\r\nAuthorization: %s\r\nX-API-KEY: %s\r\nContent-Type: application/json\r\n%s\r\n\r\n",
		path, admin[1], seedAPIKey, length)
	piece := strings.Repeat(`{"name":`, 2<<10)
	if i%2 == 1 {
		piece = fmt.Sprintf("%x\r\n%s\r\n", len(piece), piece)
	}
	a.repeat(conn, piece, time.Duration(i%3)*20*time.Millisecond)
}

// sendHeader sends an endless header: one long line, or many.
func (a *attack) sendHeader(conn net.Conn, i int) {
	_, _ = io.WriteString(conn, "GET /users.json HTTP/1.1\r\nHost: x\r\nX-Long: ")
	a.repeat(conn, []string{"xxxxxxxx", "x\r\nX-More: y"}[i%2], 20*time.Millisecond)
}

// repeat writes until the connection is closed.
func (a *attack) repeat(conn net.Conn, piece string, pause time.Duration) {
	for !a.over() {
		_ = conn.SetWriteDeadline(time.Now().Add(20 * time.Second))
		if _, err := io.WriteString(conn, piece); err != nil {
			return
		}
		time.Sleep(pause)
	}
}

// sayNothing opens a connection and sends nothing.
func (a *attack) sayNothing(conn net.Conn, _ int) {
	for one := make([]byte, 1); !a.over(); {
		_ = conn.SetReadDeadline(time.Now().Add(100 * time.Millisecond))
		if _, err := conn.Read(one); err != nil {
			if timeout, ok := err.(net.Error); !ok || !timeout.Timeout() {
				return
			}
		}
	}
}

// logIn guesses passwords as fast as it may.
func (a *attack) logIn(i int) {
	client := &http.Client{Transport: &http.Transport{}, Timeout: time.Minute}
	defer client.CloseIdleConnections()
	for n := 0; !a.over(); n++ {
		body := fmt.Sprintf(`{"username":"nobody%d","password":"guess%d"}`, i, n)
		r, err := http.NewRequest("POST", "http://"+a.address+"/v1.1/instances/flooded/user/auth/", strings.NewReader(body))
		if err != nil {
			a.t.Error(err)
			return
		}
		r.Header.Set("X-API-KEY", floodedKey)
		r.Header.Set("Content-Type", "application/json")
		a.account(client.Do(r))
	}
}

// account counts the response to a login.
func (a *attack) account(res *http.Response, err error) {
	if err != nil {
		a.lost.Add(1) // on a slow machine a login can meet the read time-out itself
		return
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		a.lost.Add(1)
		return
	}
	if res.StatusCode == http.StatusUnauthorized {
		a.wrong.Add(1)
		return
	}
	if err := overloaded("syncano", res, string(body)); err != nil {
		a.t.Errorf("a login: %v", err)
		return
	}
	if res.StatusCode == http.StatusTooManyRequests {
		a.limited.Add(1)
		time.Sleep(2 * time.Millisecond) // leave CPU time to the gateway
		return
	}
	a.busy.Add(1)
}
