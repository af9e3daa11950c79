package main

import (
	"crypto/pbkdf2"
	"crypto/rand"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"

	"github.com/dragoman-gateway/dragoman/core/passwd"
)

// password is the password of all synthetic users.
const password = "bench-password-1"

// hashSchemes returns the hash functions of a load, by their names in core/passwd.
func hashSchemes() map[string]func() (string, error) {
	return map[string]func() (string, error){
		"argon2id":      func() (string, error) { return passwd.Hash(passwd.DefaultParams(), rand.Reader, password) },
		"bcrypt":        func() (string, error) { return passwd.HashBcrypt(bcryptCost, password) },
		"pbkdf2_sha256": djangoHash,
		"onapp_sha1":    onappHash,
	}
}

const (
	bcryptCost       = 10
	djangoIterations = 100_000 // of the release that Syncano ran on
)

// makeHashes returns one hash of each scheme: one for each user would measure
// hashing and not the store.
func makeHashes(schemes []string) (all []string, err error) {
	known := hashSchemes()
	for _, name := range schemes {
		encoded, err := known[name]()
		if err != nil {
			return nil, err
		}
		if !passwd.Known(encoded) {
			return nil, fmt.Errorf("a hash of the scheme %s cannot be verified", name)
		}
		all = append(all, encoded)
	}
	return all, nil
}

func djangoHash() (string, error) {
	salt := rand.Text()[:12]
	key, err := pbkdf2.Key(sha256.New, password, []byte(salt), djangoIterations, sha256.Size)
	return fmt.Sprintf("pbkdf2_sha256$%d$%s$%s", djangoIterations, salt, base64.StdEncoding.EncodeToString(key)), err
}

func onappHash() (string, error) {
	salt, key := rand.Text(), rand.Text()
	sum := sha1.Sum([]byte(salt + "--" + password + "--" + key))
	return passwd.EncodeOnApp(hex.EncodeToString(sum[:]), salt, key), nil
}
