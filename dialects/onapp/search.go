package onapp

import (
	"strings"
	"unicode"
)

// underscored turns CamelCase into snake_case, as the panel's search does: "JohnDoe" into "john_doe".
func underscored(text string) string {
	var b strings.Builder
	var before rune
	for _, r := range text {
		if unicode.IsUpper(r) && (unicode.IsLower(before) || unicode.IsDigit(before)) {
			b.WriteByte('_')
		}
		b.WriteRune(unicode.ToLower(r))
		before = r
	}
	return b.String()
}

// found tells whether a text holds what is searched for, whatever the case.
func found(text, q string) bool {
	return q == "" || strings.Contains(strings.ToLower(text), strings.ToLower(q)) ||
		strings.Contains(strings.ToLower(text), underscored(q))
}
