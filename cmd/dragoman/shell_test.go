package main

import (
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/alecthomas/kong"

	"github.com/dragoman-gateway/dragoman/dialects/gateway"
)

// completed returns what a command line can become at its end.
func completed(t *testing.T, line string) []string {
	t.Helper()
	var out, log lockedText
	if code := run(t.Context(), nil, []string{"COMP_LINE=" + line, "DRAGOMAN_TYPO=1"}, &out, &log); code != exitOK {
		t.Fatalf("%s: exit %d: %s", line, code, &log)
	}
	return strings.Fields(out.String())
}

func TestCommandLinesAreCompleted(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]string{
		"dragoman us":                                 "user",
		"dragoman user s":                             "set-password show",
		"dragoman admin ":                             "grant revoke",
		"dragoman serve --console ":                   "off read write",
		"dragoman serve --console=w":                  "write",
		"dragoman serve --console off --tls-legacy-":  "--tls-legacy-listen",
		"dragoman completion ":                        "bash fish zsh",
		"dragoman user show ada --onapp-authenticati": "",
		"dragoman backup ":                            "",
		"dragoman":                                    "",
	} {
		if got := strings.Join(completed(t, line), " "); got != want {
			t.Errorf("%q: %q, want %q", line, got, want)
		}
	}
	var out lockedText
	if run(t.Context(), nil, []string{"COMP_LINE=dragoman us --x", "COMP_POINT=11"}, &out, &out); out.String() != "user\n" {
		t.Errorf("before the end of the line: %q", out.String())
	}
}

// nodes returns all commands by the words that name them.
func nodes(parser *kong.Kong) map[string]*kong.Node {
	all := map[string]*kong.Node{}
	var walk func(n *kong.Node)
	walk = func(n *kong.Node) {
		all[n.FullPath()] = n
		for _, c := range n.Children {
			walk(c)
		}
	}
	walk(parser.Model.Node)
	return all
}

// What completion and the manual page have is what the program has.
func TestCompletionAndManualPageAreWhole(t *testing.T) {
	t.Parallel()
	_, page, _ := once(t, "man")
	page = strings.NewReplacer(`\-`, "-", `\&`, "", `\fB`, "", `\fP`, "", `\fR`, "").Replace(page)
	parser, err := newParser(nil, streams{}, gateway.Table())
	if err != nil {
		t.Fatal(err)
	}
	words := func(line string) []string {
		var out strings.Builder
		if err := completeLine(parser, line, &out); err != nil {
			t.Fatal(err)
		}
		return strings.Fields(out.String())
	}
	for path, n := range nodes(parser) {
		flags := words(path + " -")
		for _, f := range n.Flags {
			if name := "--" + f.Name; slices.Contains(flags, name) == f.Hidden {
				t.Errorf("%s: %s is hidden: %v, and completion has %s", path, name, f.Hidden, flags)
			}
			if !f.Hidden && f.Help != "" && !strings.Contains(page, f.Help) {
				t.Errorf("%s: the manual page does not have: %s", path, f.Help)
			}
		}
		for _, c := range n.Children {
			if !slices.Contains(words(path+" "), c.Name) {
				t.Errorf("%s: %s is not completed", path, c.Name)
			}
		}
		if len(n.Children) == 0 && !strings.Contains(page, ".SS "+strings.TrimPrefix(path, "dragoman ")) {
			t.Errorf("%s is not in the manual page", path)
		}
	}
}

// Each shell reads its script, and asks the program that it finds.
func TestShellsReadTheirScripts(t *testing.T) {
	t.Parallel()
	for shell, check := range map[string]string{
		"bash": `complete -p dragoman`,
		"zsh":  `[ "$_comps[dragoman]" = _dragoman ] && echo dragoman`,
		"fish": `function dragoman; echo "$COMP_LINE" | string replace 'dragoman serve --console=' ''; end; complete -C 'dragoman serve --console=dragoman'`,
	} {
		code, script, log := once(t, "completion", shell)
		if code != 0 {
			t.Fatalf("%s: exit %d: %s", shell, code, log)
		}
		path, err := exec.LookPath(shell)
		if err != nil {
			t.Logf("%s is not installed: its script is not read", shell)
			continue
		}
		c := exec.Command(path, map[string][]string{"bash": {"--norc"}, "zsh": {"-f"}, "fish": {"-N"}}[shell]...)
		c.Stdin, c.Env = strings.NewReader(script+check+"\n"), []string{"HOME=" + t.TempDir(), "PATH=/usr/bin:/bin"}
		if out, err := c.CombinedOutput(); err != nil || !strings.Contains(string(out), "dragoman") {
			t.Errorf("%s: %v: %s", shell, err, out)
		}
	}
	if code, _, log := once(t, "completion", "csh"); code != exitUsage || !strings.Contains(log, "bash") {
		t.Errorf("exit %d: %s", code, log)
	}
}

func TestTheManualPageIsRight(t *testing.T) {
	t.Parallel()
	groff, err := exec.LookPath("groff")
	if err != nil {
		t.Skip("skipped: this test needs groff")
	}
	_, page, _ := once(t, "man")
	c := exec.Command(groff, "-man", "-ww", "-Tutf8", "-P-cbou", "-rLL=90n")
	c.Stdin = strings.NewReader(page)
	var problems strings.Builder
	c.Stderr = &problems
	out, err := c.Output()
	if err != nil || problems.Len() > 0 {
		t.Fatalf("%v: %s", err, &problems)
	}
	for _, want := range []string{"serve [flags]", "--store=\"sqlite:dragoman.db\"", "As for serve: --store-file, --store, --seal-key-file.", "EXIT STATUS"} {
		if !strings.Contains(string(out), want) {
			t.Errorf("it does not show %q", want)
		}
	}
}
