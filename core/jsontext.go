package core

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// quoteJSON returns text as a JSON string. Text is valid UTF-8.
func quoteJSON(text string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range text {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r < ' ':
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}

// unquoteJSON returns the text of a JSON string, and false for any other value and for
// half a surrogate pair, which no text can hold.
func unquoteJSON(value string) (string, bool) {
	if len(value) < 2 || value[0] != '"' || value[len(value)-1] != '"' {
		return "", false
	}
	rest := value[1 : len(value)-1]
	var b strings.Builder
	for {
		plain, escaped, found := strings.Cut(rest, `\`)
		b.WriteString(plain)
		if !found {
			return b.String(), utf8.ValidString(b.String())
		}
		r, n := unescapeJSON(escaped)
		if n == 0 {
			return "", false
		}
		b.WriteRune(r)
		rest = escaped[n:]
	}
}

// unescapeJSON reads one escape, without its backslash, and returns its length; 0 if it
// is broken.
func unescapeJSON(text string) (r rune, n int) {
	if text == "" {
		return 0, 0
	}
	if i := strings.IndexByte(`"\/bfnrt`, text[0]); i >= 0 {
		return rune("\"\\/\b\f\n\r\t"[i]), 1
	}
	first, ok := hexEscape(text)
	if !ok {
		return 0, 0
	}
	if !utf16.IsSurrogate(first) {
		return first, 5
	}
	if len(text) < 11 || text[5] != '\\' {
		return 0, 0
	}
	second, _ := hexEscape(text[6:])
	if r = utf16.DecodeRune(first, second); r == utf8.RuneError {
		return 0, 0
	}
	return r, 11
}

// hexEscape reads u and four hexadecimal digits.
func hexEscape(text string) (rune, bool) {
	if len(text) < 5 || text[0] != 'u' {
		return 0, false
	}
	n, err := strconv.ParseUint(text[1:5], 16, 16)
	return rune(n), err == nil
}
