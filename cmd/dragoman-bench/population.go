package main

import (
	"encoding/hex"
	"strconv"
	"time"

	"github.com/dragoman-gateway/dragoman/core"
)

// population is an unlimited set of synthetic users. Everything about the i-th one
// is derived from the seed and i, so that a load can continue where another
// stopped, and the load generator needs no list of users.
type population struct{ seed uint64 }

// The parts of users. All names have the same length, so that requests that differ
// only in the user have the same size.
const (
	givenNames  = "alice bruno clara dario elena felix greta hanno irene julio karin lukas marta nuria oscar petra"
	familyNames = "adler brown costa duval evans fabre grant haase ivers jones klein lopez meyer novak olsen perez"
	cities      = "Antwerp Bologna Cardiff Dresden Esbjerg Firenze Glasgow Halifax"
	plans       = "basic solid super ultra"
	nameLen     = 5
	cityLen     = 7
	planLen     = 5
	usernameLen = 2*(nameLen+1) + 8
	// emailDomain is reserved for examples (RFC 2606).
	emailDomain = "@bench.example.com"
)

// The purposes of random values of one user.
const (
	forUID = iota
	forUIDEnd
	forKey
	forKeyMiddle
	forKeyEnd
	forName
)

// mix derives 64 bits from the seed, the user and a purpose (splitmix64's
// finalizer).
func (c population) mix(i, purpose uint64) uint64 {
	x := c.seed*0x9e3779b97f4a7c15 + i*8 + purpose + 1
	x *= 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// appendUID appends the user's UUID, which looks random: sorted ones would be
// cheaper to index.
func (c population) appendUID(b []byte, i uint64) []byte {
	high := c.mix(i, forUID)&^0xf000 | 0x4000
	low := c.mix(i, forUIDEnd)&^(0xc<<60) | 0x8<<60
	b = append(appendHex(b, high>>32, 8), '-')
	b = append(appendHex(b, high>>16, 4), '-')
	b = append(appendHex(b, high, 4), '-')
	b = append(appendHex(b, low>>48, 4), '-')
	return appendHex(b, low, 12)
}

// appendUsername appends the user's name: given name, family name and a unique
// number.
func (c population) appendUsername(b []byte, i uint64) []byte {
	name := c.mix(i, forName)
	b = append(append(b, word(givenNames, nameLen, name)...), '.')
	b = append(append(b, word(familyNames, nameLen, name>>4)...), '.')
	return appendNumber(b, i)
}

// appendNumber appends eight digits, enough for 100 million users.
func appendNumber(b []byte, i uint64) []byte {
	for unit := uint64(1e7); unit > 0; unit /= 10 {
		b = append(b, '0'+byte(i/unit%10))
	}
	return b
}

// appendHex appends the last n digits of x.
func appendHex(b []byte, x uint64, n int) []byte {
	for n--; n >= 0; n-- {
		b = append(b, "0123456789abcdef"[x>>(4*n)&15])
	}
	return b
}

// userKey returns 40 hex digits of which the last is even, as in Syncano's user
// keys.
func (c population) userKey(i uint64) string {
	var key [20]byte
	for n, purpose := range []uint64{forKey, forKeyMiddle, forKeyEnd} {
		x := c.mix(i, purpose)
		for k := n * 8; k < min(n*8+8, len(key)); k++ {
			key[k], x = byte(x), x>>8
		}
	}
	key[19] &^= 1
	return hex.EncodeToString(key[:])
}

// word returns the n-th word, modulo their number. The words have the same length
// and are separated by one character.
func word(words string, length int, n uint64) string {
	count := uint64(len(words)+1) / uint64(length+1)
	at := int(n%count) * (length + 1)
	return words[at : at+length]
}

// createdAt returns when the user was created: one every 17 seconds.
func (c population) createdAt(i uint64) time.Time {
	return time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(i%1e7) * 17 * time.Second)
}

// user returns the i-th user with the encoded password.
func (c population) user(i uint64, password string) *core.User {
	username := string(c.appendUsername(nil, i))
	given, family := word(givenNames, nameLen, c.mix(i, forName)), word(familyNames, nameLen, c.mix(i, forName)>>4)
	return &core.User{
		UID:        string(c.appendUID(nil, i)),
		Realm:      core.MainRealm,
		Username:   username,
		Email:      username + emailDomain,
		Name:       core.Name{Formatted: given + " " + family, Given: given, Family: family},
		Password:   password,
		Enabled:    true,
		CreatedAt:  c.createdAt(i),
		Attributes: c.attributes(i),
		Handles:    []core.Handle{{Kind: userKeyHandle, Value: c.userKey(i)}},
	}
}

// userKeyHandle is the handle of Syncano's user keys.
const userKeyHandle = "syncano.user_key"

// attributes returns attributes that make a user about 645 bytes of JSON.
func (c population) attributes(i uint64) core.Attributes {
	return core.Attributes{
		{Name: "company_name", Value: `"` + word(familyNames, nameLen, c.mix(i, forName)>>8) + ` and partners"`},
		{Name: "city", Value: `"` + word(cities, cityLen, i) + `"`},
		{Name: "plan", Value: `"` + word(plans, planLen, i) + `"`},
		{Name: "visits", Value: strconv.FormatUint(100000+i%900000, 10)},
		{Name: "newsletter", Value: strconv.FormatBool(i%3 == 0)},
	}
}
