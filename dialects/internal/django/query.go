// Package django reads requests as Django 2.0 and Django REST framework 3.7 do: queries, forms, multipart bodies
// and the words for booleans. It refuses no text: what it cannot decode, it replaces.
package django

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"github.com/dragoman-gateway/dragoman/dialects/internal/charset"
	"github.com/dragoman-gateway/dragoman/dialects/internal/formdata"
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

// ParseQuery reads a query string or a form body: pairs end at "&" or ";", a name without "=" has the value "". A
// percent sign that starts no escape stays. A text with bytes that are not of the charset is read as ISO-8859-1, an
// escaped one is replaced by U+FFFD. Errors: wire.ErrTooMany.
func ParseQuery(text []byte, cs charset.Charset, limits wire.Limits) ([]wire.Pair, error) {
	if !isASCII(text) {
		decoded, ok := cs.Decode(text)
		if !ok {
			decoded, _ = charset.Latin1().Decode(text)
		}
		text = []byte(decoded)
	}
	pieces, err := formdata.Split(text, "&;", limits)
	if err != nil {
		return nil, err
	}
	pairs := make([]wire.Pair, len(pieces))
	for i, piece := range pieces {
		name, value, _ := bytes.Cut(piece, []byte{'='})
		pairs[i] = wire.Pair{Name: unquote(name, cs), Value: wire.String(unquote(value, cs))}
	}
	return pairs, nil
}

func isASCII(text []byte) bool {
	for _, c := range text {
		if c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// unquote decodes escapes by the charset. Each run of ASCII is decoded by itself, so an escaped character never
// continues in what was not escaped.
func unquote(raw []byte, cs charset.Charset) string {
	if bytes.IndexByte(raw, '%') < 0 && bytes.IndexByte(raw, '+') < 0 {
		return string(raw)
	}
	var text strings.Builder
	for len(raw) > 0 {
		run := raw[:asciiEnd(raw, true)]
		plain, _ := formdata.Unescape(run)
		decoded, _ := cs.Decode(plain)
		text.WriteString(decoded)
		raw = raw[len(run):]
		other := asciiEnd(raw, false)
		text.Write(raw[:other])
		raw = raw[other:]
	}
	return text.String()
}

// asciiEnd returns how many bytes at the start of text are ASCII, or are not.
func asciiEnd(text []byte, ascii bool) int {
	for i, c := range text {
		if (c < utf8.RuneSelf) != ascii {
			return i
		}
	}
	return len(text)
}
