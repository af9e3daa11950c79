package passwd

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"hash"
	"io"
	"sync"
	"time"
)

// Memory remembers pairs of a stored hash and a password that Verify found
// right, so that Basic authentication on each request costs a digest instead
// of a hash. It keeps neither: only an HMAC-SHA256 of both, under a random key
// that lives and dies with the process. Another stored hash is another pair,
// so a changed password is forgotten by itself. It is safe for concurrent use.
type Memory struct {
	now    func() time.Time
	ttl    time.Duration
	macs   sync.Pool
	mu     sync.RWMutex
	size   int
	expiry map[[sha256.Size]byte]time.Time
}

// NewMemory remembers up to size pairs, each for ttl from its last Remember;
// with ttl or size <= 0, nothing. It fails only if rand cannot give a key.
func NewMemory(rand io.Reader, now func() time.Time, ttl time.Duration, size int) (*Memory, error) {
	key := make([]byte, sha256.Size)
	if _, err := io.ReadFull(rand, key); err != nil {
		return nil, fmt.Errorf("passwd: memory key: %w", err)
	}
	m := &Memory{now: now, ttl: ttl, size: size, expiry: map[[sha256.Size]byte]time.Time{}}
	m.macs.New = func() any { return hmac.New(sha256.New, key) }
	return m, nil
}

// Seen tells whether the pair was remembered within the last ttl.
func (m *Memory) Seen(encoded, plain string) bool {
	if m.ttl <= 0 || m.size <= 0 {
		return false
	}
	tag := m.tag(encoded, plain)
	m.mu.RLock()
	until, ok := m.expiry[tag]
	m.mu.RUnlock()
	return ok && m.now().Before(until)
}

// Remember keeps the pair for ttl. Call it only after Verify was true for it.
func (m *Memory) Remember(encoded, plain string) {
	if m.ttl <= 0 || m.size <= 0 {
		return
	}
	tag := m.tag(encoded, plain)
	m.mu.Lock()
	defer m.mu.Unlock()
	for old := range m.expiry {
		if len(m.expiry) < m.size {
			break
		}
		delete(m.expiry, old)
	}
	m.expiry[tag] = m.now().Add(m.ttl)
}

func (m *Memory) tag(encoded, plain string) (tag [sha256.Size]byte) {
	mac := m.macs.Get().(hash.Hash)
	mac.Reset()
	var size [8]byte
	binary.LittleEndian.PutUint64(size[:], uint64(len(encoded)))
	mac.Write(size[:])
	mac.Write([]byte(encoded))
	mac.Write([]byte(plain))
	mac.Sum(tag[:0])
	m.macs.Put(mac)
	return tag
}
