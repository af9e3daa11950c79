package main

import (
	"encoding/hex"
	"strconv"
	"time"

	"github.com/dragoman-gateway/dragoman/core"
)

// crowd is a population of synthetic users without end. Everything about the
// i-th one follows from the seed and i, so that a load can go on where another
// stopped, and a load generator knows whom it asks for without a list of them.
type population struct{ seed uint64 }

// What the crowd's people are made of. Given and family names have one length
// each, and so do the usernames made of them: requests that differ in the user
// only are of one size.
const (
	givenNames  = "alice bruno clara dario elena felix greta hanno irene julio karin lukas marta nuria oscar petra"
	familyNames = "adler brown costa duval evans fabre grant haase ivers jones klein lopez meyer novak olsen perez"
	cities      = "Antwerp Bologna Cardiff Dresden Esbjerg Firenze Glasgow Halifax"
	plans       = "basic solid super ultra"
	nameLen     = 5
	cityLen     = 7
	planLen     = 5
	usernameLen = 2*(nameLen+1) + 8
	// emailDomain is reserved for examples (RFC 2606): no mail goes out by mistake.
	emailDomain = "@bench.example.com"
)

// The seeds of what is random about one user.
const (
	forUID = iota
	forUIDEnd
	forKey
	forKeyMiddle
	forKeyEnd
	forName
)

// mix returns 64 bits that follow from the seed, the user and a purpose
// (splitmix64's finisher).
func (c population) mix(i, purpose uint64) uint64 {
	x := c.seed*0x9e3779b97f4a7c15 + i*8 + purpose + 1
	x *= 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// appendUID appends the user's UUID, which looks random, as real ones are: in
// order they would be cheaper to index.
func (c population) appendUID(b []byte, i uint64) []byte {
	high := c.mix(i, forUID)&^0xf000 | 0x4000
	low := c.mix(i, forUIDEnd)&^(0xc<<60) | 0x8<<60
	b = append(appendHex(b, high>>32, 8), '-')
	b = append(appendHex(b, high>>16, 4), '-')
	b = append(appendHex(b, high, 4), '-')
	b = append(appendHex(b, low>>48, 4), '-')
	return appendHex(b, low, 12)
}

// appendUsername appends the user's name: given and family name, and a number
// that tells people of the same name apart.
func (c population) appendUsername(b []byte, i uint64) []byte {
	name := c.mix(i, forName)
	b = append(append(b, word(givenNames, nameLen, name)...), '.')
	b = append(append(b, word(familyNames, nameLen, name>>4)...), '.')
	return appendNumber(b, i)
}

// appendNumber appends eight digits, which 100 million users do not exhaust.
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

// userKey is 40 hex digits of which the last is even, as Syncano's user keys are
// (source: vendor reference, authentication).
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

// word returns the n-th of the words, which are of one length with a character
// between them, counting round.
func word(words string, length int, n uint64) string {
	count := uint64(len(words)+1) / uint64(length+1)
	at := int(n%count) * (length + 1)
	return words[at : at+length]
}

// born is when the user was created: one every 17 seconds, over some years.
func (c population) createdAt(i uint64) time.Time {
	return time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(i%1e7) * 17 * time.Second)
}

// user returns the i-th user with that encoded password.
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

// userKeyHandle is where the Syncano dialect keeps the keys of users. A user who
// has none gets one at the first request that shows it, which would be a write
// in the middle of a measurement of reads.
const userKeyHandle = "syncano.user_key"

// attributes are of a number and size that make a user about 645 bytes of JSON.
func (c population) attributes(i uint64) core.Attributes {
	return core.Attributes{
		{Name: "company_name", Value: `"` + word(familyNames, nameLen, c.mix(i, forName)>>8) + ` and partners"`},
		{Name: "city", Value: `"` + word(cities, cityLen, i) + `"`},
		{Name: "plan", Value: `"` + word(plans, planLen, i) + `"`},
		{Name: "visits", Value: strconv.FormatUint(100000+i%900000, 10)},
		{Name: "newsletter", Value: strconv.FormatBool(i%3 == 0)},
	}
}
