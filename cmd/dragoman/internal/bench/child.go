package bench

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"time"
)

// child is a server that runs as a process of its own, from the same binary, so
// that its computing time and memory are its own too.
type child struct {
	addr  string
	ready time.Duration // from its start to its first good answer
	cmd   *exec.Cmd
	said  *tail
	ended chan struct{}
	err   error // once ended
}

// startWithin is how long a child may take to answer.
const startWithin = 30 * time.Second

// startChild runs the program with the arguments, which hold the address it is to
// listen on, and waits until a GET of path is answered with 200.
func startChild(ctx context.Context, addr, path string, args ...string) (*child, error) {
	program, err := os.Executable()
	if err != nil {
		return nil, err
	}
	c := &child{addr: addr, said: &tail{}, ended: make(chan struct{})}
	c.cmd = exec.CommandContext(ctx, program, args...)
	c.cmd.Env = withoutSettings(os.Environ())
	c.cmd.Stderr = c.said
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
	if err := c.await(ctx, path, start.Add(startWithin)); err != nil {
		c.stop()
		return nil, err
	}
	c.ready = time.Since(start)
	return c, nil
}

// await asks until the child answers.
func (c *child) await(ctx context.Context, path string, until time.Time) error {
	for time.Now().Before(until) {
		if status, _, err := fetch(ctx, c.addr, path); err == nil && status == 200 {
			return nil
		}
		select {
		case <-c.ended:
			return fmt.Errorf("%s ended before it answered (%v): %s", c.name(), c.err, c.said)
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(time.Millisecond):
		}
	}
	return fmt.Errorf("%s does not answer within %s: %s", c.name(), startWithin, c.said)
}

func (c *child) name() string { return "dragoman " + strings.Join(c.cmd.Args[1:], " ") }

func (c *child) process() process { return process(c.cmd.Process.Pid) }

// stop ends the child as a service manager would.
func (c *child) stop() {
	_ = c.cmd.Cancel()
	select {
	case <-c.ended:
	case <-time.After(c.cmd.WaitDelay):
		_ = c.cmd.Process.Kill()
		<-c.ended
	}
}

// withoutSettings drops the settings that a child would take from the
// environment: what is measured is what the command line says.
func withoutSettings(env []string) (rest []string) {
	for _, entry := range env {
		if !strings.HasPrefix(entry, "DRAGOMAN_") {
			rest = append(rest, entry)
		}
	}
	return rest
}

// freeAddr is an address on this machine that nobody listens on now.
func freeAddr() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer l.Close()
	return l.Addr().String(), nil
}

// tail keeps the last of what a child says.
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

// String returns the last lines, one after the other.
func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return strings.TrimSpace(string(t.text))
}
