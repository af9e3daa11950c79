package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/alecthomas/kong"
)

// cli is the command line.
type cli struct {
	Run       runCommand       `cmd:"" default:"withargs" help:"Measure operations of a gateway."`
	Load      loadCommand      `cmd:"" help:"Fill a store with synthetic users. An interrupted load continues where it stopped."`
	Transfer  transferCommand  `cmd:"" help:"Measure an import and an export, beside SQLite's own."`
	Sandboxes sandboxesCommand `cmd:"" help:"Measure sandboxes, and what they cost the gateway beside them."`
	Seed      seedCommand      `cmd:"" help:"Print the seed that a gateway needs to be a target."`
	Ops       opsCommand       `cmd:"" help:"List the operations."`
	Floor     floorCommand     `cmd:"" hidden:"" help:"Serve a prepared body."`
}

// streams are a command's outputs: results on out, all else on err.
type streams struct{ out, err io.Writer }

// usageError says that a command line is invalid.
type usageError struct{ error }

// Exit codes.
const (
	exitFailed = 1
	exitUsage  = 2
)

func exitCode(err error) int {
	if errors.As(err, &usageError{}) {
		return exitUsage
	}
	return exitFailed
}

// helpShown ends the parsing after help was printed.
type helpShown struct{}

// runArgs runs a command line. It returns when the command is done or ctx ends.
func runArgs(ctx context.Context, stdout, stderr io.Writer, args ...string) (err error) {
	defer func() {
		switch v := recover().(type) {
		case nil, helpShown:
		default:
			panic(v)
		}
	}()
	parser, err := kong.New(new(cli),
		kong.Name("dragoman-bench"), kong.Description("Measure a dragoman gateway, and fill stores for it."),
		kong.Writers(stdout, stderr), kong.Exit(func(int) { panic(helpShown{}) }),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, NoExpandSubcommands: true, WrapUpperBound: 100}))
	if err != nil {
		return err
	}
	command, err := parser.Parse(args)
	if err != nil {
		return usageError{err}
	}
	command.BindTo(ctx, (*context.Context)(nil))
	return command.Run(streams{stdout, stderr})
}

type seedCommand struct{ access }

// Run prints the seed.
func (c *seedCommand) Run(std streams) error {
	_, err := fmt.Fprint(std.out, c.access.seed())
	return err
}

type opsCommand struct{}

// Run prints the operations.
func (opsCommand) Run(std streams) error {
	for _, op := range operations() {
		if _, err := fmt.Fprintf(std.out, "%-19s %s\n", op.name, op.about); err != nil {
			return err
		}
	}
	return nil
}
