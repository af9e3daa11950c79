package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/alecthomas/kong"

	"github.com/dragoman-gateway/dragoman/dialects/gateway"
)

// streams are a command's input and outputs: results and secrets on out, all else
// on err.
type streams struct {
	out, err io.Writer
	in       io.Reader
}

// run is the whole program without the process around it. It returns the exit
// code when the command is done or ctx ends.
func run(ctx context.Context, args, env []string, stdout, stderr io.Writer) int {
	return runWith(ctx, gateway.Table(), args, env, stdout, stderr)
}

// runWith is run with another table of dialects.
func runWith(ctx context.Context, rows []*gateway.Row, args, env []string, stdout, stderr io.Writer) int {
	return runStreams(ctx, rows, args, env, streams{stdout, stderr, os.Stdin})
}

func runStreams(ctx context.Context, rows []*gateway.Row, args, env []string, std streams) int {
	err := dispatch(ctx, rows, args, env, std)
	if err == nil {
		return exitOK
	}
	if help := helpShown(0); errors.As(err, &help) {
		return int(help)
	}
	fmt.Fprintf(std.err, "dragoman: %s\n", oneLine(err.Error()))
	return exitCode(err)
}

func dispatch(ctx context.Context, rows []*gateway.Row, args, env []string, std streams) (err error) {
	defer func() {
		switch v := recover().(type) {
		case nil:
		case helpShown:
			err = v
		default:
			panic(v)
		}
	}()
	if command := parseSandbox(args, env, std); command != nil {
		command.BindTo(ctx, (*context.Context)(nil))
		return command.Run(std)
	}
	parser, err := newParser(env, std, rows, args...)
	if err != nil {
		return err
	}
	if line, ok := lineToComplete(env); ok {
		return completeLine(parser, line, std.out)
	}
	if len(args) == 0 {
		args = []string{"--help"}
	}
	if err := checkCommand(parser.Model.Node, args); err != nil {
		return err
	}
	command, err := parser.Parse(args)
	if err != nil {
		return usageError(err)
	}
	command.BindTo(ctx, (*context.Context)(nil))
	return command.Run(std)
}

// checkCommand fails for a word that is not a command. The parser would not look at
// the words where --help is asked for.
func checkCommand(n *kong.Node, args []string) error {
	for _, word := range args {
		if len(n.Children) == 0 || strings.HasPrefix(word, "-") {
			return nil
		}
		i := slices.IndexFunc(n.Children, func(c *kong.Node) bool { return c.Name == word })
		if i < 0 {
			return exitError{exitUsage, fmt.Errorf("unknown command %q (see %s --help)", word, n.FullPath())}
		}
		n = n.Children[i]
	}
	return nil
}

// usageError adds where to find help, unless the settings file is at fault.
func usageError(err error) error {
	var file settingsError
	if errors.As(err, &file) {
		return exitError{exitUsage, file}
	}
	var parse *kong.ParseError
	command := "dragoman"
	if errors.As(err, &parse) && parse.Context.Command() != "" {
		command += " " + strings.Fields(parse.Context.Command())[0]
	}
	return exitError{exitUsage, fmt.Errorf("%w (see %s --help)", err, command)}
}

func oneLine(s string) string {
	return strings.Join(strings.Fields(s), " ")
}
