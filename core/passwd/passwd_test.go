package passwd_test

import (
	"crypto/rand"
	"testing"

	"github.com/dragoman-gateway/dragoman/core/passwd"
)

func TestHashIsVerifiedByItsPasswordOnly(t *testing.T) {
	encoded, err := passwd.Hash(passwd.DefaultParams(), rand.Reader, "changeme1")
	if err != nil {
		t.Fatal(err)
	}
	if !passwd.Verify(encoded, "changeme1") || passwd.Verify(encoded, "changeme2") {
		t.Errorf("%s does not tell its password from another", encoded)
	}
}
