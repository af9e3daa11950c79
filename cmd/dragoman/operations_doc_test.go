package main

import (
	"strings"
	"testing"
)

// shellLines returns the commands of the sh blocks of a document.
func shellLines(text string) (lines []string) {
	inside := false
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		switch {
		case strings.HasPrefix(line, "```"):
			inside = line == "```sh"
		case inside && line != "":
			lines = append(lines, line)
		}
	}
	return lines
}

// Every command of the document works as it stands there, in its order.
func TestCommandsOfTheOperationsDocumentWork(t *testing.T) {
	lines := shellLines(readFile(t, "cmd/dragoman/OPERATIONS.md"))
	t.Chdir(t.TempDir())
	start(t, "--seed", writeFile(t, "seed.yaml", devSeed))
	for _, line := range lines {
		stdin := ""
		if text, command, ok := strings.Cut(line, "' | "); ok {
			stdin, line = strings.TrimPrefix(text, "echo '")+"\n", command
		}
		args := strings.Fields(line)
		if args[0] != "dragoman" {
			t.Errorf("not a command of the program: %s", line)
			continue
		}
		if code, out, log := onceWith(t, stdin, args[1:]...); code != 0 {
			t.Errorf("%s: exit %d: %s%s", line, code, out, log)
		}
	}
}
