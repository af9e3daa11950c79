package passwd

import (
	"crypto/sha1"
	"crypto/subtle"
	"encoding/hex"
	"strings"
)

const onAppPrefix = "onapp_sha1$"

// OnAppShippedKey is the public key with which a panel hashes passwords unless its
// installation has another.
const OnAppShippedKey = "476aede036db8e3341345e2dfb95c71caa2f2c5a"

// EncodeOnApp joins what OnApp keeps in two columns and a setting into one encoded
// hash: "onapp_sha1$salt$authenticationKey$hash".
// hash is 40 hex digits, salt a row's password_salt, authenticationKey the
// installation's. Ask Known whether the result can be checked: it cannot if
// the hash is not a SHA-1 or the salt is empty. The key may contain a "$", a salt
// never does.
func EncodeOnApp(hash, salt, authenticationKey string) string {
	return onAppPrefix + salt + "$" + authenticationKey + "$" + strings.ToLower(hash)
}

// onAppHash is one unstretched SHA-1 over "salt--password--key": replace it by
// a new Hash at the first login that proves the password.
type onAppHash struct {
	salt, key string
	digest    []byte
}

func (h *onAppHash) matches(plain string) bool {
	got := sha1.Sum([]byte(h.salt + "--" + plain + "--" + h.key))
	return subtle.ConstantTimeCompare(got[:], h.digest) == 1
}

func parseOnApp(rest string) (Scheme, checker) {
	salt, rest, _ := strings.Cut(rest, "$")
	end := strings.LastIndexByte(rest, '$')
	if salt == "" || end < 0 {
		return Unknown, nil
	}
	digest, err := hex.DecodeString(rest[end+1:])
	if err != nil || len(digest) != sha1.Size {
		return Unknown, nil
	}
	return OnAppSHA1, &onAppHash{salt, rest[:end], digest}
}
