package econtext

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"sync"
	"time"

	"github.com/dragoman-gateway/dragoman/core"
)

// The bounds of the failure counter. See REFERENCE.md, "Failure counter".
const (
	failuresOfCredential = 3
	failuresOfAddress    = 20
	failureLife          = 300 * time.Second // after the latest failure
	failureEntries       = 50                // of credentials, and of addresses
)

// failureCounter counts failed attempts to authenticate: a credential that
// failed often is refused without a look at the store. Each process has one. It
// keeps no credential, only a digest under a random key that is never stored.
// It is safe for concurrent use.
type failureCounter struct {
	now         func() time.Time
	key         []byte
	mu          sync.Mutex
	credentials counts
	addresses   counts
}

func newFailureCounter(dir *core.Directory) *failureCounter {
	f := &failureCounter{now: dir.Now, key: make([]byte, sha256.Size)}
	// crypto/rand.Read does not fail: it ends the program instead.
	_, _ = rand.Read(f.key)
	return f
}

// blocks reports whether an attempt has failed too often to be checked.
func (f *failureCounter) blocks(try attempt) bool {
	credential, address := f.digests(try)
	now := f.now()
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.credentials.of(credential, now) >= failuresOfCredential ||
		try.address != "" && f.addresses.of(address, now) >= failuresOfAddress
}

// note counts a failure, also that of a blocked attempt, which renews the block.
func (f *failureCounter) note(try attempt) {
	credential, address := f.digests(try)
	now := f.now()
	f.mu.Lock()
	defer f.mu.Unlock()
	f.credentials.add(credential, now)
	if try.address != "" {
		f.addresses.add(address, now)
	}
}

type digest [sha256.Size]byte

func (f *failureCounter) digests(try attempt) (credential, address digest) {
	credential = f.digest(try.kind, try.username, try.password)
	if try.address != "" {
		address = f.digest(try.address)
	}
	return credential, address
}

// digest tells lists of texts apart, also those that are the same when joined.
func (f *failureCounter) digest(texts ...string) (t digest) {
	mac := hmac.New(sha256.New, f.key)
	for _, text := range texts {
		mac.Write(binary.LittleEndian.AppendUint64(nil, uint64(len(text))))
		mac.Write([]byte(text))
	}
	mac.Sum(t[:0])
	return t
}

// counts is a short list of counters, the one with the latest failure at the end.
type counts []count

type count struct {
	of     digest
	n      int
	latest time.Time
}

// of returns how often the credential has failed, without expired failures.
func (c *counts) of(t digest, now time.Time) int {
	c.expire(now)
	for _, entry := range *c {
		if entry.of == t {
			return entry.n
		}
	}
	return 0
}

func (c *counts) add(t digest, now time.Time) {
	n := c.of(t, now) + 1
	kept := (*c)[:0]
	for _, entry := range *c {
		if entry.of != t {
			kept = append(kept, entry)
		}
	}
	if len(kept) == failureEntries {
		kept = append(kept[:0], kept[1:]...)
	}
	*c = append(kept, count{of: t, n: n, latest: now})
}

func (c *counts) expire(now time.Time) {
	kept := (*c)[:0]
	for _, entry := range *c {
		if now.Sub(entry.latest) < failureLife {
			kept = append(kept, entry)
		}
	}
	*c = kept
}
