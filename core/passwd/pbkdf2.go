package passwd

import (
	"crypto/pbkdf2"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"hash"
	"strings"
)

// pbkdf2Hash is Django's "name$iterations$salt$digest": the salt's characters are
// used unchanged, the digest is padded base64 of the hash's full width.
type pbkdf2Hash struct {
	newHash    func() hash.Hash
	iterations int
	salt       string
	digest     []byte
}

func (h *pbkdf2Hash) matches(plain string) bool {
	got, err := pbkdf2.Key(h.newHash, plain, []byte(h.salt), h.iterations, len(h.digest))
	return err == nil && subtle.ConstantTimeCompare(got, h.digest) == 1
}

func parsePBKDF2SHA256(rest string) (Scheme, checker) {
	return parsePBKDF2(rest, PBKDF2SHA256, sha256.New, sha256.Size)
}

func parsePBKDF2SHA1(rest string) (Scheme, checker) {
	return parsePBKDF2(rest, PBKDF2SHA1, sha1.New, sha1.Size)
}

func parsePBKDF2(rest string, scheme Scheme, newHash func() hash.Hash, size int) (Scheme, checker) {
	part := strings.Split(rest, "$")
	if len(part) != 3 || part[1] == "" {
		return Unknown, nil
	}
	iterations, ok := parseCount(part[0], maxPBKDF2Iterations)
	digest, err := base64.StdEncoding.Strict().DecodeString(part[2])
	if !ok || err != nil || len(digest) != size {
		return Unknown, nil
	}
	return scheme, &pbkdf2Hash{newHash, iterations, part[1], digest}
}
