package dialecttest

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// diff shows two bodies line by line, the lines that are only expected with a
// minus and those that only came with a plus, and then the first difference.
func diff(want, have string) string {
	a, b := strings.SplitAfter(want, "\n"), strings.SplitAfter(have, "\n")
	var out strings.Builder
	for len(a) > 0 || len(b) > 0 {
		skipA, skipB := resync(a, b)
		writeLines(&out, "- ", a[:skipA])
		writeLines(&out, "+ ", b[:skipB])
		if a, b = a[skipA:], b[skipB:]; len(a) > 0 && len(b) > 0 {
			writeLines(&out, "  ", a[:1])
			a, b = a[1:], b[1:]
		}
	}
	return out.String() + firstDifference(want, have)
}

// resync finds how many lines to leave on each side until two are the same.
func resync(a, b []string) (int, int) {
	for sum := 0; sum < len(a)+len(b); sum++ {
		for i := max(0, sum-len(b)+1); i <= sum && i < len(a); i++ {
			if a[i] == b[sum-i] {
				return i, sum - i
			}
		}
	}
	return len(a), len(b)
}

func writeLines(out *strings.Builder, mark string, lines []string) {
	for _, line := range lines {
		if line != "" {
			out.WriteString(mark + visible(line) + "\n")
		}
	}
}

func firstDifference(want, have string) string {
	at := 0
	for at < len(want) && at < len(have) && want[at] == have[at] {
		at++
	}
	for at > 0 && at < len(want) && !utf8.RuneStart(want[at]) {
		at--
	}
	const before, after = 30, 50
	from := max(0, at-before)
	return fmt.Sprintf("first difference at byte %d (lengths %d and %d):\n- ...%s\n+ ...%s",
		at, len(want), len(have), visible(clip(want, from, at+after)), visible(clip(have, from, at+after)))
}

func clip(s string, from, to int) string { return s[min(from, len(s)):min(to, len(s))] }

// visible shows what the eye would miss: line ends as ⏎, blanks at a line's end
// as ·, and what has no picture as an escape.
func visible(s string) string {
	lines := strings.SplitAfter(s, "\n")
	for i, line := range lines {
		text, ended := strings.CutSuffix(line, "\n")
		lines[i] = visibleLine(text)
		if ended {
			lines[i] += "⏎"
		}
	}
	return strings.TrimSuffix(strings.Join(lines, "\n"), "\n")
}

func visibleLine(line string) string {
	text := strings.TrimRight(line, " ")
	var b strings.Builder
	for i, r := range text {
		bad := r == utf8.RuneError && !strings.HasPrefix(text[i:], "\ufffd")
		switch {
		case bad:
			fmt.Fprintf(&b, `\x%02x`, text[i])
		case r == ' ' || unicode.IsGraphic(r) && !unicode.IsSpace(r):
			b.WriteRune(r)
		default:
			b.WriteString(strings.Trim(strconv.QuoteRune(r), "'"))
		}
	}
	return b.String() + strings.Repeat("·", len(line)-len(text))
}
