package main

import (
	"errors"
	"os"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// child is the program in a separate process.
type child struct {
	gatewayRun
	cmd  *exec.Cmd
	done chan error
}

// startChild runs "serve" in another process and waits until it listens.
func startChild(t testing.TB, flags ...string) *child {
	t.Helper()
	c := launchChild(t, nil, flags...)
	c.base = "http://" + c.awaitAddress(t)
	return c
}

// launchChild is startChild without waiting. change, if any, is for the command before it starts.
func launchChild(t testing.TB, change func(*exec.Cmd), flags ...string) *child {
	t.Helper()
	c := &child{gatewayRun: gatewayRun{out: new(lockedText), log: new(lockedText), exited: make(chan int, 1)}, done: make(chan error, 1)}
	args := append(append([]string{"serve", "--listen", "127.0.0.1:0", "--secrets-file", "-"}, cheap...), flags...)
	c.cmd = exec.Command(os.Args[0], args...)
	own := slices.DeleteFunc(os.Environ(), func(entry string) bool { return strings.HasPrefix(entry, envPrefix) })
	c.cmd.Env = append(own, "TEST_DRAGOMAN_CHILD=1")
	c.cmd.Stdout, c.cmd.Stderr = c.out, c.log
	if change != nil {
		change(c.cmd)
	}
	if err := c.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() { c.done <- c.cmd.Wait() }()
	t.Cleanup(func() { _ = c.cmd.Process.Kill() })
	return c
}

// signal sends s, and wait returns the exit code that follows.
func (c *child) signal(t testing.TB, s syscall.Signal) {
	t.Helper()
	if err := c.cmd.Process.Signal(s); err != nil {
		t.Fatal(err)
	}
}

func (c *child) wait(t testing.TB) int {
	t.Helper()
	select {
	case err := <-c.done:
		var exit *exec.ExitError
		if errors.As(err, &exit) {
			return exit.ExitCode()
		}
		return 0
	case <-time.After(2 * time.Minute):
		t.Fatal("does not end")
		return -1
	}
}
