package main

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/alecthomas/kong"
	"github.com/posener/complete"
	"github.com/willabides/kongplete"

	"github.com/dragoman-gateway/dragoman/cmd/dragoman/internal/manpage"
)

type completionCmd struct {
	Shell string `arg:"" enum:"bash,zsh,fish" help:"Shell: bash, zsh or fish."`
}

// completionScripts make a shell ask the program itself, so that what they complete is
// what the program has.
var completionScripts = map[string]string{
	"bash": "complete -o bashdefault -o default -C dragoman dragoman\n",
	"zsh": `(( $+functions[compdef] )) || { autoload -Uz compinit && compinit }
_dragoman() {
    local -a found
    found=(${(f)"$(COMP_LINE=${(j: :)words[1,CURRENT]} dragoman)"})
    [[ $PREFIX == --*=* ]] && compset -P '*='
    if (( $#found )); then compadd -a found; else _files; fi
}
compdef _dragoman dragoman
`,
	"fish": `function __dragoman_complete
    set -lx COMP_LINE (commandline --cut-at-cursor --current-process)
    set -l found (dragoman)
    set -l flag (string match --regex -- '^--[^=]+=' (commandline --cut-at-cursor --current-token); or echo)
    if set -q found[1]
        printf '%s\n' $flag$found
    else
        __fish_complete_path (commandline --cut-at-cursor --current-token | string replace --regex -- '^--[^=]+=' '')
    end
end
complete --command dragoman --no-files --arguments '(__dragoman_complete)'
`,
}

// Run prints what the shell reads.
func (c *completionCmd) Run(std streams) error {
	_, err := io.WriteString(std.out, completionScripts[c.Shell])
	return err
}

// lineToComplete returns the command line that a shell wants completed, up to the
// cursor. Shells of the three kinds say it by these variables.
func lineToComplete(env []string) (line string, ok bool) {
	point := -1
	for _, entry := range env {
		switch name, value, _ := strings.Cut(entry, "="); name {
		case "COMP_LINE":
			line, ok = value, true
		case "COMP_POINT":
			if n, err := strconv.Atoi(value); err == nil {
				point = n
			}
		}
	}
	if point >= 0 && point < len(line) {
		line = line[:point]
	}
	return line, ok
}

// completeLine prints what the last word of a command line can become.
func completeLine(parser *kong.Kong, line string, out io.Writer) error {
	command, err := kongplete.Command(parser)
	if err != nil {
		return err
	}
	words := strings.Fields(line)
	if strings.HasSuffix(line, " ") || len(words) == 0 {
		words = append(words, "")
	}
	last := words[len(words)-1]
	if flag, value, ok := strings.Cut(last, "="); ok {
		words, last = append(words[:len(words)-1], flag, value), value
	}
	words = words[min(1, len(words)-1):]
	args := complete.Args{All: words, Completed: words[:len(words)-1], Last: last}
	if n := len(args.Completed); n > 0 {
		args.LastCompleted = args.Completed[n-1]
	}
	found := command.Predict(args)
	slices.Sort(found)
	for _, word := range slices.Compact(found) {
		if strings.HasPrefix(word, last) {
			if _, err := fmt.Fprintln(out, word); err != nil {
				return err
			}
		}
	}
	return nil
}

type manCmd struct{}

// Run prints the manual page.
func (manCmd) Run(parser *kong.Kong, std streams) error {
	page := manpage.Page{Model: parser.Model, Version: version(), Help: helpWithEnv, Reference: "serve", Sections: []manpage.Section{
		{Heading: "EXIT STATUS", Items: exitStatus()},
	}}
	_, err := page.WriteTo(std.out)
	return err
}

func exitStatus() [][2]string {
	return [][2]string{
		{"0", "done; of serve, stopped after all requests in progress"},
		{"1", "any other error"},
		{"2", "invalid flag, environment variable or settings file"},
		{"3", "cannot listen on the address"},
		{"4", "the store cannot be opened, read or written"},
		{"5", "the store belongs to a newer version"},
		{"6", "invalid seed file"},
	}
}
