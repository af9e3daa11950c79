package passwd

import (
	"crypto/pbkdf2"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/subtle"
	"encoding/base64"
	"hash"
	"strconv"
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

func parsePBKDF2SHA512(rest string) (Scheme, checker) {
	return parsePBKDF2(rest, PBKDF2SHA512, sha512.New, sha512.Size)
}

// modularPBKDF2 is "$pbkdf2-sha256$iterations$salt$digest", "$pbkdf2$" for SHA-1: base64
// without padding and with a dot for the plus.
var modularPBKDF2 = pattern(`^(|-sha1|-sha256|-sha512)\$([0-9]+)\$([0-9A-Za-z./]*)\$([0-9A-Za-z./]+)$`)

func parseModularPBKDF2(rest string) (Scheme, checker) {
	part := modularPBKDF2().FindStringSubmatch(rest)
	if part == nil {
		return Unknown, nil
	}
	scheme, newHash := PBKDF2SHA1, sha1.New
	switch part[1] {
	case "-sha256":
		scheme, newHash = PBKDF2SHA256, sha256.New
	case "-sha512":
		scheme, newHash = PBKDF2SHA512, sha512.New
	}
	iterations, ok := parseCount(part[2], maxPBKDF2Iterations)
	salt, saltErr := dotBase64(part[3])
	digest, err := dotBase64(part[4])
	if !ok || saltErr != nil || err != nil || len(digest) != newHash().Size() && len(digest) != keycloakDigest {
		return Unknown, nil
	}
	return scheme, &pbkdf2Hash{newHash, iterations, string(salt), digest}
}

// keycloakDigest is how many bytes of any PBKDF2 Keycloak keeps.
const keycloakDigest = 64

// EncodePBKDF2 joins the parts of a PBKDF2, by SHA-1, SHA-256 or SHA-512, into one
// encoded hash. Ask Known whether it can be checked.
func EncodePBKDF2(scheme Scheme, iterations int, salt, digest []byte) string {
	name := map[Scheme]string{PBKDF2SHA1: "$pbkdf2$", PBKDF2SHA256: "$pbkdf2-sha256$", PBKDF2SHA512: "$pbkdf2-sha512$"}[scheme]
	encode := func(b []byte) string { return strings.ReplaceAll(base64.RawStdEncoding.EncodeToString(b), "+", ".") }
	return name + strconv.Itoa(iterations) + "$" + encode(salt) + "$" + encode(digest)
}

func dotBase64(text string) ([]byte, error) {
	return base64.RawStdEncoding.Strict().DecodeString(strings.ReplaceAll(text, ".", "+"))
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
