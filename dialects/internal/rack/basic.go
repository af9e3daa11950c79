package rack

import (
	"encoding/base64"
	"strings"
	"unicode/utf8"
)

// BasicAuth reads an Authorization header as Devise does: the scheme in any case, one blank, and base64 in which
// other characters, such as the line breaks of some encoders, are skipped. ok is false without the scheme, without
// a colon, and for text that is not UTF-8.
func BasicAuth(header string) (user, pass string, ok bool) {
	const scheme = "basic "
	if len(header) < len(scheme) || !strings.EqualFold(header[:len(scheme)], scheme) {
		return "", "", false
	}
	plain := decode64(header[len(scheme):])
	user, pass, ok = strings.Cut(plain, ":")
	if !ok || !utf8.ValidString(plain) {
		return "", "", false
	}
	return user, pass, true
}

// decode64 decodes base64 as Ruby's String#unpack does: it skips what is not of the alphabet and ends at padding.
func decode64(text string) string {
	var digits []byte
	for _, c := range []byte(text) {
		switch {
		case c == '+', c == '/', '0' <= c && c <= '9', 'a' <= c|0x20 && c|0x20 <= 'z':
			digits = append(digits, c)
		case c == '=' && len(digits)%4 >= 2:
			return decodeDigits(digits)
		}
	}
	return decodeDigits(digits)
}

func decodeDigits(digits []byte) string {
	if len(digits)%4 == 1 { // six bits are not a byte
		digits = digits[:len(digits)-1]
	}
	plain, _ := base64.RawStdEncoding.DecodeString(string(digits))
	return string(plain)
}
