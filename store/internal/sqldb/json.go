package sqldb

import (
	"encoding/json"
	"errors"
	"strings"
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
// starts at i, or of the end of the text, or -1. It looks at brackets and strings only.
func skipValue[T ~string | ~[]byte](s T, i int) int {
	depth := 0
	for ; i < len(s); i++ {
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
	if depth > 0 {
		return -1
	}
	return len(s)
}

// closed reports whether a text can be a member of an object and be found again.
func closed[T ~string | ~[]byte](s T) bool { return skipValue(s, 0) == len(s) }

// unquote decodes a JSON string with its quotes.
func unquote(s string) string {
	text := s[1 : len(s)-1]
	if strings.IndexByte(text, '\\') >= 0 {
		_ = json.Unmarshal([]byte(s), &text) // what is broken stays as it is
	}
	return text
}
