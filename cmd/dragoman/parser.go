package main

import (
	"reflect"
	"strings"

	"github.com/alecthomas/kong"

	"github.com/dragoman-gateway/dragoman/cmd/dragoman/internal/bench"
	"github.com/dragoman-gateway/dragoman/dialects/econtext"
)

// cli is the command line.
type cli struct {
	Config string `help:"Read settings from this YAML file." placeholder:"FILE" type:"path"`

	Serve   serveCmd      `cmd:"" help:"Run the gateway. Without flags: 127.0.0.1:8080, data in ./dragoman.db."`
	Bench   bench.Command `cmd:"" help:"Measure a gateway, and fill stores to measure it with."`
	Backup  backupCmd     `cmd:"" help:"Copy the store, be it in use or not, to a new file."`
	Migrate migrateCmd    `cmd:"" help:"Tell how far the store's schema is, or bring it up to date."`
	Version versionCmd    `cmd:"" help:"Print the version."`
}

const about = `Users of Syncano, eContext Auth and OnApp, kept once and served through all three APIs.

Every flag can also be set by an environment variable, DRAGOMAN_ and the flag's name in capitals (--log-format: DRAGOMAN_LOG_FORMAT), or in a YAML file given with --config. A flag wins over the environment, the environment over the file.`

// envPrefix begins the names of the environment variables that stand for flags.
const envPrefix = "DRAGOMAN_"

func newParser(env []string, std streams) (*kong.Kong, error) {
	return kong.New(new(cli),
		kong.Name("dragoman"),
		kong.Description(about),
		kong.Vars{"econtext_application": econtext.DefaultApplicationID},
		kong.Writers(std.out, std.err),
		kong.Exit(func(code int) { panic(helpShown(code)) }),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, NoExpandSubcommands: true, WrapUpperBound: 100}),
		kong.ValueFormatter(helpWithEnv),
		kong.ExplicitGroups(groups()),
		kong.NamedMapper("size", kong.MapperFunc(decodeSize)),
		kong.Resolvers(newSettings(env)),
	)
}

func groups() []kong.Group {
	return []kong.Group{
		{Key: "log", Title: "Log:"},
		{Key: "limits", Title: "Limits:"},
		{Key: "passwords", Title: "Passwords:"},
		{Key: "syncano", Title: "Syncano:"},
		{Key: "econtext", Title: "eContext Auth:"},
		{Key: "onapp", Title: "OnApp:"},
	}
}

// envName is the environment variable that stands for the flag.
func envName(flag string) string {
	return envPrefix + strings.ToUpper(strings.ReplaceAll(flag, "-", "_"))
}

// helpWithEnv adds the environment variable to a flag's help.
func helpWithEnv(v *kong.Value) string {
	if v.Flag == nil || v.Flag.Name == "help" {
		return v.Help
	}
	return v.Help + " (" + envName(v.Flag.Name) + ")"
}

// decodeSize reads "64KiB" or a plain number of bytes.
func decodeSize(ctx *kong.DecodeContext, target reflect.Value) error {
	var text string
	if err := ctx.Scan.PopValueInto("size", &text); err != nil {
		return err
	}
	n, err := parseSize(text)
	if err != nil {
		return err
	}
	target.SetInt(n)
	return nil
}
