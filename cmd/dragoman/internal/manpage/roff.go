package manpage

import "strings"

// roff is a text in the language of roff, with the macros of manual pages.
type roff struct{ strings.Builder }

// line writes a line that is in the language.
func (r *roff) line(line string) {
	r.WriteString(line)
	r.WriteByte('\n')
}

// heading begins a section, "SH", or a part of one, "SS".
func (r *roff) heading(macro, text string) { r.line("." + macro + " " + escape(text)) }

// text writes paragraphs, between which there are empty lines.
func (r *roff) text(text string) {
	for line := range strings.SplitSeq(text, "\n") {
		if line == "" {
			r.line(".PP")
			continue
		}
		r.line(escape(line))
	}
}

// item writes an entry of a list of definitions.
func (r *roff) item(term, text string) {
	r.line(".TP")
	r.line(bold(term))
	r.text(text)
}

func bold(text string) string { return `\fB` + escape(text) + `\fP` }

// escape returns text that is not in the language. What a reader may copy, such as a flag,
// has hyphens of ASCII; a dot or an apostrophe at the start of a line begins no macro.
func escape(text string) string {
	text = strings.NewReplacer(`\`, `\e`, "-", `\-`).Replace(text)
	if strings.HasPrefix(text, ".") || strings.HasPrefix(text, "'") {
		return `\&` + text
	}
	return text
}
