// Package manpage writes the manual page of a command line from its model, so that the
// page has what the program's help has.
package manpage

import (
	"fmt"
	"io"
	"strings"

	"github.com/alecthomas/kong"
	"github.com/cpuguy83/go-md2man/v2/md2man"
)

// Page is a manual page of section 1.
type Page struct {
	Model *kong.Application
	// Version is in the page's footer.
	Version string
	// Help returns the text about a flag or an argument.
	Help func(*kong.Value) string
	// Reference names the command whose flags are described once, for all commands
	// that have the same ones.
	Reference string
	// Sections follow the commands: a heading and a text in Markdown.
	Sections [][2]string
}

// WriteTo writes the page in the language of roff.
func (p *Page) WriteTo(w io.Writer) (int64, error) {
	n, err := w.Write(md2man.Render([]byte(p.markdown())))
	return int64(n), err
}

func (p *Page) markdown() string {
	var b strings.Builder
	app := p.Model
	summary, _, _ := strings.Cut(app.Help, "\n")
	fmt.Fprintf(&b, "%s 1 \"\" \"%s %s\" \"User Commands\"\n==\n\n", app.Name, app.Name, p.Version)
	fmt.Fprintf(&b, "# NAME\n\n%s - %s\n\n", app.Name, escape(summary))
	fmt.Fprintf(&b, "# SYNOPSIS\n\n**%s** *COMMAND* [*FLAG*...]\n\n", app.Name)
	fmt.Fprintf(&b, "# DESCRIPTION\n\n%s\n\n", escape(strings.TrimSpace(app.Help)))
	b.WriteString("# FLAGS OF ALL COMMANDS\n\n")
	p.flags(&b, app.Node, nil)
	b.WriteString("# COMMANDS\n\n")
	p.commands(&b, app.Node, p.shared())
	for _, s := range p.Sections {
		fmt.Fprintf(&b, "# %s\n\n%s\n\n", s[0], s[1])
	}
	return b.String()
}

// shared returns the texts of the flags of the reference command.
func (p *Page) shared() map[string]string {
	all := map[string]string{}
	for _, n := range p.Model.Children {
		for _, f := range n.Flags {
			if n.Name == p.Reference {
				all[f.Name] = f.Help
			}
		}
	}
	return all
}

// commands describes each command below n that can be run.
func (p *Page) commands(b *strings.Builder, n *kong.Node, shared map[string]string) {
	for _, c := range n.Children {
		if c.Hidden {
			continue
		}
		if len(c.Children) > 0 {
			p.commands(b, c, shared)
			continue
		}
		fmt.Fprintf(b, "### %s\n\n%s\n\n", escape(c.Summary()), escape(c.Help))
		for _, a := range c.Positional {
			item(b, a.Summary(), p.Help(a))
		}
		if c.Name == p.Reference && c.Parent == p.Model.Node {
			p.flags(b, c, nil)
		} else {
			p.flags(b, c, shared)
		}
	}
}

// flags describes the flags of n, and names those that are described elsewhere.
func (p *Page) flags(b *strings.Builder, n *kong.Node, elsewhere map[string]string) {
	var same []string
	for _, f := range n.Flags {
		if f.Hidden {
			continue
		}
		if help, ok := elsewhere[f.Name]; ok && help == f.Help {
			same = append(same, "**--"+f.Name+"**")
			continue
		}
		item(b, f.String(), p.Help(f.Value))
	}
	if len(same) > 0 {
		fmt.Fprintf(b, "As for **%s**: %s.\n\n", p.Reference, strings.Join(same, ", "))
	}
}

// item writes an entry of a list of definitions.
func item(b *strings.Builder, term, text string) {
	fmt.Fprintf(b, "**%s**\n: %s\n\n", escape(term), escape(text))
}

// escape returns text in Markdown that says what is said.
func escape(text string) string {
	var b strings.Builder
	for _, r := range text {
		if strings.ContainsRune("\\`*_{}[]()#+-.!<>~|:&", r) {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}
