package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/dragoman-gateway/dragoman/cmd/dragoman/internal/options"
)

// showHelp prints what a command does, the commands below it and its flags.
func showHelp(cmd *cobra.Command, _ []string) {
	var text strings.Builder
	what := cmd.Long
	if what == "" {
		what = cmd.Short
	}
	fmt.Fprintf(&text, "Usage: %s\n\n%s\n", cmd.UseLine(), what)
	if cmd.HasAvailableSubCommands() {
		text.WriteString("\nCommands:\n")
	}
	for _, below := range cmd.Commands() {
		if below.IsAvailableCommand() {
			fmt.Fprintf(&text, "  %-*s  %s\n", cmd.Commands()[0].NamePadding(), below.Name(), below.Short)
		}
	}
	cmd.InitDefaultHelpFlag()
	cmd.LocalFlags() // gathers those of the commands above
	text.WriteString(options.Help(cmd.Flags(), helpWithEnv))
	cmd.Print(text.String())
}

// envName is the environment variable that stands for the flag.
func envName(flag string) string {
	return envPrefix + strings.ToUpper(strings.ReplaceAll(flag, "-", "_"))
}

// helpWithEnv adds the environment variable to a flag's help.
func helpWithEnv(f *pflag.Flag) string {
	if f.Name == "help" {
		return "Show this help."
	}
	return f.Usage + " (" + envName(f.Name) + ")"
}
