package seal_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/dragoman-gateway/dragoman/store/internal/seal"
)

func ring(t *testing.T, keys ...[]byte) *seal.Keyring {
	t.Helper()
	r, err := seal.NewKeyring(keys...)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestABoxOpensOnlyWithItsKeyInItsPlace(t *testing.T) {
	a, b := seal.NewKey(), seal.NewKey()
	box := ring(t, a).Seal([]byte("secret"), "users", 7)
	if bytes.Contains(box, []byte("secret")) {
		t.Error("the box shows the secret")
	}
	if bytes.Equal(box, ring(t, a).Seal([]byte("secret"), "users", 7)) {
		t.Error("two boxes are equal")
	}
	for name, c := range map[string]struct {
		ring  *seal.Keyring
		table string
		row   int64
		opens bool
	}{
		"its key":         {ring(t, a), "users", 7, true},
		"a second key":    {ring(t, b, a), "users", 7, true},
		"another key":     {ring(t, b), "users", 7, false},
		"no key":          {ring(t), "users", 7, false},
		"another row":     {ring(t, a), "users", 8, false},
		"another table":   {ring(t, a), "records", 7, false},
		"the zero number": {ring(t, a), "users", 0, false},
	} {
		plain, err := c.ring.Open(box, c.table, c.row)
		if c.opens != (err == nil) || c.opens && string(plain) != "secret" {
			t.Errorf("%s: %q, %v", name, plain, err)
		}
	}
}

func TestOnlyTheKeyMakesALostSecretOfADigest(t *testing.T) {
	a, b := seal.NewKey(), seal.NewKey()
	digest := seal.Digest("secret")
	lost := ring(t, a).Lost(digest)
	if ring(t, a).Digest(lost) != digest || ring(t, b, a).Digest(lost) != digest || ring(t, a).Digest("secret") != digest {
		t.Error("a lost secret is not found by its digest")
	}
	if renewed := ring(t, b, a).Renew(lost); ring(t, b).Digest(renewed) != digest || ring(t, b).Renew("plain") != "plain" {
		t.Error("a lost secret does not outlive its key")
	}
	for _, r := range []*seal.Keyring{ring(t), ring(t, b)} {
		if r.Digest(lost) == digest || ring(t, a).Digest(r.Lost(digest)) == digest || ring(t, a).Digest(digest) == digest {
			t.Error("whoever has seen a digest can make a lost secret of it")
		}
	}
}

func TestADamagedBoxFails(t *testing.T) {
	r := ring(t, seal.NewKey())
	box := r.Seal([]byte("secret"), "users", 7)
	for i := range box {
		damaged := bytes.Clone(box)
		damaged[i] ^= 0x10
		if plain, err := r.Open(damaged, "users", 7); err == nil {
			t.Errorf("byte %d: %q", i, plain)
		}
		if _, err := r.Open(box[:i], "users", 7); err == nil {
			t.Errorf("the first %d bytes open", i)
		}
	}
}

func TestWithoutAKeyABoxIsPlain(t *testing.T) {
	r := &seal.Keyring{}
	box := r.Seal([]byte("secret"), "users", 7)
	for _, r := range []*seal.Keyring{r, ring(t, seal.NewKey())} {
		if plain, err := r.Open(box, "users", 7); err != nil || string(plain) != "secret" {
			t.Errorf("%q, %v", plain, err)
		}
	}
	if r.Current() != "" || !bytes.HasPrefix(box, r.Header()) {
		t.Error("a plain box names a key")
	}
}

func TestParseTellsNoKey(t *testing.T) {
	key := strings.Repeat("0f", seal.KeySize)
	for text, good := range map[string]bool{
		key:                                true,
		"# first\n\n" + key + "\r\n" + key: true,
		"":                                 false,
		"# none":                           false,
		key[2:]:                            false,
		key + "00":                         false,
		key + "\n" + strings.Repeat("x", 2*seal.KeySize): false,
	} {
		_, err := seal.Parse([]byte(text))
		if good != (err == nil) {
			t.Errorf("%q: %v", text, err)
		}
		if err != nil && strings.Contains(err.Error(), key[:8]) {
			t.Errorf("the error tells the key: %v", err)
		}
	}
}

func TestAKeyFileIsMadeOnceForItsOwner(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store.key")
	made, err := seal.Source{File: path, Make: true}.Load(false)
	if err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info, err)
	}
	for _, s := range []seal.Source{{File: path, Make: true}, {File: path}, {File: path, Temporary: true}} {
		read, err := s.Load(false)
		if err != nil || read.Current() != made.Current() {
			t.Errorf("%+v: another key, %v", s, err)
		}
	}
	if left, err := filepath.Glob(path + "?*"); err != nil || len(left) > 0 {
		t.Errorf("left are %v, %v", left, err)
	}
}

func TestNoKeyIsMadeUpForASealedStore(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store.key")
	for _, s := range []seal.Source{{File: path, Make: true}, {File: path, Temporary: true}, {File: path}} {
		if _, err := s.Load(true); !errors.Is(err, seal.ErrKey) || !strings.Contains(err.Error(), path) {
			t.Errorf("%+v: %v", s, err)
		}
	}
	if _, err := (seal.Source{File: path}).Load(false); !errors.Is(err, seal.ErrKey) {
		t.Errorf("a file that was named and is not there: %v", err)
	}
	if _, err := os.Stat(path); err == nil {
		t.Error("a key was made")
	}
}
