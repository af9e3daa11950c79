// Package coretest has what tests of the core and of all that stands on it need:
// a clock that stands still, randomness from a seed, and users to start from.
package coretest

import (
	"io"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/core/passwd"
)

// Start is when every test clock begins.
var Start = time.Date(2024, 5, 6, 7, 8, 9, 123456000, time.UTC)

// Clock is a clock that moves only when told to. It is safe for concurrent use.
type Clock struct {
	mu  sync.Mutex
	now time.Time
}

// NewClock returns a clock that stands at [Start].
func NewClock() *Clock { return &Clock{now: Start} }

// Now returns the clock's time.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// Advance moves the clock.
func (c *Clock) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// Rand returns randomness that is the same at every run.
func Rand(seed byte) *rand.ChaCha8 { return rand.NewChaCha8([32]byte{seed}) }

// CheapHash is the least work argon2id allows, so that tests do not wait for it.
var CheapHash = passwd.Params{Memory: 8, Time: 1, Threads: 1}

// Directory returns a directory on the store with a clock at [Start], seeded
// randomness and cheap hashes.
func Directory(t testing.TB, store core.Store) (*core.Directory, *Clock) {
	t.Helper()
	return DirectoryOf(t, store, Rand(1))
}

// DirectoryOf is Directory with randomness of the caller's.
func DirectoryOf(t testing.TB, store core.Store, random io.Reader) (*core.Directory, *Clock) {
	t.Helper()
	return AuditedDirectory(t, store, random, nil)
}

// AuditedDirectory is DirectoryOf with an auditor.
func AuditedDirectory(t testing.TB, store core.Store, random io.Reader, auditor core.Auditor) (*core.Directory, *Clock) {
	t.Helper()
	clock := NewClock()
	memory, err := passwd.NewCredentialCache(Rand(2), clock.Now, time.Minute, 1024)
	if err != nil {
		t.Fatal(err)
	}
	return core.New(core.Config{
		Store:       store,
		Auditor:     auditor,
		Now:         clock.Now,
		Rand:        random,
		Hash:        CheapHash,
		Credentials: memory,
		Upgrade:     func(s passwd.Scheme) bool { return s == passwd.OnAppSHA1 },
	}), clock
}

// User returns an enabled user of the main realm, not yet stored, with that name
// and an address made of it.
func User(name string) *core.User {
	return &core.User{
		Realm:    core.MainRealm,
		Username: name,
		Email:    name + "@example.com",
		Enabled:  true,
	}
}
