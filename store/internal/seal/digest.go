package seal

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"strings"
)

// Digest returns the text by which a secret is found. It depends on no key, so that a
// lost key loses no login.
func Digest(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// lostPrefix begins what stands for a secret of which only the digest is left.
const lostPrefix = "lost:"

// Lost returns what stands for a secret of which only the digest is left: Digest of it
// is that digest. It is signed, so that whoever has seen a digest cannot make one.
func (r *Keyring) Lost(digest string) string {
	if len(r.keys) == 0 {
		return lostPrefix + digest
	}
	return lostPrefix + digest + ":" + r.keys[0].sign(digest)
}

func (k key) sign(digest string) string {
	h := hmac.New(sha256.New, k.mac)
	h.Write([]byte(digest))
	return base64.RawURLEncoding.EncodeToString(h.Sum(nil))
}

// Digest is the package's Digest, except for what Lost has returned.
func (r *Keyring) Digest(secret string) string {
	if digest, lost := r.lostDigest(secret); lost {
		return digest
	}
	return Digest(secret)
}

// Renew returns the secret, signed with the first key if it is what Lost has returned.
func (r *Keyring) Renew(secret string) string {
	if digest, lost := r.lostDigest(secret); lost {
		return r.Lost(digest)
	}
	return secret
}

func (r *Keyring) lostDigest(secret string) (digest string, lost bool) {
	rest, lost := strings.CutPrefix(secret, lostPrefix)
	if !lost {
		return "", false
	}
	digest, sign, _ := strings.Cut(rest, ":")
	for _, k := range r.keys {
		if hmac.Equal([]byte(sign), []byte(k.sign(digest))) {
			return digest, true
		}
	}
	return "", false
}
