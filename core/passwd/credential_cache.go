package passwd

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/binary"
	"fmt"
	"io"
	"sync"
	"sync/atomic"
	"time"
)

// CredentialCache remembers pairs of a stored hash and a password that Verify found
// right, so that Basic authentication on each request costs a digest instead
// of a hash. It keeps neither: only an HMAC-SHA256 of both, under a random key
// that lives and dies with the process. Another stored hash is another pair,
// so a changed password is forgotten by itself. It is safe for concurrent use.
type CredentialCache struct {
	now    func() time.Time
	start  time.Time // what expiries count from: two readings, not the calendar
	ttl    time.Duration
	pairs  *pairMAC
	sets   [][]credentialSlot
	guards [credentialShards]credentialShard // the set's number modulo credentialShards
}

const (
	memoryWays       = 8 // slots of a set
	credentialShards = 64
)

// credentialSlot is one remembered pair; the zero value expired long ago.
type credentialSlot struct {
	tag   [sha256.Size]byte
	until time.Duration
}

// credentialShard has a cache line of its own, so that cores do not wait for each
// other's locks.
type credentialShard struct {
	sync.RWMutex
	seen, unseen atomic.Uint64
	_            [24]byte
}

// CredentialCacheStats is how often Seen was true and how often not, since the start.
type CredentialCacheStats struct{ Hits, Misses uint64 }

// NewCredentialCache remembers up to size pairs, each for ttl from its last Remember;
// with ttl or size <= 0, nothing. It takes 40 bytes for each pair, at once. A
// pair may be forgotten early, when by chance too many fall on the same spot;
// the spot depends on the key, so nobody can aim at it. It fails only if rand
// cannot give a key of 32 bytes.
func NewCredentialCache(rand io.Reader, now func() time.Time, ttl time.Duration, size int) (*CredentialCache, error) {
	key := make([]byte, sha256.Size)
	if _, err := io.ReadFull(rand, key); err != nil {
		return nil, fmt.Errorf("passwd: memory key: %w", err)
	}
	m := &CredentialCache{now: now, start: now(), ttl: ttl, pairs: newPairMAC(key)}
	if ttl > 0 && size > 0 {
		m.sets = newCredentialSets(size)
	}
	return m, nil
}

func newCredentialSets(size int) [][]credentialSlot {
	ways := min(size, memoryWays)
	sets := make([][]credentialSlot, size/ways)
	slots := make([]credentialSlot, len(sets)*ways)
	for i := range sets {
		sets[i], slots = slots[:ways:ways], slots[ways:]
	}
	return sets
}

// Contains tells whether the pair was remembered within the last ttl.
func (m *CredentialCache) Contains(encoded, plain string) bool {
	if len(m.sets) == 0 {
		return false
	}
	tag := m.pairs.tag(encoded, plain)
	set, guard := m.find(&tag)
	now := m.now().Sub(m.start)
	guard.RLock()
	defer guard.RUnlock()
	for i := range set {
		if now < set[i].until && subtle.ConstantTimeCompare(set[i].tag[:], tag[:]) == 1 {
			guard.seen.Add(1)
			return true
		}
	}
	guard.unseen.Add(1)
	return false
}

// Stats is a snapshot; its numbers are not taken at one instant.
func (m *CredentialCache) Stats() (s CredentialCacheStats) {
	for i := range m.guards {
		s.Hits += m.guards[i].seen.Load()
		s.Misses += m.guards[i].unseen.Load()
	}
	return s
}

// Add keeps the pair for ttl. Call it only after Verify was true for it.
func (m *CredentialCache) Add(encoded, plain string) {
	if len(m.sets) == 0 {
		return
	}
	tag := m.pairs.tag(encoded, plain)
	set, guard := m.find(&tag)
	until := m.now().Sub(m.start) + m.ttl
	guard.Lock()
	defer guard.Unlock()
	*slotFor(set, &tag) = credentialSlot{tag, until}
}

// find picks the set by the tag: its bits are as good as random.
func (m *CredentialCache) find(tag *[sha256.Size]byte) ([]credentialSlot, *credentialShard) {
	n := binary.LittleEndian.Uint64(tag[:]) % uint64(len(m.sets))
	return m.sets[n], &m.guards[n%credentialShards]
}

// slotFor is the slot that holds tag already, else the one that expires first.
func slotFor(set []credentialSlot, tag *[sha256.Size]byte) *credentialSlot {
	oldest := &set[0]
	for i := range set {
		if subtle.ConstantTimeCompare(set[i].tag[:], tag[:]) == 1 {
			return &set[i]
		}
		if set[i].until < oldest.until {
			oldest = &set[i]
		}
	}
	return oldest
}
