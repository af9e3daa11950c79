package passwd_test

import (
	"crypto/rand"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/dragoman-gateway/dragoman/core/passwd"
)

const stored = "$argon2id$v=19$m=19456,t=2,p=1" + argonEnd

// newCache returns a cache whose clock shows *now.
func newCache(t testing.TB, now *time.Time, ttl time.Duration, size int) *passwd.CredentialCache {
	t.Helper()
	m, err := passwd.NewCredentialCache(rand.Reader, func() time.Time { return *now }, ttl, size)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestCacheContainsOnlyThePairThatWasAdded(t *testing.T) {
	now := time.Now()
	m := newCache(t, &now, time.Minute, 100)
	m.Add(stored, "changeme1")
	if !m.Contains(stored, "changeme1") {
		t.Error("the pair is not remembered")
	}
	for _, c := range []struct{ name, encoded, plain string }{
		{"another password", stored, "changeme2"},
		{"no password", stored, ""},
		{"a changed hash", strings.Replace(stored, "HiTh", "HiTi", 1), "changeme1"},
		{"the border moved left", stored[:len(stored)-1], "Achangeme1"},
		{"the border moved right", stored + "c", "hangeme1"},
		{"no hash", "", stored + "changeme1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if m.Contains(c.encoded, c.plain) {
				t.Errorf("Contains(%q, %q) without Add", c.encoded, c.plain)
			}
		})
	}
}

func TestCacheCountsHitsAndMisses(t *testing.T) {
	now := time.Now()
	m := newCache(t, &now, time.Minute, 100)
	for _, plain := range []string{"a", "b", "c"} {
		m.Contains(stored, plain)
		m.Add(stored, plain)
	}
	m.Contains(stored, "a")
	m.Contains(stored, "b")
	if got := m.Stats(); got != (passwd.CredentialCacheStats{Hits: 2, Misses: 3}) {
		t.Errorf("%+v", got)
	}
}

func TestCacheTakesTextsOfAnyLength(t *testing.T) {
	now := time.Now()
	m := newCache(t, &now, time.Minute, 100)
	for _, n := range []int{0, 1, 55, 56, 247, 248, 249, 255, 256, 257, 512, 1 << 16} {
		plain := strings.Repeat("x", n)
		m.Add(stored, plain)
		if !m.Contains(stored, plain) || m.Contains(stored, plain+"y") {
			t.Errorf("a password of %d bytes is not told from one of %d", n, n+1)
		}
	}
}

func TestCachedPairExpires(t *testing.T) {
	now := time.Now()
	m := newCache(t, &now, time.Minute, 100)
	m.Add(stored, "changeme1")
	now = now.Add(time.Minute - 1)
	if !m.Contains(stored, "changeme1") {
		t.Error("forgotten before its time")
	}
	now = now.Add(1)
	if m.Contains(stored, "changeme1") {
		t.Error("remembered for longer than the ttl: being seen must not prolong it")
	}
	m.Add(stored, "changeme1")
	if !m.Contains(stored, "changeme1") {
		t.Error("cannot be remembered again")
	}
}

func TestCacheIsBounded(t *testing.T) {
	now := time.Now()
	for _, size := range []int{1, 7, 8, 9, 100} {
		m := newCache(t, &now, time.Minute, size)
		for i := range 10 * size {
			now = now.Add(time.Millisecond)
			m.Add(stored, fmt.Sprint(i))
			if !m.Contains(stored, fmt.Sprint(i)) {
				t.Errorf("size %d: the newest pair is not remembered", size)
			}
		}
		kept := 0
		for i := range 10 * size {
			if m.Contains(stored, fmt.Sprint(i)) {
				kept++
			}
		}
		if kept > size || kept < size/2 {
			t.Errorf("size %d: %d pairs are remembered", size, kept)
		}
	}
}

func TestCacheOfNoSizeIsEmpty(t *testing.T) {
	now := time.Now()
	for _, c := range []struct {
		ttl  time.Duration
		size int
	}{{0, 100}, {-time.Second, 100}, {time.Minute, 0}, {time.Minute, -1}} {
		m := newCache(t, &now, c.ttl, c.size)
		m.Add(stored, "changeme1")
		if m.Contains(stored, "changeme1") {
			t.Errorf("ttl %v, size %d: remembered", c.ttl, c.size)
		}
	}
}

func TestNewCredentialCacheFailsWithoutAWholeKey(t *testing.T) {
	if _, err := passwd.NewCredentialCache(strings.NewReader("31 bytes are one short of a key"), time.Now, time.Minute, 1); err == nil {
		t.Error("a short key is accepted")
	}
}

func TestCacheIsSafeForConcurrentUse(t *testing.T) {
	now := time.Now()
	m := newCache(t, &now, time.Minute, 1000)
	done := make(chan error)
	for worker := range 8 {
		go func() { done <- useCache(m, worker) }()
	}
	for range 8 {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
}

func useCache(m *passwd.CredentialCache, worker int) error {
	for i := range 200 {
		plain := fmt.Sprint(worker, i%10)
		m.Add(stored, plain)
		if !m.Contains(stored, plain) || m.Contains(stored, plain+"x") {
			return fmt.Errorf("worker %d, round %d: the pair is mistaken", worker, i)
		}
	}
	return nil
}
