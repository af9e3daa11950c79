package wire

import (
	"bytes"
	"strings"
)

// Pair is one field of a form, in the order sent. Its value is a string, a file, or null for a name without "=".
type Pair struct {
	Name  string
	Value Value
}

// ParseForm reads application/x-www-form-urlencoded text, be it a body or a query string. A percent sign that
// starts no escape stays as it is. Errors: *SyntaxError when a name or value is not UTF-8, ErrTooMany.
func ParseForm(data []byte, limits Limits) ([]Pair, error) {
	limits = limits.WithDefaults()
	if bytes.Count(data, []byte{'&'}) >= 4*limits.Pairs {
		return nil, ErrTooMany // empty pieces are no pairs, yet not free
	}
	var pairs []Pair
	offset := 0
	for piece := range bytes.SplitSeq(data, []byte{'&'}) {
		if len(piece) > 0 {
			pair, err := formPair(piece, offset)
			if err != nil {
				return nil, err
			}
			pairs = append(pairs, pair)
		}
		if len(pairs) > limits.Pairs {
			return nil, ErrTooMany
		}
		offset += len(piece) + 1
	}
	return pairs, nil
}

func formPair(piece []byte, offset int) (Pair, error) {
	rawName, rawValue, hasValue := bytes.Cut(piece, []byte{'='})
	name, value := formText(rawName), formText(rawValue)
	if checkUTF8([]byte(name)) != nil || checkUTF8([]byte(value)) != nil {
		return Pair{}, &SyntaxError{offset, "The form field is not UTF-8."}
	}
	if !hasValue {
		return Pair{Name: name}, nil
	}
	return Pair{name, String(value)}, nil
}

func formText(raw []byte) string {
	if bytes.IndexByte(raw, '%') < 0 && bytes.IndexByte(raw, '+') < 0 {
		return string(raw)
	}
	var text strings.Builder
	text.Grow(len(raw))
	for i := 0; i < len(raw); i++ {
		switch c := raw[i]; {
		case c == '+':
			text.WriteByte(' ')
		case c == '%' && escapedByte(raw[i:]) >= 0:
			text.WriteByte(byte(escapedByte(raw[i:])))
			i += 2
		default:
			text.WriteByte(c)
		}
	}
	return text.String()
}

// escapedByte is the byte that %XX at the start of b means, or -1.
func escapedByte(b []byte) int {
	if len(b) < 3 {
		return -1
	}
	high, low := hexDigit(b[1]), hexDigit(b[2])
	if high < 0 || low < 0 {
		return -1
	}
	return high<<4 | low
}

// Last is the value of the last pair of that name.
func Last(pairs []Pair, name string) (Value, bool) {
	for i := len(pairs) - 1; i >= 0; i-- {
		if pairs[i].Name == name {
			return pairs[i].Value, true
		}
	}
	return Value{}, false
}

// All are the values of every pair of that name, in order.
func All(pairs []Pair, name string) []Value {
	var values []Value
	for _, p := range pairs {
		if p.Name == name {
			values = append(values, p.Value)
		}
	}
	return values
}
