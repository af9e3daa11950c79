package options

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
)

// UsageError says that a command cannot be run as it was called.
type UsageError struct{ Err error }

func (e UsageError) Error() string { return e.Err.Error() }
func (e UsageError) Unwrap() error { return e.Err }

// Command makes a command with the flags that target has; see [Add]. Each word of
// use behind the first is an argument that must be there. If target can Validate,
// that has to succeed before run is called.
func Command(use, short string, target any, vars map[string]string, run func(ctx context.Context, args []string) error) (*cobra.Command, error) {
	arguments := len(strings.Fields(use)) - 1
	cmd := &cobra.Command{
		Use: use, Short: short,
		Args: func(_ *cobra.Command, args []string) error { return checkArguments(args, arguments) },
		RunE: func(cmd *cobra.Command, args []string) error {
			if v, ok := target.(interface{ Validate() error }); ok {
				if err := v.Validate(); err != nil {
					return UsageError{err}
				}
			}
			return run(cmd.Context(), args)
		},
	}
	cmd.Flags().SortFlags = false
	return cmd, Add(cmd.Flags(), target, vars)
}

func checkArguments(args []string, want int) error {
	switch {
	case len(args) < want:
		return UsageError{fmt.Errorf("an argument is missing")}
	case len(args) > want:
		return UsageError{fmt.Errorf("unexpected argument %q", args[want])}
	}
	return nil
}
