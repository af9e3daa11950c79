package dialecttest

import (
	"fmt"
	"regexp"
	"strings"
	"time"
)

var (
	directive  = regexp.MustCompile(`^# (source|expect|clock|request body|answer body): ?(.*)$`)
	letLine    = regexp.MustCompile(`^# let ([a-z][a-z0-9_]*) = (.+)$`)
	expectFail = regexp.MustCompile(`^fail \((.+)\)$`)
)

// note reads one line of an exchange's head. What is no directive is a comment.
func (ex *exchange) note(tr *transcript, line string) error {
	ex.notes = append(ex.notes, line)
	if m := letLine.FindStringSubmatch(line); m != nil {
		ex.lets = append(ex.lets, let{name: m[1], what: strings.TrimSpace(m[2])})
		return nil
	}
	if strings.HasPrefix(line, "# let ") {
		return fmt.Errorf("want %q, have %q", "# let name = json:user.id", line)
	}
	m := directive.FindStringSubmatch(line)
	if m == nil {
		if text := strings.TrimSpace(strings.TrimPrefix(line, "#")); tr.claim == "" {
			tr.claim = text
		}
		return nil
	}
	return ex.direct(tr, m[1], strings.TrimSpace(m[2]))
}

func (ex *exchange) direct(tr *transcript, word, rest string) (err error) {
	switch word {
	case "source":
		tr.source = rest
	case "expect":
		m := expectFail.FindStringSubmatch(rest)
		if m == nil {
			return fmt.Errorf("want %q, have %q", "# expect: fail (reason)", rest)
		}
		tr.expectFail = m[1]
	case "clock":
		ex.advance, err = time.ParseDuration(rest)
	case "request body":
		ex.body.form, err = parseForm(rest)
	case "answer body":
		ex.answer.form, err = parseForm(rest)
	}
	return err
}
