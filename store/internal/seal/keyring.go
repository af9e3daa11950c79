// Package seal encrypts what a store must show again and must not show to whoever
// gets a copy of its files.
package seal

import (
	"bytes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/crypto/chacha20poly1305"
)

// Keyring seals with its first key and opens what any of its keys has sealed. The
// zero Keyring has no keys: it encodes without encrypting. It is safe for concurrent use.
type Keyring struct {
	keys []key
}

// key is a key and the short name by which boxes refer to it.
type key struct {
	id   [idSize]byte
	aead cipher.AEAD
	mac  []byte // signs digests of lost secrets
}

// A box is a format byte and the plain text, or a format byte, the ID of the key, a
// nonce and the encrypted text.
const (
	formatPlain  = 0
	formatSealed = 1
	idSize       = 4
	headerSize   = 1 + idSize
	boxOverhead  = headerSize + chacha20poly1305.NonceSizeX + chacha20poly1305.Overhead
)

// KeySize is the length of a key in bytes.
const KeySize = chacha20poly1305.KeySize

var (
	errBox = errors.New("a sealed value is damaged, or was sealed in another place")
	errKey = errors.New("a value is sealed with a key that is not in the key file")
)

// NewKeyring returns a keyring of keys of KeySize bytes.
func NewKeyring(keys ...[]byte) (*Keyring, error) {
	r := &Keyring{}
	for _, k := range keys {
		aead, err := chacha20poly1305.NewX(k)
		if err != nil {
			return nil, err
		}
		sum := sha256.Sum256(append([]byte("dragoman seal key\x00"), k...))
		mac := sha256.Sum256(append([]byte("dragoman lost secret\x00"), k...))
		r.keys = append(r.keys, key{[idSize]byte(sum[:idSize]), aead, mac[:]})
	}
	return r, nil
}

// NewKey returns a random key.
func NewKey() []byte {
	k := make([]byte, KeySize)
	_, _ = rand.Read(k) // never fails
	return k
}

// Parse reads a key file: a key of 64 hexadecimal digits on each line. Blank lines and
// those that begin with # are left out. Errors do not repeat the text.
func Parse(text []byte) (*Keyring, error) {
	var keys [][]byte
	for i, line := range strings.Split(string(text), "\n") {
		if line = strings.TrimSpace(line); line == "" || line[0] == '#' {
			continue
		}
		k, err := hex.DecodeString(line)
		if err != nil || len(k) != KeySize {
			return nil, fmt.Errorf("line %d is not a key, which has %d hexadecimal digits", i+1, 2*KeySize)
		}
		keys = append(keys, k)
	}
	if len(keys) == 0 {
		return nil, errors.New("it holds no key")
	}
	return NewKeyring(keys...)
}

// Current returns the ID of the key that seals, "" without keys.
func (r *Keyring) Current() string {
	if len(r.keys) == 0 {
		return ""
	}
	return hex.EncodeToString(r.keys[0].id[:])
}

// Header returns how every box begins that Seal makes now.
func (r *Keyring) Header() []byte {
	if len(r.keys) == 0 {
		return []byte{formatPlain}
	}
	return append([]byte{formatSealed}, r.keys[0].id[:]...)
}

// Seal returns a box of plain. Open takes it only for the same place, such as a row of
// a table.
func (r *Keyring) Seal(plain []byte, table string, row int64) []byte {
	if len(r.keys) == 0 {
		return append([]byte{formatPlain}, plain...)
	}
	box := append(make([]byte, 0, boxOverhead+len(plain)), r.Header()...)
	nonce := box[headerSize : headerSize+chacha20poly1305.NonceSizeX]
	_, _ = rand.Read(nonce) // never fails
	return r.keys[0].aead.Seal(box[:headerSize+chacha20poly1305.NonceSizeX], nonce, plain, place(table, row))
}

// Open returns what is in a box.
func (r *Keyring) Open(box []byte, table string, row int64) ([]byte, error) {
	switch {
	case len(box) > 0 && box[0] == formatPlain:
		return box[1:], nil
	case len(box) < boxOverhead || box[0] != formatSealed:
		return nil, errBox
	}
	for _, k := range r.keys {
		if bytes.Equal(k.id[:], box[1:headerSize]) {
			sealed := box[headerSize:]
			plain, err := k.aead.Open([]byte{}, sealed[:chacha20poly1305.NonceSizeX], sealed[chacha20poly1305.NonceSizeX:], place(table, row))
			if err != nil {
				return nil, errBox
			}
			return plain, nil
		}
	}
	return nil, errKey
}

func place(table string, row int64) []byte {
	return binary.BigEndian.AppendUint64(append(make([]byte, 0, 24), table...), uint64(row))
}
