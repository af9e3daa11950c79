package passwd

import (
	"crypto/subtle"
	"strconv"
	"strings"

	"golang.org/x/crypto/argon2"
)

type argon2Hash struct {
	derive       func(password, salt []byte, time, memory uint32, threads uint8, keyLen uint32) []byte
	params       Params
	salt, digest []byte
}

func (h *argon2Hash) matches(plain string) bool {
	p := h.params
	got := h.derive([]byte(plain), h.salt, p.Time, p.Memory, p.Threads, uint32(len(h.digest)))
	return subtle.ConstantTimeCompare(got, h.digest) == 1
}

func parseArgon2id(rest string) (Scheme, checker) {
	if h, ok := parseArgon2(rest); ok {
		h.derive = argon2.IDKey
		return Argon2id, h
	}
	return Unknown, nil
}

func parseArgon2i(rest string) (Scheme, checker) {
	if h, ok := parseArgon2(rest); ok {
		h.derive = argon2.Key
		return Argon2i, h
	}
	return Unknown, nil
}

// parseArgon2 reads "v=19$m=..,t=..,p=..$salt$digest". Version 16 (a text
// without "v=", or "v=16") has no implementation here and is refused.
func parseArgon2(rest string) (*argon2Hash, bool) {
	part := strings.Split(rest, "$")
	if len(part) != 4 || part[0] != "v="+strconv.Itoa(argon2.Version) {
		return nil, false
	}
	params, ok := parseArgon2Params(part[1])
	salt, saltErr := phcBase64.DecodeString(part[2])
	digest, digestErr := phcBase64.DecodeString(part[3])
	if !ok || saltErr != nil || digestErr != nil || len(salt) < minArgon2Salt ||
		len(digest) < minArgon2Digest || len(digest) > maxArgon2Digest {
		return nil, false
	}
	return &argon2Hash{params: params, salt: salt, digest: digest}, true
}

// parseArgon2Params reads "m=..,t=..,p=..", in the order that PHC prescribes.
func parseArgon2Params(text string) (Params, bool) {
	part := strings.Split(text, ",")
	if len(part) != 3 {
		return Params{}, false
	}
	memory, okM := parseSetting(part[0], "m=", maxArgon2Memory)
	time, okT := parseSetting(part[1], "t=", maxArgon2Passes)
	threads, okP := parseSetting(part[2], "p=", maxArgon2Threads)
	p := Params{Memory: uint32(memory), Time: uint32(time), Threads: uint8(threads)}
	return p, okM && okT && okP && p.Check() == nil
}

func parseSetting(text, name string, limit int) (int, bool) {
	digits, ok := strings.CutPrefix(text, name)
	if !ok {
		return 0, false
	}
	return parseCount(digits, limit)
}

// parseCount reads a plain decimal from 1 to limit: no sign, no leading zero.
func parseCount(digits string, limit int) (int, bool) {
	if digits == "" || digits[0] < '1' || digits[0] > '9' {
		return 0, false
	}
	n, err := strconv.Atoi(digits)
	return n, err == nil && n <= limit
}
