package passwd

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/crypto/bcrypt"
)

// bcryptInputLen is how many bytes of a password bcrypt reads. The vendors cut the
// rest off.
const bcryptInputLen = 72

// ErrNUL says that a password has a NUL byte. bcrypt repeats the NUL-terminated
// password as its key, so "a" and "a\x00a" would be the same to it, and
// implementations in C stop at the first NUL.
var ErrNUL = errors.New("passwd: a NUL byte cannot be hashed by bcrypt")

// HashBcrypt makes a $2b$ hash of plain, cut at 72 bytes, with the given cost
// (4 to 15; each step doubles the time). bcrypt draws its own salt. It fails
// with ErrNUL, and for a cost outside of these limits.
func HashBcrypt(cost int, plain string) (string, error) {
	if cost < minBcryptCost || cost > maxBcryptCost {
		return "", fmt.Errorf("passwd: bcrypt cost %d is not within %d and %d", cost, minBcryptCost, maxBcryptCost)
	}
	if strings.IndexByte(plain, 0) >= 0 {
		return "", ErrNUL
	}
	hash, err := bcrypt.GenerateFromPassword(bcryptInput(plain), cost)
	if err != nil {
		return "", fmt.Errorf("passwd: %w", err)
	}
	// x/crypto says 2a for the algorithm that the vendors call 2b.
	hash[2] = 'b'
	return string(hash), nil
}

func bcryptInput(plain string) []byte {
	return []byte(plain[:min(len(plain), bcryptInputLen)])
}

// bcryptHash is the 60 bytes of "$2b$12$" + salt + digest.
type bcryptHash string

func (h bcryptHash) matches(plain string) bool {
	if strings.IndexByte(plain, 0) >= 0 {
		return false
	}
	return bcrypt.CompareHashAndPassword([]byte(h), bcryptInput(plain)) == nil
}

// bcryptSHA256Hash is bcrypt over the hex SHA-256 of the password, which lifts
// the limit of 72 bytes and allows NUL.
type bcryptSHA256Hash string

func (h bcryptSHA256Hash) matches(plain string) bool {
	sum := sha256.Sum256([]byte(plain))
	return bcryptHash(h).matches(hex.EncodeToString(sum[:]))
}

func parseBcrypt(text string) (Scheme, checker) {
	if !validBcrypt(text) {
		return Unknown, nil
	}
	return Bcrypt, bcryptHash(text)
}

func parseBcryptSHA256(text string) (Scheme, checker) {
	if !validBcrypt(text) {
		return Unknown, nil
	}
	return BcryptSHA256, bcryptSHA256Hash(text)
}

// validBcrypt is stricter than x/crypto, which takes $2x$ (another algorithm)
// for $2a$ and ignores what follows the sixtieth byte.
func validBcrypt(text string) bool {
	if len(text) != 60 || text[:2] != "$2" || strings.IndexByte("aby", text[2]) < 0 ||
		text[3] != '$' || text[6] != '$' || !isDigit(text[4]) || !isDigit(text[5]) {
		return false
	}
	cost := int(text[4]-'0')*10 + int(text[5]-'0')
	return cost >= minBcryptCost && cost <= maxBcryptCost && isBcryptBase64(text[7:])
}

func isBcryptBase64(text string) bool {
	for i := range len(text) {
		c := text[i]
		if c|0x20 >= 'a' && c|0x20 <= 'z' || isDigit(c) || c == '.' || c == '/' {
			continue
		}
		return false
	}
	return true
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }
