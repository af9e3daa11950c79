package passwd

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/subtle"
	"encoding/base64"
	"strconv"
	"strings"

	"golang.org/x/crypto/scrypt"
)

// FirebaseParameters are what a Firebase project shows under its password hash
// parameters; the texts are base64.
type FirebaseParameters struct {
	SignerKey, SaltSeparator string
	Rounds, MemCost          int
}

// EncodeFirebase joins a user's exported hash and salt, which are base64, and the
// project's parameters into one encoded hash. Ask Known whether it can be checked.
func EncodeFirebase(hash, salt string, p FirebaseParameters) string {
	return strings.Join([]string{"firebase_scrypt", strconv.Itoa(p.MemCost), strconv.Itoa(p.Rounds), p.SaltSeparator,
		standardBase64(salt), p.SignerKey, standardBase64(hash)}, "$")
}

// standardBase64 is the standard form of base64 that may be that for URLs: the export
// of the command line writes one, and the API the other.
func standardBase64(text string) string { return strings.NewReplacer("-", "+", "_", "/").Replace(text) }

// firebaseHash is the project's key, encrypted with the scrypt of the password.
type firebaseHash struct {
	logN, r              int
	salt, signer, digest []byte
}

func (h *firebaseHash) matches(plain string) bool {
	key, err := scrypt.Key([]byte(plain), h.salt, 1<<h.logN, h.r, 1, 32)
	if err != nil {
		return false
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return false
	}
	got := make([]byte, len(h.signer))
	cipher.NewCTR(block, make([]byte, aes.BlockSize)).XORKeyStream(got, h.signer)
	return subtle.ConstantTimeCompare(got, h.digest) == 1
}

func parseFirebase(rest string) (Scheme, checker) {
	part := strings.Split(rest, "$")
	if len(part) != 6 {
		return Unknown, nil
	}
	logN, okN := parseCount(part[0], 24)
	r, okR := parseCount(part[1], maxScryptBlocks)
	var texts [4][]byte // separator, salt, signer, digest
	for i := range texts {
		var err error
		if texts[i], err = base64.StdEncoding.Strict().DecodeString(part[2+i]); err != nil {
			return Unknown, nil
		}
	}
	separator, salt, signer, digest := texts[0], texts[1], texts[2], texts[3]
	if !okN || !okR || !scryptInBounds(logN, r, 1) || len(signer) < minImportedDigest || len(digest) != len(signer) {
		return Unknown, nil
	}
	return FirebaseScrypt, &firebaseHash{logN, r, append(salt, separator...), signer, digest}
}
