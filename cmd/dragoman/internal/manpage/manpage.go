// Package manpage writes the manual page of a command line from its model, so that the
// page has what the program's help has.
package manpage

import (
	"fmt"
	"io"
	"strings"

	"github.com/alecthomas/kong"
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
	// Sections follow the commands.
	Sections []Section
}

// Section is a part of the page that lists terms with their meanings.
type Section struct {
	Heading string
	Items   [][2]string
}

// WriteTo writes the page in the language of roff.
func (p *Page) WriteTo(w io.Writer) (int64, error) {
	n, err := io.WriteString(w, p.roff())
	return int64(n), err
}

func (p *Page) roff() string {
	var r roff
	app := p.Model
	summary, _, _ := strings.Cut(app.Help, "\n")
	fmt.Fprintf(&r, ".TH %s 1 \"\" \"%s %s\" \"User Commands\"\n.nh\n", app.Name, app.Name, p.Version)
	r.heading("SH", "NAME")
	r.text(app.Name + " - " + summary)
	r.heading("SH", "SYNOPSIS")
	r.line(bold(app.Name) + ` \fICOMMAND\fP [\fIFLAG\fP...]`)
	r.heading("SH", "DESCRIPTION")
	r.text(strings.TrimSpace(app.Help))
	r.heading("SH", "FLAGS OF ALL COMMANDS")
	p.flags(&r, app.Node, nil)
	r.heading("SH", "COMMANDS")
	p.commands(&r, app.Node, p.shared())
	for _, s := range p.Sections {
		r.heading("SH", s.Heading)
		for _, i := range s.Items {
			r.item(i[0], i[1])
		}
	}
	return r.String()
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
func (p *Page) commands(r *roff, n *kong.Node, shared map[string]string) {
	for _, c := range n.Children {
		if c.Hidden {
			continue
		}
		if len(c.Children) > 0 {
			p.commands(r, c, shared)
			continue
		}
		r.heading("SS", c.Summary())
		r.text(c.Help)
		for _, a := range c.Positional {
			r.item(a.Summary(), p.Help(a))
		}
		if c.Name == p.Reference && c.Parent == p.Model.Node {
			p.flags(r, c, nil)
		} else {
			p.flags(r, c, shared)
		}
	}
}

// flags describes the flags of n, and names those that are described elsewhere.
func (p *Page) flags(r *roff, n *kong.Node, elsewhere map[string]string) {
	var same []string
	for _, f := range n.Flags {
		if f.Hidden {
			continue
		}
		if help, ok := elsewhere[f.Name]; ok && help == f.Help {
			same = append(same, bold("--"+f.Name))
			continue
		}
		r.item(f.String(), p.Help(f.Value))
	}
	if len(same) > 0 {
		r.line(".PP")
		r.line("As for " + bold(p.Reference) + ": " + strings.Join(same, ", ") + ".")
	}
}
