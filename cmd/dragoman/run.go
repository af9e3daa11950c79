package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/dragoman-gateway/dragoman/cmd/dragoman/internal/options"
)

// streams is where a command speaks to: results and secrets on out, all else on err.
type streams struct {
	out, err io.Writer
}

// run is the whole program but for the process around it: it returns when the
// command is done or ctx ends, with the exit code.
func run(ctx context.Context, args, env []string, stdout, stderr io.Writer) int {
	err := dispatch(ctx, args, env, streams{stdout, stderr})
	if err == nil {
		return exitOK
	}
	fmt.Fprintf(stderr, "dragoman: %s\n", oneLine(err.Error()))
	return exitCode(err)
}

func dispatch(ctx context.Context, args, env []string, std streams) error {
	parser, err := newParser(env, std)
	if err != nil {
		return err
	}
	parser.SetArgs(args)
	command, err := parser.ExecuteContextC(ctx)
	if file := (settingsError{}); errors.As(err, &file) {
		return exitError{exitUsage, file}
	}
	if usage := (options.UsageError{}); errors.As(err, &usage) {
		return exitError{exitUsage, fmt.Errorf("%w (see %s --help)", usage, command.CommandPath())}
	}
	return err
}

func oneLine(s string) string {
	return strings.Join(strings.Fields(s), " ")
}
