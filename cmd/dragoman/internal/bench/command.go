package bench

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/dragoman-gateway/dragoman/cmd/dragoman/internal/options"
)

// Command is "bench" on a command line. It starts the program that it is in again,
// and calls its "serve" with --listen, --store and --seed.
func Command() (*cobra.Command, error) {
	bench, err := measureCommand("bench")
	bench.Short = "Measure a gateway, and fill stores to measure it with."
	errs := []error{err}
	add := func(cmd *cobra.Command, err error) {
		bench.AddCommand(cmd)
		errs = append(errs, err)
	}
	add(measureCommand("run"))
	add(fillCommand())
	add(printSeedCommand())
	add(listCommand())
	add(serveFloorCommand())
	return bench, errors.Join(errs...)
}

// measureCommand is there twice: "bench" alone does what "bench run" does.
func measureCommand(name string) (cmd *cobra.Command, err error) {
	c := new(runCommand)
	cmd, err = options.Command(name, "Measure operations of a gateway.", c, nil, func(ctx context.Context, args []string) error {
		return c.Run(ctx, cmd.OutOrStdout(), cmd.ErrOrStderr())
	})
	cmd.Use += " [-- SERVE-FLAGS]"
	cmd.Args = func(cmd *cobra.Command, args []string) error {
		if own := cmd.ArgsLenAtDash(); own > 0 || own < 0 && len(args) > 0 {
			return options.UsageError{Err: fmt.Errorf("unknown command %q", args[0])}
		}
		c.ServeFlags = args
		return nil
	}
	return cmd, err
}

func fillCommand() (cmd *cobra.Command, err error) {
	c := new(loadCommand)
	cmd, err = options.Command("load STORE", "Fill a store with synthetic users. It can be stopped and goes on where it was.", c, nil,
		func(ctx context.Context, args []string) error {
			return c.Run(ctx, args[0], cmd.OutOrStdout(), cmd.ErrOrStderr())
		})
	return cmd, err
}

func printSeedCommand() (cmd *cobra.Command, err error) {
	c := new(access)
	cmd, err = options.Command("seed", "Print the seed that a gateway must be served with to be a target.", c, nil,
		func(context.Context, []string) error {
			_, err := fmt.Fprint(cmd.OutOrStdout(), c.seed())
			return err
		})
	return cmd, err
}

func listCommand() (cmd *cobra.Command, err error) {
	cmd, err = options.Command("ops", "List the operations.", &struct{}{}, nil, func(context.Context, []string) error {
		for _, op := range operations() {
			if _, err := fmt.Fprintf(cmd.OutOrStdout(), "%-19s %s\n", op.name, op.about); err != nil {
				return err
			}
		}
		return nil
	})
	return cmd, err
}

func serveFloorCommand() (*cobra.Command, error) {
	c := new(floorCommand)
	cmd, err := options.Command("floor", "Serve a body that is ready.", c, nil, func(ctx context.Context, _ []string) error { return c.Run(ctx) })
	cmd.Hidden = true
	return cmd, err
}
