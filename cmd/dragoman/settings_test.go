package main

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// parsed is what the command line comes to.
func parsed(t testing.TB, env []string, args ...string) (*serveCmd, error) {
	t.Helper()
	parser, err := newParser(env, streams{new(lockedText), new(lockedText)})
	if err != nil {
		t.Fatal(err)
	}
	serve := find(t, parser, "serve")
	serve.RunE = func(*cobra.Command, []string) error { return nil }
	parser.SetArgs(append([]string{"serve"}, args...))
	return &parser.serve, parser.Execute()
}

func find(t testing.TB, parser *cli, name string) *cobra.Command {
	t.Helper()
	cmd, _, err := parser.Find([]string{name})
	if err != nil || cmd.Name() != name {
		t.Fatalf("there is no command %s: %v", name, err)
	}
	return cmd
}

// serveFlags are all flags of "serve" but --help and --config.
func serveFlags(t *testing.T) (flags []*pflag.Flag) {
	t.Helper()
	parser, err := newParser(nil, streams{new(lockedText), new(lockedText)})
	if err != nil {
		t.Fatal(err)
	}
	find(t, parser, "serve").Flags().VisitAll(func(f *pflag.Flag) { flags = append(flags, f) })
	if len(flags) < 40 {
		t.Fatalf("only %d flags", len(flags))
	}
	return flags
}

// sample is a value that the flag takes and that is not its default.
func sample(f *pflag.Flag) string {
	switch {
	case f.Name == "log-format":
		return "json"
	case f.Name == "log-level":
		return "error"
	case f.Name == "econtext-profile":
		return "v2"
	case f.Name == "trusted-proxies":
		return "10.0.0.0/8"
	case f.Value.Type() == "bool":
		return "true"
	case f.Value.Type() == "duration":
		return "7s"
	}
	return "7"
}

func TestEveryFlagIsAlsoAnEnvironmentVariableAndASetting(t *testing.T) {
	plain, err := parsed(t, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range serveFlags(t) {
		byFlag, err := parsed(t, nil, fmt.Sprintf("--%s=%s", f.Name, sample(f)))
		if err != nil || reflect.DeepEqual(byFlag, plain) {
			t.Errorf("--%s=%s sets nothing: %v", f.Name, sample(f), err)
		}
		byEnv, err := parsed(t, []string{envName(f.Name) + "=" + sample(f)})
		if err != nil || !reflect.DeepEqual(byEnv, byFlag) {
			t.Errorf("%s=%s does not do what --%s does: %v", envName(f.Name), sample(f), f.Name, err)
		}
		file := writeFile(t, "c.yaml", f.Name+": "+sample(f)+"\n")
		byFile, err := parsed(t, []string{"DRAGOMAN_CONFIG=" + file})
		if err != nil || !reflect.DeepEqual(byFile, byFlag) {
			t.Errorf("%s: %s does not do what --%s does: %v", f.Name, sample(f), f.Name, err)
		}
	}
}

func TestReadmeHasARowForEveryFlag(t *testing.T) {
	readme := readFile(t, "README.md")
	for _, f := range serveFlags(t) {
		value := ""
		if f.DefValue != "" {
			value = "`" + f.DefValue + "`"
		}
		if row := fmt.Sprintf("\n| `--%s` | %s | %s |\n", f.Name, value, f.Usage); !strings.Contains(readme, row) {
			t.Errorf("README.md lacks the row%s", row)
		}
	}
}

func TestAFlagWinsOverTheEnvironmentAndThatOverTheFile(t *testing.T) {
	file := writeFile(t, "c.yaml", "listen: from-file\nlog: {level: warn}\necontext.profile: v2\n"+
		"trusted-proxies: [10.0.0.0/8, 192.0.2.0/24]\n")
	env := []string{"DRAGOMAN_LISTEN=from-env", "DRAGOMAN_LOG_FORMAT=json", "OTHER_LISTEN=x"}
	c, err := parsed(t, env, "--config", file)
	if err != nil {
		t.Fatal(err)
	}
	if s := *c; s.Listen != "from-env" || s.Log.Level != "warn" || s.Log.Format != "json" || s.EContext.Profile != "v2" || len(s.TrustedProxies) != 2 {
		t.Errorf("%+v", s)
	}
	c, err = parsed(t, env, "--config", file, "--listen", "from-flag")
	if err != nil || c.Listen != "from-flag" {
		t.Errorf("%s, %v", c.Listen, err)
	}
}

func TestBadSettingsAreNamed(t *testing.T) {
	file := func(text string) string { return writeFile(t, "c.yaml", text) }
	for claim, c := range map[string]struct {
		args []string
		want string
	}{
		"unknown flag":      {[]string{"serve", "--colour"}, "--colour"},
		"unknown command":   {[]string{"swerve"}, "swerve"},
		"bad size":          {[]string{"serve", "--max-body", "huge"}, "--max-body"},
		"overflowing size":  {[]string{"serve", "--max-body", "9999999999GiB"}, "--max-body"},
		"bad duration":      {[]string{"serve", "--read-timeout", "soon"}, "--read-timeout"},
		"bad choice":        {[]string{"serve", "--econtext-profile", "v3"}, "--econtext-profile"},
		"bad hash":          {[]string{"serve", "--listen", "127.0.0.1:0", "--store", dbIn(t), "--hash-memory", "4GiB"}, "--hash-memory"},
		"no such file":      {[]string{"serve", "--config", "missing.yaml"}, "missing.yaml"},
		"unknown setting":   {[]string{"serve", "--config", file("listen: x\nlog:\n  colour: red\n")}, "c.yaml:3: "},
		"setting twice":     {[]string{"serve", "--config", file("log: {level: info}\nlog-level: warn\n")}, "c.yaml:2: "},
		"no pairs":          {[]string{"serve", "--config", file("- listen\n")}, "c.yaml:1: "},
		"broken file":       {[]string{"serve", "--config", file("listen: [\n")}, "c.yaml:1: "},
		"negative requests": {[]string{"serve", "--max-requests", "x"}, "--max-requests"},
	} {
		t.Run(claim, func(t *testing.T) {
			code, out, log := once(t, c.args...)
			if code != exitUsage || !strings.Contains(log, c.want) || strings.Count(log, "\n") != 1 || out != "" {
				t.Errorf("exit %d: %s%s", code, out, log)
			}
		})
	}
}

func TestHelpTellsAStrangerWhatToDo(t *testing.T) {
	for _, args := range [][]string{nil, {"--help"}, {"serve", "--help"}, {"version"}} {
		code, out, log := once(t, args...)
		if code != 0 || !strings.Contains(out, "dragoman") || log != "" {
			t.Errorf("%s: exit %d: %s%s", args, code, out, log)
		}
	}
	_, out, _ := once(t, "serve", "--help")
	for _, f := range serveFlags(t) {
		if flat := strings.Join(strings.Fields(out), " "); !strings.Contains(flat, "--"+f.Name) || !strings.Contains(flat, "("+envName(f.Name)+")") {
			t.Errorf("help does not name --%s and its variable", f.Name)
		}
	}
}
