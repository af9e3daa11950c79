package passwd

import (
	"encoding/base64"
	"errors"
	"fmt"
	"io"

	"golang.org/x/crypto/argon2"
)

// Params is the cost of new argon2id hashes.
type Params struct {
	Memory, Time uint32 // KiB; passes over that memory
	Threads      uint8  // lanes; more than 1 lets one login take several cores
}

// DefaultParams is OWASP's first choice for argon2id: 19 MiB, two passes, one lane.
func DefaultParams() Params {
	return Params{Memory: 19 << 10, Time: 2, Threads: 1}
}

// ErrParams says that Verify would refuse a hash with these parameters.
var ErrParams = errors.New("passwd: argon2 parameters out of bounds")

const (
	newSaltLen   = 16 // bytes, RFC 9106
	newDigestLen = 32 // bytes, RFC 9106
)

// Hash makes an argon2id hash of plain in PHC form, with a salt of 16 bytes
// read from rand. It fails with ErrParams, or as rand does.
func Hash(p Params, rand io.Reader, plain string) (string, error) {
	if err := p.Check(); err != nil {
		return "", err
	}
	var salt [newSaltLen]byte
	if _, err := io.ReadFull(rand, salt[:]); err != nil {
		return "", fmt.Errorf("passwd: salt: %w", err)
	}
	digest := argon2.IDKey([]byte(plain), salt[:], p.Time, p.Memory, p.Threads, newDigestLen)
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, p.Memory, p.Time, p.Threads,
		phcBase64.EncodeToString(salt[:]), phcBase64.EncodeToString(digest)), nil
}

// Check fails with ErrParams if Hash would refuse p: it is not within our limits and the
// algorithm's (8 KiB a lane).
func (p Params) Check() error {
	if p.Time == 0 || p.Threads == 0 || p.Threads > maxArgon2Threads ||
		p.Memory < 8*uint32(p.Threads) || p.Memory > maxArgon2Memory ||
		uint64(p.Memory)*uint64(p.Time) > maxArgon2Passes {
		return ErrParams
	}
	return nil
}

// phcBase64 is the base64 of PHC strings: no padding, and one text for each value.
var phcBase64 = base64.RawStdEncoding.Strict()
