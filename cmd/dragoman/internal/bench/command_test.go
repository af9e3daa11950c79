package bench

import (
	"context"
	"io"
	"testing"

	"github.com/alecthomas/kong"
)

// parseAndRun runs a command line as the program would.
func parseAndRun(t *testing.T, stdout, stderr io.Writer, args ...string) {
	t.Helper()
	if err := tryRun(t, stdout, stderr, args...); err != nil {
		t.Fatal(err)
	}
}

func tryRun(t *testing.T, stdout, stderr io.Writer, args ...string) error {
	t.Helper()
	parser, err := kong.New(new(Command), kong.Writers(stdout, stderr))
	if err != nil {
		t.Fatal(err)
	}
	command, err := parser.Parse(args)
	if err != nil {
		return err
	}
	command.BindTo(t.Context(), (*context.Context)(nil))
	return command.Run()
}
