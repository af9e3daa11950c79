package dialecttest

import (
	"strings"
	"testing"
)

func TestVisibleShowsWhatTheEyeMisses(t *testing.T) {
	for text, want := range map[string]string{
		"a b":            "a b",
		"a  ":            "a··",
		"a\nb":           "a⏎\nb",
		"a\n":            "a⏎",
		"a\r\n\tb":       `a\r⏎` + "\n" + `\tb`,
		"\xff\x00é":      `\xff\x00é`,
		"\u00a0\u200b":   `\u00a0\u200b`,
		"\ufeff{\ufffd}": `\ufeff{` + "\ufffd}",
	} {
		if have := visible(text); have != want {
			t.Errorf("visible(%q) is %q, want %q", text, have, want)
		}
	}
}

func TestDiffKeepsCommonLines(t *testing.T) {
	have := diff("a\nb\nc\nd\n", "a\nc\nx\nd\n")
	for _, line := range []string{"  a⏎", "- b⏎", "  c⏎", "+ x⏎", "  d⏎", "first difference at byte 2 (lengths 8 and 8)"} {
		if !strings.Contains(have, line+"\n") && !strings.Contains(have, line) {
			t.Errorf("no line %q in\n%s", line, have)
		}
	}
	if strings.Contains(have, "- c") || strings.Contains(have, "+ d") {
		t.Errorf("common lines are shown as different:\n%s", have)
	}
}
