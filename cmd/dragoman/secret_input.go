package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/term"
)

// needsSecret is an operation that takes a password, which is never an argument:
// those are seen by other users of the machine and kept by shells.
type needsSecret interface {
	NeedsSecret() bool
	SetSecret(text string)
}

var errDifferent = errors.New("the two passwords differ")

// readSecret asks for a password twice on a terminal. From anything else it reads
// the first line.
func readSecret(std streams) (string, error) {
	if f, ok := std.in.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		return askSecret(f, std.err)
	}
	line, err := bufio.NewReader(std.in).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return "", err
	}
	if line = strings.TrimRight(line, "\r\n"); line == "" {
		return "", exitError{exitUsage, errors.New("standard input has no password")}
	}
	return line, nil
}

func askSecret(terminal *os.File, prompts io.Writer) (string, error) {
	var typed [2]string
	for i, prompt := range []string{"Password: ", "Again: "} {
		fmt.Fprint(prompts, prompt)
		text, err := term.ReadPassword(int(terminal.Fd()))
		fmt.Fprintln(prompts)
		if err != nil {
			return "", err
		}
		typed[i] = string(text)
	}
	if typed[0] != typed[1] {
		return "", exitError{exitUsage, errDifferent}
	}
	return typed[0], nil
}
