package wire

import (
	"encoding/base64"
	"strings"
	"unicode/utf8"
)

// BasicAuth reads an Authorization header by RFC 7617: the scheme in any case, user and password parted by the
// first colon. ok is false for anything else, and for text that is not UTF-8.
func BasicAuth(header string) (user, pass string, ok bool) {
	scheme, token, found := strings.Cut(strings.TrimSpace(header), " ")
	if !found || !strings.EqualFold(scheme, "basic") {
		return "", "", false
	}
	return DecodeBasic(strings.TrimSpace(token))
}

// BareBasicAuth reads like BasicAuth, and also takes the encoded pair without a scheme word before it.
func BareBasicAuth(header string) (user, pass string, ok bool) {
	header = strings.TrimSpace(header)
	if header != "" && !strings.ContainsAny(header, " \t") {
		return DecodeBasic(header)
	}
	return BasicAuth(header)
}

// DecodeBasic decodes the base64 pair of Basic credentials, with or without padding.
func DecodeBasic(token string) (user, pass string, ok bool) {
	raw, err := base64.RawStdEncoding.DecodeString(strings.TrimRight(token, "="))
	if err != nil || !utf8.Valid(raw) {
		return "", "", false
	}
	user, pass, ok = strings.Cut(string(raw), ":")
	if !ok {
		return "", "", false
	}
	return user, pass, true
}
