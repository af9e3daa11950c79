// Package coretest has what tests of the core and of all that stands on it need:
// a clock that stands still, randomness from a seed, and users to start from.
package coretest

import (
	"io"
	"iter"
	"math/rand/v2"
	"reflect"
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

// Full returns a user of whom every field has a value, so that a test that copies users
// fails for a field which the copy leaves out.
func Full(t testing.TB) *core.User {
	t.Helper()
	u := &core.User{
		ID: 7, UID: "7c1b6c2e-0000-4000-8000-000000000007", Realm: "other", Username: "full", Email: "full@example.com",
		Name:     core.Name{Formatted: "Dr. Full", Given: "Ann", Family: "Full"},
		Password: "$argon2id$v=19$m=8,t=1,p=1$c2FsdA$aGFzaA", Enabled: true, EnabledUntil: Start.Add(time.Hour),
		CreatedAt: Start, UpdatedAt: Start.Add(time.Second), PasswordChangedAt: Start.Add(time.Minute), DeletedAt: Start.Add(time.Hour),
		Revision: 3, Attributes: core.Attributes{{Name: "city", Value: `"London"`}},
		Handles: []core.Handle{{Kind: "onapp.api_key", Value: "key"}},
	}
	u.Facets.Set("onapp", []byte(`{"v":1}`))
	for name, field := range Fields(u) {
		if field.IsZero() {
			t.Fatalf("coretest.Full gives the field %s of core.User no value", name)
		}
	}
	return u
}

// Fields yields the exported fields of a user, those of its Name included.
func Fields(u *core.User) iter.Seq2[string, reflect.Value] {
	return func(yield func(string, reflect.Value) bool) {
		for _, part := range []reflect.Value{reflect.ValueOf(u).Elem(), reflect.ValueOf(&u.Name).Elem()} {
			for i := range part.NumField() {
				if f := part.Type().Field(i); f.IsExported() && f.Name != "Name" && !yield(f.Name, part.Field(i)) {
					return
				}
			}
		}
	}
}
