// Package formdata has what the readers of queries and forms share: how a text is cut into pieces and how their
// escapes are decoded. What a framework makes of the pieces is in the packages django, falcon and rack.
package formdata

import (
	"bytes"

	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

// Split cuts text at each of the separators, which are single bytes, and leaves out empty pieces.
// Errors: wire.ErrTooMany.
func Split(text []byte, separators string, limits wire.Limits) ([][]byte, error) {
	limits = limits.WithDefaults()
	var pieces [][]byte
	for empty := 0; len(text) > 0; {
		piece := text
		if end := bytes.IndexAny(text, separators); end >= 0 {
			piece, text = text[:end], text[end+1:]
		} else {
			text = nil
		}
		if len(piece) == 0 {
			empty++ // not a pair, yet not free
			if empty > 4*limits.Pairs {
				return nil, wire.ErrTooMany
			}
			continue
		}
		if pieces = append(pieces, piece); len(pieces) > limits.Pairs {
			return nil, wire.ErrTooMany
		}
	}
	return pieces, nil
}

// Unescape decodes "+" and percent escapes. A percent sign that starts no escape stays; ok reports whether there
// was none.
func Unescape(raw []byte) (text []byte, ok bool) {
	if bytes.IndexByte(raw, '%') < 0 && bytes.IndexByte(raw, '+') < 0 {
		return raw, true
	}
	text, ok = make([]byte, 0, len(raw)), true
	for i := 0; i < len(raw); i++ {
		c := raw[i]
		switch {
		case c == '+':
			c = ' '
		case c == '%' && isEscape(raw[i:]):
			c = hexDigit(raw[i+1])<<4 | hexDigit(raw[i+2])
			i += 2
		case c == '%':
			ok = false
		}
		text = append(text, c)
	}
	return text, ok
}

func isEscape(b []byte) bool { return len(b) >= 3 && isHex(b[1]) && isHex(b[2]) }

func isHex(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'f'
}

func hexDigit(c byte) byte {
	if c <= '9' {
		return c - '0'
	}
	return (c | 0x20) - 'a' + 10
}
