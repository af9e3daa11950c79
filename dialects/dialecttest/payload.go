package dialecttest

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// payload is a body as a file writes it.
type payload struct {
	form string // "" as it stands, "quoted", or "@file"
	dir  string
	text string // the bytes, with {name} in them; for a file read when needed
}

const quotedForm = "quoted"

func parseForm(s string) (string, error) {
	if s == quotedForm || len(s) > 1 && s[0] == '@' {
		return s, nil
	}
	return "", fmt.Errorf("a body is %q or @file, not %q", quotedForm, s)
}

func (p *payload) parse(lines []string) (err error) {
	switch {
	case p.form == "":
		p.text = strings.Join(lines, "\n")
	case p.form == quotedForm:
		p.text, err = unquoteLines(lines)
	case len(lines) > 0 && strings.Join(lines, "") != "":
		return fmt.Errorf("the body is in %s, and here too", p.form)
	}
	return err
}

// unquoteLines reads one Go string a line and joins them with nothing between.
func unquoteLines(lines []string) (string, error) {
	var b strings.Builder
	for _, line := range lines {
		if line == "" {
			continue
		}
		text, err := strconv.Unquote(line)
		if err != nil {
			return "", fmt.Errorf("not a quoted string: %s", line)
		}
		b.WriteString(text)
	}
	return b.String(), nil
}

// bytes returns the body with the variables filled in; a file's is left alone.
func (p *payload) bytes(v Vars) ([]byte, error) {
	if strings.HasPrefix(p.form, "@") {
		return os.ReadFile(filepath.Join(p.dir, filepath.Clean("/"+p.form[1:])))
	}
	return []byte(v.expand(p.text)), nil
}

// set makes p hold an answer's body, in a form that the file can hold.
func (p *payload) set(body []byte, v Vars) error {
	if strings.HasPrefix(p.form, "@") {
		return os.WriteFile(filepath.Join(p.dir, filepath.Clean("/"+p.form[1:])), body, 0o644)
	}
	p.text = v.fold(string(body), p.text)
	if p.form = ""; !plain(p.text) {
		p.form = quotedForm
	}
	return nil
}

// plain reports whether a text can be put into a file unchanged.
func plain(text string) bool {
	if !utf8.ValidString(text) {
		return false
	}
	for _, r := range text {
		if r != '\n' && r != '\t' && r != ' ' && !unicode.IsGraphic(r) || r == '\ufeff' || r == '\ufffd' {
			return false
		}
	}
	for _, line := range strings.Split(text, "\n") {
		if line == betweenExchanges || line == beforeAnswer {
			return false
		}
	}
	return true
}

// lines writes the body as it stands in the file.
func (p *payload) lines() []string {
	switch p.form {
	case "":
		if p.text == "" {
			return nil
		}
		return strings.Split(p.text, "\n")
	case quotedForm:
		var lines []string
		for _, part := range strings.SplitAfter(p.text, "\n") {
			if part != "" {
				lines = append(lines, strconv.Quote(part))
			}
		}
		return lines
	}
	return nil
}
