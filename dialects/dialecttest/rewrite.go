package dialecttest

import (
	"bytes"
	"flag"
	"slices"
	"strings"
)

// updating reports whether the test was started with -update. The flag is looked
// up by name because several packages of one test program may want it.
func updating() bool {
	f := flag.Lookup("update")
	return f != nil && f.Value.String() == "true"
}

var _ = defineUpdate()

func defineUpdate() bool {
	if flag.Lookup("update") == nil {
		flag.Bool("update", false, "rewrite the answers in transcripts with those that came")
	}
	return true
}

// record makes an answer the expected one. Header lines that were expected stay
// and take the values that came; comments and the request stay as they are.
func (ex *exchange) record(a *Answer, v Vars) error {
	ex.answered = true
	ex.status = v.fold(statusLine(a), ex.status)
	for i, line := range ex.expect {
		ex.expect[i] = recordHeader(line, a, v)
	}
	ex.expect = slices.DeleteFunc(ex.expect, func(line string) bool { return line == "" })
	old := ex.answer.form
	if err := ex.answer.set(a.Body, v); err != nil {
		return err
	}
	ex.noteForm(old)
	return nil
}

func recordHeader(line string, a *Answer, v Vars) string {
	if strings.HasPrefix(line, "!") || strings.HasSuffix(line, ": *") {
		return line
	}
	name, _, _ := strings.Cut(line, ":")
	values := a.Header.Values(name)
	if len(values) == 0 {
		return "!" + name
	}
	return name + ": " + v.fold(strings.Join(values, ", "), line)
}

// noteForm keeps the directive about the answer's body true.
func (ex *exchange) noteForm(old string) {
	if old == ex.answer.form {
		return
	}
	ex.notes = slices.DeleteFunc(ex.notes, func(line string) bool {
		return strings.HasPrefix(line, "# answer body:")
	})
	if ex.answer.form != "" {
		ex.notes = append(ex.notes, "# answer body: "+ex.answer.form)
	}
}

// text writes the transcript as its file holds it.
func (tr *transcript) text() []byte {
	var b bytes.Buffer
	for i, ex := range tr.exchanges {
		if i > 0 {
			b.WriteString(betweenExchanges + "\n")
		}
		ex.write(&b)
	}
	return b.Bytes()
}

func (ex *exchange) write(b *bytes.Buffer) {
	lines := slices.Concat(ex.notes, []string{ex.line}, ex.headers, bodyLines(&ex.body))
	if ex.answered {
		lines = append(lines, beforeAnswer, ex.status)
		lines = slices.Concat(lines, ex.expect, bodyLines(&ex.answer))
	}
	for _, line := range lines {
		b.WriteString(line + "\n")
	}
}

func bodyLines(p *payload) []string {
	if lines := p.lines(); len(lines) > 0 {
		return append([]string{""}, lines...)
	}
	return nil
}
