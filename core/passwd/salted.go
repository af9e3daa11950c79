package passwd

import (
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/subtle"
	"encoding/base64"
	"hash"
	"strings"
)

// saltedHash is LDAP's "{SSHA}" and its like: base64 of the digest of password and
// salt, and then the salt. "{SHA}" has no salt.
type saltedHash struct {
	newHash      func() hash.Hash
	digest, salt []byte
}

func (h *saltedHash) matches(plain string) bool {
	sum := h.newHash()
	sum.Write([]byte(plain))
	sum.Write(h.salt)
	return subtle.ConstantTimeCompare(sum.Sum(nil), h.digest) == 1
}

func parseSHA(rest string) (Scheme, checker) {
	return parseSalted(rest, SaltedSHA1, sha1.New, sha1.Size, false)
}

func parseSSHA(rest string) (Scheme, checker) {
	return parseSalted(rest, SaltedSHA1, sha1.New, sha1.Size, true)
}

func parseSSHA256(rest string) (Scheme, checker) {
	return parseSalted(rest, SaltedSHA256, sha256.New, sha256.Size, true)
}

func parseSSHA512(rest string) (Scheme, checker) {
	return parseSalted(rest, SaltedSHA512, sha512.New, sha512.Size, true)
}

func parseSalted(rest string, scheme Scheme, newHash func() hash.Hash, size int, salted bool) (Scheme, checker) {
	all, err := base64.StdEncoding.Strict().DecodeString(rest)
	if err != nil || len(all) < size || (len(all) > size) != salted {
		return Unknown, nil
	}
	return scheme, &saltedHash{newHash, all[:size], all[size:]}
}

// phpassHash is the portable hash of PHP applications: "$P$" or "$H$", one character
// for the rounds, eight of salt, and 22 for a chain of MD5.
type phpassHash struct {
	rounds int
	salt   string
	digest string
}

// cryptDigits are the 64 digits of this form, lowest first.
const cryptDigits = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

func parsePHPass(rest string) (Scheme, checker) {
	if len(rest) != 31 {
		return Unknown, nil
	}
	log := strings.IndexByte(cryptDigits, rest[0])
	if log < 7 || log > maxPHPassLog || strings.Trim(rest[9:], cryptDigits) != "" {
		return Unknown, nil
	}
	return PHPass, &phpassHash{1 << log, rest[1:9], rest[9:]}
}

func (h *phpassHash) matches(plain string) bool {
	sum := md5.Sum([]byte(h.salt + plain))
	buffer := make([]byte, 0, md5.Size+len(plain))
	for range h.rounds {
		sum = md5.Sum(append(append(buffer[:0], sum[:]...), plain...))
	}
	return subtle.ConstantTimeCompare([]byte(encodeCrypt(sum[:])), []byte(h.digest)) == 1
}

// encodeCrypt writes three bytes as four digits, the lowest first.
func encodeCrypt(data []byte) string {
	var b strings.Builder
	for i := 0; i < len(data); i += 3 {
		group, digits := uint(0), 1
		for j, c := range data[i:min(i+3, len(data))] {
			group |= uint(c) << (8 * j)
			digits++
		}
		for range digits {
			b.WriteByte(cryptDigits[group&63])
			group >>= 6
		}
	}
	return b.String()
}
