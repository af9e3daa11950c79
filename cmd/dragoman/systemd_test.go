package main

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/dragoman-gateway/dragoman/core/coretest"
)

// bySocket starts the program as systemd does by a socket unit: with the socket as its
// third file.
func bySocket(t *testing.T, l net.Listener, name string, env []string, flags ...string) *child {
	t.Helper()
	f, err := l.(*net.TCPListener).File()
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	return launchChild(t, func(cmd *exec.Cmd) {
		// Only the process that LISTEN_PID names may take the sockets.
		cmd.Args = append([]string{"sh", "-c", `LISTEN_PID=$$ exec "$0" "$@"`, cmd.Path}, cmd.Args[1:]...)
		cmd.Path = "/bin/sh"
		cmd.Env = append(append(cmd.Env, "LISTEN_FDS=1", "LISTEN_FDNAMES="+name), env...)
		cmd.ExtraFiles = []*os.File{f}
	}, flags...)
}

// keptClient sends requests on one connection until the server ends that, and then on a
// new one. A request without an answer is a failure; it is never sent again.
func keptClient(address, request string, stop *atomic.Bool, served *atomic.Int64) error {
	for !stop.Load() {
		conn, err := net.Dial("tcp", address)
		if err != nil {
			return err
		}
		if err := keepAsking(conn, request, stop, served); err != nil {
			return fmt.Errorf("after %d requests of all clients: %w", served.Load(), err)
		}
	}
	return nil
}

func keepAsking(conn net.Conn, request string, stop *atomic.Bool, served *atomic.Int64) error {
	defer conn.Close()
	in := bufio.NewReader(conn)
	for !stop.Load() {
		_ = conn.SetDeadline(time.Now().Add(time.Minute))
		if _, err := conn.Write([]byte(request)); err != nil {
			return err
		}
		res, err := http.ReadResponse(in, nil)
		if err != nil {
			return err
		}
		if _, err := io.Copy(io.Discard, res.Body); err != nil {
			return err
		}
		if res.StatusCode != 200 {
			return fmt.Errorf("status %s", res.Status)
		}
		served.Add(1)
		if res.Close {
			return nil
		}
	}
	return nil
}

func TestARestartUnderLoadFailsNoRequest(t *testing.T) {
	t.Parallel()
	restarts, each := coretest.Rounds(1, 2), coretest.Rounds(2, 8)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	// The time to send a next request is the clients': on a busy machine, long.
	flags := []string{"--listen", "systemd", "--store", dbIn(t), "--seed", writeFile(t, "seed.yaml", devSeed), "--drain-delay", "3s"}
	c := bySocket(t, l, "web", nil, flags...)
	c.awaitAddress(t)
	var stop atomic.Bool
	var served atomic.Int64
	var clients sync.WaitGroup
	body := `{"name": "loaded"}`
	for _, request := range []string{
		"GET /users.json HTTP/1.1\r\nHost: x\r\nAuthorization: " + admin[1] + "\r\n\r\n",
		fmt.Sprintf("PUT /api/users/user/%s HTTP/1.1\r\nHost: x\r\nAuthorization: %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s",
			adminID(t, "http://"+l.Addr().String()), admin[1], len(body), body),
	} {
		for range each {
			clients.Go(func() {
				if err := keptClient(l.Addr().String(), request, &stop, &served); err != nil {
					t.Errorf("%s: %.3s: %v", time.Now().Format("05.000"), request, err)
				}
			})
		}
	}
	for range restarts {
		for before := served.Load(); served.Load() < before+50; time.Sleep(time.Millisecond) {
		}
		c.signal(t, syscall.SIGTERM)
		if code := c.wait(t); code != 0 {
			t.Errorf("exit %d: %s", code, c.log)
		}
		t.Logf("ended %s", time.Now().Format("05.000"))
		for _, line := range strings.Split(c.log.String(), "\n") {
			if !strings.Contains(line, "msg=request") {
				t.Log(line)
			}
		}
		c = bySocket(t, l, "web", nil, flags...)
		c.awaitAddress(t)
	}
	for before := served.Load(); served.Load() < before+50 && !t.Failed(); time.Sleep(time.Millisecond) {
	}
	stop.Store(true)
	clients.Wait()
	t.Logf("%d requests", served.Load())
}

func TestSystemdIsToldTheState(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "notify")
	told, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: path, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	defer told.Close()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	c := bySocket(t, l, "web", []string{"NOTIFY_SOCKET=" + path, "WATCHDOG_USEC=20000"}, "--listen", "systemd:web", "--store", dbIn(t))
	await := func(want string) {
		t.Helper()
		buf := make([]byte, 4096)
		_ = told.SetReadDeadline(time.Now().Add(time.Minute))
		for {
			n, err := told.Read(buf)
			if err != nil {
				t.Fatalf("systemd is not told %s: %v: %s", want, err, c.log)
			}
			if strings.HasPrefix(string(buf[:n]), want) {
				return
			}
		}
	}
	await("READY=1")
	await("WATCHDOG=1")
	c.signal(t, syscall.SIGHUP)
	await("RELOADING=1\nMONOTONIC_USEC=")
	await("READY=1")
	c.signal(t, syscall.SIGTERM)
	await("STOPPING=1")
	if code := c.wait(t); code != 0 {
		t.Errorf("exit %d: %s", code, c.log)
	}
}

func TestASocketThatSystemdDidNotPassIsTold(t *testing.T) {
	t.Parallel()
	dsn := dbIn(t)
	refused(t, exitListen, "--listen: cannot listen on systemd: systemd has passed no socket", "--listen", "systemd", "--store", dsn)
	if _, err := os.Stat(strings.TrimPrefix(dsn, "sqlite:")); err == nil {
		t.Error("the store is made")
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	c := bySocket(t, l, "web", nil, "--listen", "systemd:admin", "--store", dbIn(t))
	if code := c.wait(t); code != exitListen || !strings.Contains(c.log.String(), "of this name, but web") {
		t.Errorf("exit %d: %s", code, c.log)
	}
}
