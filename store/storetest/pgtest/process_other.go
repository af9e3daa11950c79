//go:build !unix

package pgtest

import (
	"errors"
	"os"
	"os/exec"
)

var immediate os.Signal = os.Kill

func apart(*exec.Cmd) {}

func demote(*exec.Cmd) error {
	return errors.New("a private server needs Unix; " + dsnVariable + " may name one")
}

func handOver(string) error { return nil }
