package main

import (
	"slices"
	"strings"

	"github.com/alecthomas/kong"

	"github.com/dragoman-gateway/dragoman/dialects/gateway"
)

// cli is the command line.
type cli struct {
	Config       string           `help:"Read settings from this YAML file." placeholder:"FILE" type:"path"`
	PrintVersion kong.VersionFlag `name:"version" help:"Print the version."`

	Serve    serveCmd   `cmd:"" help:"Run the gateway. Without flags: 127.0.0.1:8080, data in ./dragoman.db."`
	Backup   backupCmd  `cmd:"" help:"Copy the store to a new file. The store may be in use."`
	Export   exportCmd  `cmd:"" help:"Write users and everything else to a file. The store may be in use."`
	Import   importCmd  `cmd:"" help:"Read users from an archive, a table or a database into the store."`
	Move     moveCmd    `cmd:"" help:"Copy everything to an empty store, such as from SQLite to PostgreSQL."`
	Upstream vendorsCmd `cmd:"" help:"Look at the live vendors that users came from."`
	Migrate  migrateCmd `cmd:"" help:"Show the state of the store's schema, or upgrade it."`
	User     userCmd    `cmd:"" help:"List, show and change users."`
	Admin    adminCmd   `cmd:"" help:"Say who administers which dialect."`
	Realm    realmCmd   `cmd:"" help:"List, make and drop realms."`
	Key      keyCmd     `cmd:"" help:"Make, list and revoke keys of clients."`
	Restore  restoreCmd `cmd:"" help:"Make a store of a backup."`
	Settings configCmd  `cmd:"" name:"config" help:"Check or show the settings of serve."`
	Mapping  mappingCmd `cmd:"" help:"Map attributes, such as Syncano profile fields, to e-mail address and names."`
	Check    checkCmd   `cmd:"" help:"Check what the store holds. The store may be in use."`
	Unknown  unknownCmd `cmd:"" help:"List what clients ask for and no dialect has. If the store is a file, a gateway must serve it."`
	Sandbox  sandboxCmd `cmd:"" help:"Run a stand-in for tests, and change it."`
	SCIM     scimCmd    `cmd:"" name:"scim" help:"Send users and groups to a SCIM server."`
	Health   healthCmd  `cmd:"" help:"Ask a gateway on this machine whether it runs."`
	Version  versionCmd `cmd:"" help:"Print the version."`

	Completion completionCmd `cmd:"" help:"Print what a shell reads to complete command lines."`
	Man        manCmd        `cmd:"" help:"Print the manual page, in the form of man."`
}

const about = `Users of Syncano, eContext Auth and OnApp, kept once and served through all three APIs, and by SCIM 2.0.

Every flag can also be set by an environment variable, DRAGOMAN_ and the flag's name in capitals (--log-format: DRAGOMAN_LOG_FORMAT), or in a YAML file given with --config. A flag overrides the environment, the environment overrides the file.`

// envPrefix begins the names of the environment variables that stand for flags.
const envPrefix = "DRAGOMAN_"

// newParser returns the parser of the program. With args, only the commands that these may
// name have the dialects' settings: 460 flags instead of 1,142, which halves the time that
// every start spends here.
func newParser(env []string, std streams, rows []*gateway.Row, args ...string) (*kong.Kong, error) {
	c := new(cli)
	c.Serve.rows, c.Serve.env = rows, env
	for name, commands := range c.operatorCommands() {
		if len(args) > 0 && !slices.Contains(args, name) {
			continue
		}
		for _, o := range commands {
			o.setRows(rows)
		}
	}
	groups := []kong.Group{{Key: "tls", Title: "TLS:"}, {Key: "log", Title: "Log:"}, {Key: "limits", Title: "Limits:"}, {Key: "passwords", Title: "Passwords:"}}
	c.Restore.rows, c.Upstream.Status.rows = rows, rows
	for _, o := range []operatorRows{&c.Export, &c.Import, &c.Move} {
		o.setRows(rows)
	}
	c.Settings.root = configRoot{env: env, rows: rows, config: &c.Config}
	c.Settings.Show.configRoot, c.Settings.Check.configRoot = &c.Settings.root, &c.Settings.root
	for _, r := range rows {
		c.Serve.Dialects = append(c.Serve.Dialects, r.Flags())
		groups = append(groups, kong.Group{Key: r.Name, Title: r.Title + ":"})
	}
	parser, err := kong.New(c,
		kong.Name("dragoman"),
		kong.Description(about),
		kong.Writers(std.out, std.err),
		kong.Vars{"version": versionLine()},
		kong.Exit(func(code int) { panic(helpShown(code)) }),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, NoExpandSubcommands: true, WrapUpperBound: 100}),
		kong.ValueFormatter(helpWithEnv),
		kong.ExplicitGroups(groups),
		kong.NamedMapper("size", kong.MapperFunc(gateway.DecodeSize)),
		kong.Resolvers(newSettings(env)),
	)
	if err == nil {
		hideDialects(parser.Model.Node, rows)
	}
	return parser, err
}

// operatorCommands lists the commands of an operator by the first word of each.
func (c *cli) operatorCommands() map[string][]operatorRows {
	u, k, a, r := &c.User, &c.Key, &c.Admin, &c.Realm
	return map[string][]operatorRows{
		"check":   {&c.Check},
		"unknown": {&c.Unknown},
		"user":    {&u.List, &u.Show, &u.Create, &u.SetPassword, &u.Enable, &u.Disable, &u.Unlock, &u.EndSessions, &u.Delete},
		"key":     {&k.List, &k.Create, &k.Revoke},
		"admin":   {&a.Grant, &a.Revoke},
		"realm":   {&r.List, &r.Create, &r.Drop},
		"mapping": {&c.Mapping.List, &c.Mapping.Add, &c.Mapping.Remove},
	}
}

// hideDialects leaves the settings of dialects out of the help of all commands but
// serve: the others take them too, from the environment and the settings file.
func hideDialects(n *kong.Node, rows []*gateway.Row) {
	if n.Name == "serve" {
		return
	}
	for _, f := range n.Flags {
		f.Hidden = f.Hidden || f.Group != nil && slices.ContainsFunc(rows, func(r *gateway.Row) bool { return r.Name == f.Group.Key })
	}
	for _, child := range n.Children {
		hideDialects(child, rows)
	}
}

// helpShown ends the parsing after help was printed, with the exit code.
type helpShown int

func (helpShown) Error() string { return "help was printed" }

// envName returns the environment variable that stands for the flag.
func envName(flag string) string {
	return envPrefix + strings.ToUpper(strings.ReplaceAll(flag, "-", "_"))
}

// helpWithEnv adds the environment variable to a flag's help.
func helpWithEnv(v *kong.Value) string {
	if v.Flag == nil || v.Flag.Name == "help" || v.Flag.Name == "version" {
		return v.Help
	}
	return v.Help + " (" + envName(v.Flag.Name) + ")"
}
