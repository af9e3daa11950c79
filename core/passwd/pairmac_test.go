package passwd

import (
	"crypto/hmac"
	"crypto/sha256"
	"testing"
)

func TestPairMACIsHMACOfTheLengthAndBothTexts(t *testing.T) {
	key := []byte("a key of thirty-two bytes, as is")
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte("\x02\x00\x00\x00\x00\x00\x00\x00" + "ab" + "cde"))
	p := newPairMAC(key)
	for range 2 { // a fresh digest, then a used one
		if got := p.tag("ab", "cde"); !hmac.Equal(got[:], mac.Sum(nil)) {
			t.Errorf("the tag is %x, not %x", got, mac.Sum(nil))
		}
	}
}

func TestPairMACKeepsNothingOfThePassword(t *testing.T) {
	p := newPairMAC(make([]byte, 32))
	d := p.pool.New().(*pairDigest)
	p.pool.New = func() any { return d }
	p.tag("hash", "changeme1")
	if d.scratch != [256]byte{} || d.sum != [32]byte{} {
		t.Errorf("left in the pool: %q, %x", d.scratch, d.sum)
	}
}
