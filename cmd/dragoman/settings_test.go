package main

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
	"github.com/google/go-cmp/cmp"

	"github.com/dragoman-gateway/dragoman/dialects/gateway"
)

// parsed returns "serve" as parsed from the command line.
func parsed(t testing.TB, env []string, args ...string) (*serveCmd, error) {
	t.Helper()
	parser := parserOf(t, env, "serve")
	_, err := parser.Parse(append([]string{"serve"}, args...))
	return &parser.Model.Target.Addr().Interface().(*cli).Serve, err
}

func parserOf(t testing.TB, env []string, args ...string) *kong.Kong {
	t.Helper()
	parser, err := newParser(env, streams{out: new(lockedText), err: new(lockedText)}, gateway.Table(), args...)
	if err != nil {
		t.Fatal(err)
	}
	return parser
}

// flagsOf are all flags of "serve" but --help and --config.
func flagsOf(t testing.TB, parser *kong.Kong) (flags []*kong.Flag) {
	t.Helper()
	for _, child := range parser.Model.Children {
		if child.Name == "serve" {
			flags = child.Flags
		}
	}
	if len(flags) < 40 {
		t.Fatalf("only %d flags", len(flags))
	}
	return flags
}

func serveFlags(t testing.TB) []*kong.Flag {
	t.Helper()
	return flagsOf(t, parserOf(t, nil))
}

// valuesOf are the values of all flags of "serve".
func valuesOf(t testing.TB, env []string, args ...string) map[string]string {
	t.Helper()
	parser := parserOf(t, env, "serve")
	if _, err := parser.Parse(append([]string{"serve"}, args...)); err != nil {
		t.Errorf("%v %v: %v", env, args, err)
	}
	values := map[string]string{}
	for _, f := range flagsOf(t, parser) {
		values[f.Name] = fmt.Sprint(f.Target.Interface())
	}
	return values
}

// sample is a value that the flag takes and that is not its default.
func sample(f *kong.Flag) string {
	switch {
	case f.Enum != "":
		all := strings.Split(f.Enum, ",")
		return all[len(all)-1]
	case f.Name == "store-file":
		return "../../dialects/console/static/icon.svg"
	case f.Name == "trusted-proxies":
		return "10.0.0.0/8"
	case f.Name == "map":
		return "mail=email"
	case f.IsBool():
		return "true"
	case strings.HasSuffix(f.Target.Type().String(), "Duration"):
		return "7s"
	}
	return "7"
}

func TestEveryFlagIsAlsoAnEnvironmentVariableAndASetting(t *testing.T) {
	t.Parallel()
	plain := valuesOf(t, nil)
	for _, alone := range []bool{false, true} {
		args, env, file := []string{}, []string{}, ""
		var given []*kong.Flag
		for _, f := range serveFlags(t) {
			if alone != (f.Name == "store-file") { // which excludes --store
				continue
			}
			given = append(given, f)
			args = append(args, fmt.Sprintf("--%s=%s", f.Name, sample(f)))
			env = append(env, envName(f.Name)+"="+sample(f))
			file += f.Name + ": " + sample(f) + "\n"
		}
		byFlag := valuesOf(t, nil, args...)
		for _, f := range given {
			if byFlag[f.Name] == plain[f.Name] {
				t.Errorf("--%s=%s sets nothing", f.Name, sample(f))
			}
		}
		byFile := valuesOf(t, []string{"DRAGOMAN_CONFIG=" + writeFile(t, "c.yaml", file)})
		if diff := cmp.Diff(byFlag, byFile); diff != "" {
			t.Errorf("the flags and their settings:\n%s", diff)
		}
		if diff := cmp.Diff(byFlag, valuesOf(t, env)); diff != "" {
			t.Errorf("the flags and their variables:\n%s", diff)
		}
	}
}

func TestRuleTheDocumentHasARowForEveryFlag(t *testing.T) {
	document := readFile(t, "cmd/dragoman/SETTINGS.md")
	for _, f := range serveFlags(t) {
		value := ""
		if f.Default != "" {
			value = "`" + f.Default + "`"
		}
		if row := fmt.Sprintf("\n| `--%s` | %s | %s |\n", f.Name, value, f.Help); !strings.Contains(document, row) {
			t.Errorf("SETTINGS.md lacks the row%s", row)
		}
	}
}

func TestAFlagWinsOverTheEnvironmentAndThatOverTheFile(t *testing.T) {
	file := writeFile(t, "c.yaml", "listen: from-file\nlog: {level: warn}\necontext.profile: v2\n"+
		"trusted-proxies: [10.0.0.0/8, 192.0.2.0/24]\n")
	env := []string{"DRAGOMAN_LISTEN=from-env", "DRAGOMAN_LOG_FORMAT=json", "OTHER_LISTEN=x"}
	got := valuesOf(t, env, "--config", file)
	for name, want := range map[string]string{
		"listen": "from-env", "log-level": "warn", "log-format": "json", "econtext-profile": "v2",
		"trusted-proxies": "[10.0.0.0/8 192.0.2.0/24]",
	} {
		if got[name] != want {
			t.Errorf("%s is %s, want %s", name, got[name], want)
		}
	}
	if got := valuesOf(t, env, "--config", file, "--listen", "from-flag"); got["listen"] != "from-flag" {
		t.Error(got["listen"])
	}
}

func TestListsOfAFlagReplaceTheDefault(t *testing.T) {
	if got := valuesOf(t, nil, "--hash-upgrade", "bcrypt,argon2i")["hash-upgrade"]; got != "[bcrypt argon2i]" {
		t.Error(got)
	}
	c, err := parsed(t, nil, "--max-body", "4KiB")
	if err != nil || c.Limits.MaxBody != 4096 || !slices.Equal(c.Passwords.HashUpgrade, []string{"onapp_sha1"}) {
		t.Errorf("%+v: %v", c, err)
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
		"bad version":       {[]string{"serve", "--listen", "127.0.0.1:0", "--store", dbIn(t), "--onapp-version", "new"}, "version"},
		"negative size":     {[]string{"serve", "--max-body=-1"}, "--max-body"},
		"bad network":       {[]string{"serve", "--trusted-proxies", "10.0.0.0"}, "--trusted-proxies"},
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
