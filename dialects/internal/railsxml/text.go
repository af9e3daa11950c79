package railsxml

import "unicode/utf8"

// AppendText appends s as XML text: & < > escaped, quotes left alone. Bytes that are not UTF-8 and characters that
// XML 1.0 cannot hold, escaped or not, become U+FFFD.
func AppendText(dst []byte, s string) []byte {
	from := 0
	for i := 0; i < len(s); {
		if plainText[s[i]] {
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		dst = append(dst, s[from:i]...)
		dst = appendSpecial(dst, r)
		i += size
		from = i
	}
	return append(dst, s[from:]...)
}

func appendSpecial(dst []byte, r rune) []byte {
	switch {
	case r == '&':
		return append(dst, "&amp;"...)
	case r == '<':
		return append(dst, "&lt;"...)
	case r == '>':
		return append(dst, "&gt;"...)
	case !isXMLChar(r):
		r = utf8.RuneError
	}
	return utf8.AppendRune(dst, r)
}

// isXMLChar is the Char production of XML 1.0.
func isXMLChar(r rune) bool {
	switch {
	case r < ' ':
		return r == '\t' || r == '\n' || r == '\r'
	case r > 0xD7FF:
		return 0xE000 <= r && r <= 0xFFFD || 0x10000 <= r && r <= 0x10FFFF
	}
	return true
}

// plainText says for each byte whether it may stand in text as it is. It never changes.
var plainText = plainBytes()

func plainBytes() (plain [256]bool) {
	for c := range rune(utf8.RuneSelf) {
		plain[c] = isXMLChar(c) && c != '&' && c != '<' && c != '>'
	}
	return plain
}
