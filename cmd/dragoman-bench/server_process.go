package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"
)

// serverProcess is a server in a separate process, so that its CPU time and
// memory can be told from those of the load generator.
type serverProcess struct {
	addr  string
	ready time.Duration // from its start to its first good response
	cmd   *exec.Cmd
	log   *tail
	ended chan struct{}
	err   error // once ended
}

// startTimeout bounds how long a server may take to answer. The first start on a
// large store provisions its users.
const startTimeout = 30 * time.Minute

// startProcess runs the program with the arguments, which contain the address to
// listen on, and waits until a GET of path is answered with 200.
func startProcess(ctx context.Context, program, addr, path string, args ...string) (*serverProcess, error) {
	c := &serverProcess{addr: addr, log: &tail{}, ended: make(chan struct{})}
	c.cmd = exec.CommandContext(ctx, program, args...)
	c.cmd.Env = withoutSettings(os.Environ())
	c.cmd.Stderr = c.log
	c.cmd.Cancel = func() error { return c.cmd.Process.Signal(syscall.SIGTERM) }
	c.cmd.WaitDelay = 30 * time.Second
	start := time.Now()
	if err := c.cmd.Start(); err != nil {
		return nil, err
	}
	go func() {
		c.err = c.cmd.Wait()
		close(c.ended)
	}()
	if err := c.await(ctx, path, start.Add(startTimeout)); err != nil {
		c.stop()
		return nil, err
	}
	c.ready = time.Since(start)
	return c, nil
}

// await polls until the server answers.
func (c *serverProcess) await(ctx context.Context, path string, until time.Time) error {
	for time.Now().Before(until) {
		if status, _, err := fetch(ctx, c.addr, path); err == nil && status == 200 {
			return nil
		}
		select {
		case <-c.ended:
			return fmt.Errorf("%s ended before it answered (%v): %s", c.name(), c.err, c.log)
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(time.Millisecond):
		}
	}
	return fmt.Errorf("%s does not answer within %s: %s", c.name(), startTimeout, c.log)
}

func (c *serverProcess) name() string {
	return filepath.Base(c.cmd.Path) + " " + strings.Join(c.cmd.Args[1:], " ")
}

func (c *serverProcess) process() process { return process(c.cmd.Process.Pid) }

// stop ends the server as a service manager would.
func (c *serverProcess) stop() {
	_ = c.cmd.Cancel()
	select {
	case <-c.ended:
	case <-time.After(c.cmd.WaitDelay):
		_ = c.cmd.Process.Kill()
		<-c.ended
	}
}

// gatewayProgram returns the dragoman binary: the one given, or the one next to
// this program, or one that is built into the folder.
func gatewayProgram(ctx context.Context, given, folder string) (string, error) {
	if given != "" {
		return given, nil
	}
	own, err := os.Executable()
	if err != nil {
		return "", err
	}
	sibling := filepath.Join(filepath.Dir(own), "dragoman")
	if info, err := os.Stat(sibling); err == nil && info.Mode().IsRegular() {
		return sibling, nil
	}
	built := filepath.Join(folder, "dragoman")
	out, err := exec.CommandContext(ctx, "go", "build", "-o", built, "github.com/dragoman-gateway/dragoman/cmd/dragoman").CombinedOutput()
	if err != nil {
		return "", errors.New("there is no dragoman next to this program and building it failed; use --dragoman PATH: " + strings.TrimSpace(string(out)))
	}
	return built, nil
}

// withoutSettings drops the settings that a gateway would take from the
// environment: only the command line configures what is measured.
func withoutSettings(env []string) (rest []string) {
	for _, entry := range env {
		if !strings.HasPrefix(entry, "DRAGOMAN_") {
			rest = append(rest, entry)
		}
	}
	return rest
}

// freeAddr returns a local address on which no server listens now.
func freeAddr() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer l.Close()
	return l.Addr().String(), nil
}

// tail keeps the last part of a server's log.
type tail struct {
	mu   sync.Mutex
	text []byte
}

const tailSize = 2000

// Write implements io.Writer.
func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.text = append(t.text, p[max(len(p)-tailSize, 0):]...)
	t.text = t.text[max(len(t.text)-tailSize, 0):]
	return len(p), nil
}

// String returns what is kept.
func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return strings.TrimSpace(string(t.text))
}
