package main

import (
	"context"
	"io"
	"os"
	"os/signal"
	"syscall"
	"testing"
)

// TestMain lets the test binary stand for the program that starts itself again.
func TestMain(m *testing.M) {
	if len(os.Args) < 2 || os.Args[1] != "floor" {
		os.Exit(m.Run())
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	err := runArgs(ctx, os.Stdout, os.Stderr, os.Args[1:]...)
	stop()
	if err != nil {
		os.Exit(exitCode(err))
	}
}

func mustRun(t *testing.T, stdout, stderr io.Writer, args ...string) {
	t.Helper()
	if err := runArgs(t.Context(), stdout, stderr, args...); err != nil {
		t.Fatal(err)
	}
}

func TestCommandLineRefuses(t *testing.T) {
	tests := map[string][]string{
		"an unknown operation":                 {"--ops", "get-nothing"},
		"no connections":                       {"--connections", "0"},
		"too many connections":                 {"--connections", "100000"},
		"no time":                              {"--time", "0s"},
		"more time than a run may take":        {"--time", "24h"},
		"no rounds":                            {"--rounds", "0"},
		"no users":                             {"--users", "0"},
		"a target that is not a URL":           {"--target", "localhost:80"},
		"a target with TLS":                    {"--target", "https://127.0.0.1"},
		"a store for a target":                 {"--target", "http://127.0.0.1", "--data", "sqlite:x"},
		"flags for a target":                   {"--target", "http://127.0.0.1", "--", "--log-level", "error"},
		"a process without a target":           {"--pid", "1"},
		"another program on another machine":   {"--vs", "http://192.0.2.1/"},
		"another program by name":              {"--vs", "http://gateway.example.com/"},
		"another host than the target's":       {"--target", "http://192.0.2.1", "--vs", "http://192.0.2.2"},
		"a folder that is not there":           {"--folder", "/nowhere/at/all"},
		"no sandboxes":                         {"sandboxes", "--sandboxes", "0"},
		"a load without a store":               {"load"},
		"a load with an unknown hash":          {"load", "sqlite::memory:", "--schemes", "rot13"},
		"a load without a batch":               {"load", "sqlite::memory:", "--batch", "0"},
		"a load of more users than have names": {"load", "sqlite::memory:", "--users", "100000001"},
	}
	for name, args := range tests {
		t.Run(name, func(t *testing.T) {
			if err := runArgs(t.Context(), io.Discard, io.Discard, args...); err == nil || exitCode(err) != exitUsage {
				t.Errorf("%v is accepted: %v", args, err)
			}
		})
	}
}

func TestVSMayBeOnTheTargetsMachine(t *testing.T) {
	for _, v := range []struct{ vs, target string }{
		{"http://127.0.0.1:8090/x", ""},
		{"http://localhost:8090/x", ""},
		{"http://[::1]/x", ""},
		{"http://192.0.2.1:1/x", "http://192.0.2.1:2"},
	} {
		if err := (vsFlags{VS: v.vs}).check(v.target); err != nil {
			t.Errorf("%+v: %v", v, err)
		}
	}
}
