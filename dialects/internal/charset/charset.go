// Package charset decodes the text of requests by the charset that a header or a document declares.
package charset

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/unicode"
)

// Charset is a character encoding. The zero Charset is UTF-8.
type Charset struct{ enc encoding.Encoding }

// Lookup finds a charset by its label, in any case. ok is false for a label that is not known; the charset is
// then UTF-8, and so it is for ASCII, of which UTF-8 is a superset.
func Lookup(label string) (c Charset, ok bool) {
	switch label = strings.ToLower(strings.Trim(label, " \t\"'")); label {
	case "":
		return Charset{}, false
	case "utf-8", "utf8", "utf_8", "ascii", "us-ascii":
		return Charset{}, true
	case "iso-8859-1", "iso8859-1", "iso_8859-1", "latin-1", "latin1", "l1": // HTML takes these for windows-1252
		return Charset{charmap.ISO8859_1}, true
	case "utf-16", "utf16", "utf_16":
		return Charset{unicode.UTF16(unicode.LittleEndian, unicode.UseBOM)}, true
	}
	enc, err := htmlindex.Get(label)
	if err != nil || enc == encoding.Replacement || enc == unicode.UTF8 {
		return Charset{}, err == nil && enc == unicode.UTF8
	}
	return Charset{enc}, true
}

// Latin1 is the charset in which every byte is the character of its number.
func Latin1() Charset { return Charset{charmap.ISO8859_1} }

// IsUTF8 reports whether c is UTF-8.
func (c Charset) IsUTF8() bool { return c.enc == nil }

// Decode returns the text of raw. What is not of the charset becomes U+FFFD; ok reports whether there was none.
func (c Charset) Decode(raw []byte) (text string, ok bool) {
	if c.enc == nil {
		if utf8.Valid(raw) {
			return string(raw), true
		}
		return replaceInvalid(raw), false
	}
	decoded, err := c.enc.NewDecoder().Bytes(raw)
	if err != nil {
		return replaceInvalid(raw), false
	}
	return string(decoded), !bytes.ContainsRune(decoded, utf8.RuneError)
}

// replaceInvalid writes one U+FFFD for each part of a character that is cut off, as Python and browsers do; Go's
// own functions write one for each byte, or one for several parts.
func replaceInvalid(raw []byte) string {
	var text strings.Builder
	text.Grow(len(raw) + 8)
	for len(raw) > 0 {
		r, size := utf8.DecodeRune(raw)
		if r == utf8.RuneError && size == 1 {
			size = truncatedLength(raw)
		}
		text.WriteRune(r)
		raw = raw[size:]
	}
	return text.String()
}

// truncatedLength returns the length of the longest beginning of a character at the start of b, at least 1.
func truncatedLength(b []byte) int {
	need, low, high := 0, byte(0x80), byte(0xBF)
	switch c := b[0]; {
	case 0xC2 <= c && c <= 0xDF:
		need = 1
	case 0xE0 <= c && c <= 0xEF:
		need = 2
	case 0xF0 <= c && c <= 0xF4:
		need = 3
	}
	switch b[0] { // the second byte of these has a narrower range
	case 0xE0:
		low = 0xA0
	case 0xED:
		high = 0x9F
	case 0xF0:
		low = 0x90
	case 0xF4:
		high = 0x8F
	}
	n := 1
	for ; n <= need && n < len(b) && low <= b[n] && b[n] <= high; n++ {
		low, high = 0x80, 0xBF
	}
	return n
}
