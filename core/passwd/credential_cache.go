package passwd

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"io"
	"sync"
	"time"
)

// CredentialCache keeps which pairs of a stored hash and a password Verify found
// right, so that Basic authentication on each request costs a digest instead of a
// hash. It keeps neither text, only a digest of both under a random key that never
// leaves the process. A changed password makes another pair, which is not in the
// cache. It is safe for concurrent use.
type CredentialCache struct {
	now    func() time.Time
	ttl    time.Duration
	limit  int // pairs a shard
	key    [sha256.Size]byte
	shards []credentialShard
}

// credentialShard is locked on its own, so that cores seldom wait for each other.
type credentialShard struct {
	mu      sync.Mutex
	expires map[pairDigest]time.Time // nil: empty
	stats   CredentialCacheStats
}

// pairDigest identifies a pair. Finding one in a map takes a time that depends on
// digests, which cannot be computed without the key.
type pairDigest [sha256.Size]byte

// CredentialCacheStats is how often Contains was true and how often false, since
// the start.
type CredentialCacheStats struct{ Hits, Misses uint64 }

// NewCredentialCache returns a cache of up to size pairs, each kept for ttl after
// its last Add; with ttl or size <= 0, of none. A full cache drops a pair at
// random. It fails only if rand cannot give a key of 32 bytes.
func NewCredentialCache(rand io.Reader, now func() time.Time, ttl time.Duration, size int) (*CredentialCache, error) {
	c := &CredentialCache{now: now, ttl: ttl}
	if _, err := io.ReadFull(rand, c.key[:]); err != nil {
		return nil, fmt.Errorf("passwd: key of the credential cache: %w", err)
	}
	if ttl > 0 && size > 0 {
		c.shards = make([]credentialShard, min(size/64+1, 64))
		c.limit = size / len(c.shards)
	}
	return c, nil
}

// Contains reports whether the pair was added within the last ttl.
func (c *CredentialCache) Contains(encoded, plain string) bool {
	if len(c.shards) == 0 {
		return false
	}
	pair, s := c.find(encoded, plain)
	now := c.now()
	s.mu.Lock()
	defer s.mu.Unlock()
	if now.Before(s.expires[pair]) {
		s.stats.Hits++
		return true
	}
	s.stats.Misses++
	return false
}

// Add keeps the pair for ttl. It must be called only after Verify was true for it.
func (c *CredentialCache) Add(encoded, plain string) {
	if len(c.shards) == 0 {
		return
	}
	pair, s := c.find(encoded, plain)
	until := c.now().Add(c.ttl)
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, ok := s.expires[pair]; !ok && len(s.expires) == c.limit {
		for any := range s.expires {
			delete(s.expires, any)
			break
		}
	}
	if s.expires == nil {
		s.expires = map[pairDigest]time.Time{}
	}
	s.expires[pair] = until
}

// Stats returns the counts, which are not read at one instant.
func (c *CredentialCache) Stats() (sum CredentialCacheStats) {
	for i := range c.shards {
		s := &c.shards[i]
		s.mu.Lock()
		sum.Hits += s.stats.Hits
		sum.Misses += s.stats.Misses
		s.mu.Unlock()
	}
	return sum
}

// find returns the digest of the pair and its shard. The digest is SHA-256 of the
// key, the length of encoded, and both texts: the length keeps ("ab", "c") and
// ("a", "bc") apart. As no digest leaves the process, HMAC would add nothing.
func (c *CredentialCache) find(encoded, plain string) (pairDigest, *credentialShard) {
	var room [512]byte
	text := binary.LittleEndian.AppendUint64(append(room[:0], c.key[:]...), uint64(len(encoded)))
	text = append(append(text, encoded...), plain...)
	pair := pairDigest(sha256.Sum256(text))
	clear(text)
	return pair, &c.shards[binary.LittleEndian.Uint64(pair[:])%uint64(len(c.shards))]
}
