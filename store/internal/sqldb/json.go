package sqldb

import (
	"errors"
	"strconv"
	"strings"
	"unicode/utf8"
)

// errText says that a stored JSON text is malformed: the database was edited by hand.
var errText = errors.New("sqldb: a stored JSON text is broken")

// appendString appends s as a JSON string, escaping only what must be.
func appendString(b []byte, s string) []byte {
	const hex = "0123456789abcdef"
	b = append(b, '"')
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '"' || c == '\\':
			b = append(b, '\\', c)
		case c < 0x20:
			b = append(b, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
		default:
			b = append(b, c)
		}
	}
	return append(b, '"')
}

// skipString returns the position after the JSON string that starts at i, or -1.
func skipString[T ~string | ~[]byte](s T, i int) int {
	for i++; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return -1
}

// skipValue returns the position of the comma or bracket that ends the value that
// starts at i, or -1. It looks at brackets and strings only.
func skipValue[T ~string | ~[]byte](s T, i int) int {
	for depth := 0; i < len(s); i++ {
		switch s[i] {
		case '"':
			if i = skipString(s, i) - 1; i < 0 {
				return -1
			}
		case '{', '[':
			depth++
		case '}', ']':
			if depth--; depth < 0 {
				return i
			}
		case ',':
			if depth == 0 {
				return i
			}
		}
	}
	return -1
}

// closed reports whether a text can be a member of an object and be found again.
func closed[T ~string | ~[]byte](s T) bool {
	depth := 0
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '"':
			if i = skipString(s, i) - 1; i < 0 {
				return false
			}
		case '{', '[':
			depth++
		case '}', ']':
			depth--
		case ',':
			if depth == 0 {
				return false
			}
		}
		if depth < 0 {
			return false
		}
	}
	return depth == 0
}

// unquote decodes a JSON string with its quotes.
func unquote(s string) string {
	s = s[1 : len(s)-1]
	if strings.IndexByte(s, '\\') < 0 {
		return s
	}
	b := make([]byte, 0, len(s))
	for i := 0; i < len(s); {
		if s[i] != '\\' || i+1 >= len(s) {
			b = append(b, s[i])
			i++
			continue
		}
		b, i = appendEscaped(b, s, i)
	}
	return string(b)
}

// appendEscaped appends what the escape at i means and returns the position after it.
func appendEscaped(b []byte, s string, i int) ([]byte, int) {
	if s[i+1] == 'u' {
		r, n := escapedRune(s[i:])
		return utf8.AppendRune(b, r), i + n
	}
	if at := strings.IndexByte(`bfnrt`, s[i+1]); at >= 0 {
		return append(b, "\b\f\n\r\t"[at]), i + 2
	}
	return append(b, s[i+1]), i + 2
}

// escapedRune decodes \uXXXX, or two of them that encode one rune, and returns their
// length.
func escapedRune(s string) (rune, int) {
	r := hex4(s)
	if r >= 0xD800 && r < 0xDC00 && len(s) >= 12 && s[6] == '\\' && s[7] == 'u' {
		if low := hex4(s[6:]); low >= 0xDC00 && low < 0xE000 {
			return (r-0xD800)<<10 + (low - 0xDC00) + 0x10000, 12
		}
	}
	return r, min(6, len(s))
}

func hex4(s string) rune {
	if len(s) < 6 {
		return utf8.RuneError
	}
	n, err := strconv.ParseUint(s[2:6], 16, 32)
	if err != nil {
		return utf8.RuneError
	}
	return rune(n)
}
