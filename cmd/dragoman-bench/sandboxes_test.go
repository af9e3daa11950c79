package main

import (
	"strings"
	"testing"
)

func TestSandboxesAreMeasured(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	mustRun(t, &out, &out, "sandboxes", "--users", "20", "--sandboxes", "3", "--times", "2", "--requests", "2")
	for _, row := range []string{"a request ", "create and drop", "reset and first request", "the same, once in a test", "fork of 20 users", "fork after a user was added", "3 sandboxes, created", "a request to each", "journal full", "control API on / off"} {
		if !strings.Contains(out.String(), row) {
			t.Errorf("no row %q: %s", row, out.String())
		}
	}
}
