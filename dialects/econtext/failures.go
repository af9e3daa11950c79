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

// The bounds of the failure cache. Source: vendor reference, authenticate.
const (
	failuresOfCredential = 3
	failuresOfAddress    = 20
	failureLife          = 300 * time.Second // after the latest failure
	failureEntries       = 50                // of each sort
)

// failureCache counts failed attempts to authenticate: a credential that failed
// often fails on, without a look at the store. It is this process's own and
// keeps no credential, only a digest under a key that dies with the process.
// It is safe for concurrent use.
type failureCache struct {
	now         func() time.Time
	key         []byte
	mu          sync.Mutex
	credentials counts
	addresses   counts
}

func newFailureCache(dir *core.Directory) *failureCache {
	f := &failureCache{now: dir.Now, key: make([]byte, sha256.Size)}
	// crypto/rand.Read does not fail: it ends the program instead.
	_, _ = rand.Read(f.key)
	return f
}

// blocks tells whether an attempt has failed too often to be looked at again.
func (f *failureCache) blocks(try attempt) bool {
	credential, address := f.tags(try)
	now := f.now()
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.credentials.of(credential, now) >= failuresOfCredential ||
		try.address != "" && f.addresses.of(address, now) >= failuresOfAddress
}

// note counts a failure; that of a blocked attempt too, so it renews the block.
func (f *failureCache) note(try attempt) {
	credential, address := f.tags(try)
	now := f.now()
	f.mu.Lock()
	defer f.mu.Unlock()
	f.credentials.add(credential, now)
	if try.address != "" {
		f.addresses.add(address, now)
	}
}

type tag [sha256.Size]byte

func (f *failureCache) tags(try attempt) (credential, address tag) {
	credential = f.tag(try.kind, try.username, try.password)
	if try.address != "" {
		address = f.tag(try.address)
	}
	return credential, address
}

// tag tells apart lists of texts, also those that read the same when joined.
func (f *failureCache) tag(texts ...string) (t tag) {
	mac := hmac.New(sha256.New, f.key)
	for _, text := range texts {
		mac.Write(binary.LittleEndian.AppendUint64(nil, uint64(len(text))))
		mac.Write([]byte(text))
	}
	mac.Sum(t[:0])
	return t
}

// counts is a short list of counters, the one that failed latest at the end.
type counts []count

type count struct {
	of     tag
	n      int
	latest time.Time
}

// of is how often the tag has failed, without what is over by now.
func (c *counts) of(t tag, now time.Time) int {
	c.expire(now)
	for _, entry := range *c {
		if entry.of == t {
			return entry.n
		}
	}
	return 0
}

func (c *counts) add(t tag, now time.Time) {
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
