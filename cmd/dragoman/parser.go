package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/dragoman-gateway/dragoman/cmd/dragoman/internal/bench"
	"github.com/dragoman-gateway/dragoman/cmd/dragoman/internal/options"
	"github.com/dragoman-gateway/dragoman/dialects/econtext"
)

const about = `Users of Syncano, eContext Auth and OnApp, kept once and served through all three APIs.

Every flag can also be set by an environment variable, DRAGOMAN_ and the flag's name in capitals
(--log-format: DRAGOMAN_LOG_FORMAT), or in a YAML file given with --config. A flag wins over the
environment, the environment over the file.`

// envPrefix begins the names of the environment variables that stand for flags.
const envPrefix = "DRAGOMAN_"

// cli is the command line.
type cli struct {
	*cobra.Command
	std   streams
	serve serveCmd
	errs  []error
}

func newParser(env []string, std streams) (*cli, error) {
	c := &cli{std: std, Command: &cobra.Command{
		Use: "dragoman", Long: about, SilenceErrors: true, SilenceUsage: true,
		CompletionOptions: cobra.CompletionOptions{DisableDefaultCmd: true},
		Args:              cobra.ArbitraryArgs, RunE: noCommand,
	}}
	c.SetOut(std.out)
	c.SetErr(std.err)
	c.SetHelpFunc(showHelp)
	c.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return options.UsageError{Err: err} })
	c.PersistentFlags().String("config", "", "Read settings from this YAML file.")
	c.PersistentPreRunE = func(cmd *cobra.Command, _ []string) error { return newSettings(env).apply(cmd) }
	c.addCommands()
	return c, errors.Join(c.errs...)
}

// noCommand is what is run without the name of a command, and for an unknown one.
func noCommand(cmd *cobra.Command, args []string) error {
	if len(args) > 0 {
		return options.UsageError{Err: fmt.Errorf("unknown command %q", args[0])}
	}
	return cmd.Help()
}

func (c *cli) addCommands() {
	c.add(c.Command, "serve", "Run the gateway. Without flags: 127.0.0.1:8080, data in ./dragoman.db.", &c.serve,
		func(ctx context.Context, _ []string) error { return c.serve.Run(ctx, c.std) })
	measure, err := bench.Command()
	c.errs = append(c.errs, err)
	c.AddCommand(measure)
	var from storeOption
	c.add(c.Command, "backup FILE", "Copy the store, be it in use or not, to a new file.", &from,
		func(ctx context.Context, args []string) error { return from.backup(ctx, c.std, args[0]) })
	c.addMigrate()
	c.add(c.Command, "version", "Print the version.", &struct{}{},
		func(context.Context, []string) error { return printVersion(c.std) })
}

func (c *cli) addMigrate() {
	migrate := &cobra.Command{
		Use: "migrate", Short: "Tell how far the store's schema is, or bring it up to date.",
		Args: cobra.ArbitraryArgs, RunE: noCommand,
	}
	c.AddCommand(migrate)
	var status, up storeOption
	c.add(migrate, "status", "List the steps of the schema and when each was applied.", &status,
		func(ctx context.Context, _ []string) error { return status.migrationStatus(ctx, c.std) })
	c.add(migrate, "up", "Apply the steps that are pending, as serve does when it starts.", &up,
		func(ctx context.Context, _ []string) error { return up.migrateUp(ctx, c.std) })
}

// add adds a command with the flags of target.
func (c *cli) add(to *cobra.Command, use, short string, target any, run func(context.Context, []string) error) {
	vars := map[string]string{"econtext_application": econtext.DefaultApplicationID}
	cmd, err := options.Command(use, short, target, vars, run)
	c.errs = append(c.errs, err)
	to.AddCommand(cmd)
}
