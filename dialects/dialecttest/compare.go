package dialecttest

import (
	"bytes"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// compare says how an answer differs from the expected one; "" is not at all.
func (ex *exchange) compare(a *Answer, v Vars) (string, error) {
	if !ex.answered {
		return "there is no answer yet; run with -update to have one written:\n" + visible(statusLine(a)+"\n\n"+string(a.Body)), nil
	}
	var wrong []string
	if want, have := v.expand(ex.status), statusLine(a); want != have {
		wrong = append(wrong, fmt.Sprintf("- %s\n+ %s", visible(want), visible(have)))
	}
	for _, line := range ex.expect {
		if problem := checkHeader(v.expand(line), a.Header); problem != "" {
			wrong = append(wrong, problem)
		}
	}
	want, err := ex.answer.bytes(v)
	if err != nil {
		return "", err
	}
	if !bytes.Equal(want, a.Body) {
		wrong = append(wrong, diff(string(want), string(a.Body)))
	}
	return strings.Join(wrong, "\n"), nil
}

// statusLine is the first line of an answer in a file: the status, and the
// content type if there is one.
func statusLine(a *Answer) string {
	line := strconv.Itoa(a.Status)
	if kind, ok := a.Header["Content-Type"]; ok {
		line += " " + strings.Join(kind, ", ")
	}
	return line
}

// checkHeader judges one expected line: "Name: value", "Name: *" for any value,
// "!Name" for none.
func checkHeader(line string, header http.Header) string {
	if name, absent := strings.CutPrefix(line, "!"); absent {
		if values := header.Values(name); len(values) > 0 {
			return fmt.Sprintf("- %s\n+ %s: %s", line, name, visible(strings.Join(values, ", ")))
		}
		return ""
	}
	name, want, _ := strings.Cut(line, ":")
	want = strings.TrimSpace(want)
	values := header.Values(name)
	switch {
	case len(values) == 0:
		return fmt.Sprintf("- %s\n+ (no header %s)", visible(line), name)
	case want == "*", slices.Contains(values, want), strings.Join(values, ", ") == want:
		return ""
	}
	return fmt.Sprintf("- %s\n+ %s: %s", visible(line), name, visible(strings.Join(values, ", ")))
}
