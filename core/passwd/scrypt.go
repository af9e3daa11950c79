package passwd

import (
	"crypto/subtle"
	"encoding/base64"
	"math/bits"
	"strings"

	"golang.org/x/crypto/scrypt"
)

// scryptHash is "scrypt$N$salt$r$p$digest" of Django, or "$scrypt$ln=..,r=..,p=..$salt$digest".
type scryptHash struct {
	n, r, p      int
	salt, digest []byte
}

func (h *scryptHash) matches(plain string) bool {
	got, err := scrypt.Key([]byte(plain), h.salt, h.n, h.r, h.p, len(h.digest))
	return err == nil && subtle.ConstantTimeCompare(got, h.digest) == 1
}

// scryptInBounds reports whether the work and memory are within the limits.
func scryptInBounds(logN, r, p int) bool {
	return logN >= 1 && logN <= 24 && r >= 1 && p >= 1 && r <= maxScryptBlocks && p <= maxScryptBlocks &&
		128*r<<logN <= maxScryptMemory && 128*r*p<<logN <= maxScryptWork
}

func parseDjangoScrypt(rest string) (Scheme, checker) {
	part := strings.Split(rest, "$")
	if len(part) != 5 || part[1] == "" {
		return Unknown, nil
	}
	n, okN := parseCount(part[0], maxScryptMemory)
	if !okN || n&(n-1) != 0 {
		return Unknown, nil
	}
	digest, err := base64.StdEncoding.Strict().DecodeString(part[4])
	return newScrypt(bits.Len(uint(n))-1, part[2], part[3], []byte(part[1]), digest, err)
}

var scryptForm = pattern(`^ln=([0-9]+),r=([0-9]+),p=([0-9]+)\$([0-9A-Za-z+/]+)\$([0-9A-Za-z+/]+)$`)

func parseScrypt(rest string) (Scheme, checker) {
	part := scryptForm().FindStringSubmatch(rest)
	if part == nil {
		return Unknown, nil
	}
	logN, ok := parseCount(part[1], 24)
	salt, err := base64.RawStdEncoding.Strict().DecodeString(part[4])
	if !ok || err != nil {
		return Unknown, nil
	}
	digest, err := base64.RawStdEncoding.Strict().DecodeString(part[5])
	return newScrypt(logN, part[2], part[3], salt, digest, err)
}

func newScrypt(logN int, rText, pText string, salt, digest []byte, err error) (Scheme, checker) {
	r, okR := parseCount(rText, maxScryptBlocks)
	p, okP := parseCount(pText, maxScryptBlocks)
	if err != nil || !okR || !okP || !scryptInBounds(logN, r, p) || len(digest) < minImportedDigest || len(digest) > maxImportedDigest {
		return Unknown, nil
	}
	return Scrypt, &scryptHash{1 << logN, r, p, salt, digest}
}
