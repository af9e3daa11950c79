package sqldb

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestAfterIsTheEndOfAPrefix(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		prefix := rapid.String().Draw(t, "prefix")
		text := rapid.OneOf(rapid.String(), rapid.Map(rapid.String(), func(s string) string { return prefix + s })).Draw(t, "text")
		end := after(prefix)
		within := text >= prefix && (end == "" || text < end)
		if within != strings.HasPrefix(text, prefix) {
			t.Fatalf("%q is within [%q, %q): %v", text, prefix, end, within)
		}
	})
}

func TestAfterSkipsWhatIsNoText(t *testing.T) {
	for prefix, want := range map[string]string{"": "", "a": "b", "a\U0010FFFF": "b", "\U0010FFFF": "", "\uD7FF": "\uE000", "ü": "ý"} {
		if got := after(prefix); got != want {
			t.Errorf("after %q comes %q, want %q", prefix, got, want)
		}
	}
}

func TestBoundsStayInTheScope(t *testing.T) {
	const s = scope(5)
	for _, c := range []struct{ after, before, low, high int64 }{
		{0, 0, 0, maxID + 1}, {-3, 0, 0, maxID + 1}, {7, 9, 7, 9}, {maxID + 5, 0, maxID, maxID + 1},
		{0, maxID + 5, 0, maxID + 1}, {0, -2, 0, 0},
	} {
		low, high := s.bounds(c.after, c.before)
		if low != s.row(0)+c.low || high != s.row(0)+c.high {
			t.Errorf("after %d and before %d: %d to %d", c.after, c.before, low-s.row(0), high-s.row(0))
		}
	}
}
