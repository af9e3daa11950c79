package wire

import (
	"unicode/utf16"
	"unicode/utf8"
)

const lowerHex = "0123456789abcdef"

// AppendString appends s as a JSON string, quotes included. What may stay as it is is copied in runs, found by a
// table: looking at eight bytes at once was slower on texts as short as names and links.
func AppendString(dst []byte, s string, how Escape) []byte {
	dst = append(dst, '"')
	table := plainFor(how)
	from := 0
	for i := 0; i < len(s); {
		if table[s[i]] {
			i++
			continue
		}
		size := plainRune(s[i:], how)
		if size == 0 {
			dst = append(dst, s[from:i]...)
			dst, size = appendSpecial(dst, s[i:], how)
			from = i + size
		}
		i += size
	}
	dst = append(dst, s[from:]...)
	return append(dst, '"')
}

// plainRune is the length of the character at the start of s if it is not ASCII and stays as it is, else 0.
func plainRune(s string, how Escape) int {
	if s[0] < utf8.RuneSelf || how == EscapeASCII {
		return 0
	}
	r, size := utf8.DecodeRuneInString(s)
	if size == 1 || (how == EscapeHTML && (r == '\u2028' || r == '\u2029')) {
		return 0
	}
	return size
}

// appendSpecial appends the first character of s, which does not stay as it is, and tells its length in s.
func appendSpecial(dst []byte, s string, how Escape) ([]byte, int) {
	if s[0] < utf8.RuneSelf {
		return appendASCII(dst, s[0]), 1
	}
	r, size := utf8.DecodeRuneInString(s)
	if half := loneSurrogate(s); half != 0 {
		return appendHex(dst, half), 3
	}
	if how == EscapeLeast || (how == EscapeHTML && r == utf8.RuneError) {
		return utf8.AppendRune(dst, r), size
	}
	return appendUnicode(dst, r), size
}

// surrogateLead is the first byte of a surrogate in the scheme of UTF-8, which has none.
const surrogateLead = 0xED

// loneSurrogate returns the half of a surrogate pair that s begins with, as KeepSurrogates reads it; 0 for other texts.
func loneSurrogate(s string) rune {
	if len(s) < 3 || s[0] != surrogateLead || s[1]&0xE0 != 0xA0 || s[2]&0xC0 != 0x80 {
		return 0
	}
	return 0xD000 | rune(s[1]&0x3F)<<6 | rune(s[2]&0x3F)
}

func appendASCII(dst []byte, c byte) []byte {
	switch c {
	case '"', '\\':
		return append(dst, '\\', c)
	case '\n':
		return append(dst, '\\', 'n')
	case '\r':
		return append(dst, '\\', 'r')
	case '\t':
		return append(dst, '\\', 't')
	case '\b':
		return append(dst, '\\', 'b')
	case '\f':
		return append(dst, '\\', 'f')
	}
	return appendHex(dst, rune(c))
}

func appendUnicode(dst []byte, r rune) []byte {
	if r > 0xFFFF {
		high, low := utf16.EncodeRune(r)
		return appendHex(appendHex(dst, high), low)
	}
	return appendHex(dst, r)
}

func appendHex(dst []byte, r rune) []byte {
	return append(dst, '\\', 'u', lowerHex[r>>12&15], lowerHex[r>>8&15], lowerHex[r>>4&15], lowerHex[r&15])
}

// plainText, plainASCII and plainHTML say for each byte whether it may stand in a string as it is. They never
// change. What escapes non-ASCII (Python's json) escapes the delete character too.
var (
	plainText  = plainBytes("")
	plainASCII = plainBytes("\x7f")
	plainHTML  = plainBytes("<>&")
)

func plainFor(how Escape) *[256]bool {
	switch how {
	case EscapeASCII:
		return &plainASCII
	case EscapeHTML:
		return &plainHTML
	}
	return &plainText
}

func plainBytes(special string) (plain [256]bool) {
	for c := ' '; c < utf8.RuneSelf; c++ {
		plain[c] = c != '"' && c != '\\'
	}
	for _, c := range special {
		plain[c] = false
	}
	return plain
}
