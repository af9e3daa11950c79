package passwd_test

import (
	"bytes"
	"crypto/rand"
	"errors"
	"io"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/dragoman-gateway/dragoman/core/passwd"
)

// cheap costs next to nothing, for properties tried a hundred times.
var cheap = passwd.Params{Memory: 8, Time: 1, Threads: 1}

func TestHashIsVerifiedByItsPasswordOnly(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		plain, other := rapid.String().Draw(t, "plain"), rapid.String().Draw(t, "other")
		encoded, err := passwd.Hash(cheap, rand.Reader, plain)
		if err != nil {
			t.Fatal(err)
		}
		if passwd.Identify(encoded) != passwd.Argon2id || !passwd.Verify(encoded, plain) {
			t.Fatalf("%s does not match its password %q", encoded, plain)
		}
		if passwd.Verify(encoded, other) != (other == plain) {
			t.Fatalf("%s of %q matches %q", encoded, plain, other)
		}
	})
}

func TestHashBcryptIsVerifiedByTheFirst72BytesOnly(t *testing.T) {
	text := rapid.StringMatching(`[^\x00]{0,90}`)
	rapid.Check(t, func(t *rapid.T) {
		plain, other := text.Draw(t, "plain"), text.Draw(t, "other")
		encoded, err := passwd.HashBcrypt(4, plain)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(encoded, "$2b$04$") || len(encoded) != 60 || !passwd.Verify(encoded, plain) {
			t.Fatalf("%s does not match its password %q", encoded, plain)
		}
		if passwd.Verify(encoded, other) != (cut72(other) == cut72(plain)) {
			t.Fatalf("%s of %q against %q", encoded, plain, other)
		}
	})
}

func cut72(s string) string { return s[:min(len(s), 72)] }

func TestBcryptTellsPasswordsApartWithinTheFirst72Bytes(t *testing.T) {
	long := strings.Repeat("a", 71)
	encoded, err := passwd.HashBcrypt(4, long+"b")
	if err != nil {
		t.Fatal(err)
	}
	if !passwd.Verify(encoded, long+"bc") {
		t.Error("the 73rd byte counts")
	}
	if passwd.Verify(encoded, long+"cb") || passwd.Verify(encoded, long) {
		t.Error("the 72nd byte does not count")
	}
}

// Without the refusal the first of these would be true: bcrypt reads the
// password and its closing NUL over and over.
func TestBcryptRefusesNUL(t *testing.T) {
	encoded, err := passwd.HashBcrypt(4, "a")
	if err != nil {
		t.Fatal(err)
	}
	for _, plain := range []string{"a\x00a", "a\x00", "a\x00b", "\x00"} {
		if passwd.Verify(encoded, plain) {
			t.Errorf("the hash of \"a\" matches %q", plain)
		}
		if _, err := passwd.HashBcrypt(4, plain); !errors.Is(err, passwd.ErrNUL) {
			t.Errorf("HashBcrypt(%q) fails with %v, not ErrNUL", plain, err)
		}
	}
}

func TestHashBcryptRefusesACostThatVerifyWouldRefuse(t *testing.T) {
	for _, cost := range []int{-1, 0, 3, 16, 31} {
		if encoded, err := passwd.HashBcrypt(cost, "changeme1"); err == nil {
			t.Errorf("cost %d made %s", cost, encoded)
		}
	}
}

func TestHashRefusesParamsThatVerifyWouldRefuse(t *testing.T) {
	for _, p := range []passwd.Params{
		{}, {Memory: 19 << 10, Time: 2}, {Memory: 19 << 10, Threads: 1}, {Memory: 7, Time: 1, Threads: 1},
		{Memory: 1 << 20, Time: 1, Threads: 1}, {Memory: 1 << 10, Time: 1 << 30, Threads: 1}, {Memory: 1 << 10, Time: 1, Threads: 65},
	} {
		if encoded, err := passwd.Hash(p, rand.Reader, "changeme1"); !errors.Is(err, passwd.ErrParams) {
			t.Errorf("%+v made %q, error %v", p, encoded, err)
		}
	}
}

func TestHashTakesItsSaltFromRand(t *testing.T) {
	zeros := bytes.NewReader(make([]byte, 16))
	encoded, err := passwd.Hash(passwd.DefaultParams(), zeros, "changeme1")
	if err != nil {
		t.Fatal(err)
	}
	if want := "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$"; !strings.HasPrefix(encoded, want) {
		t.Errorf("%s does not begin with %s", encoded, want)
	}
	if _, err := passwd.Hash(cheap, zeros, "changeme1"); !errors.Is(err, io.EOF) {
		t.Errorf("with nothing left to read the error is %v", err)
	}
}
