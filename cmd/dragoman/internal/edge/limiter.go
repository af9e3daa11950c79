package edge

import (
	"sync"
	"sync/atomic"
	"time"
)

// maxRealms is how many realms are told apart; those beyond share one allowance.
const maxRealms = 1 << 16

// RealmLimiter lets each realm make so many requests a second, and a burst of
// them at once. It is dialects.Limiter; its zero allowance is not: leave the
// Limiter nil for that.
type RealmLimiter struct {
	interval time.Duration // between two requests, on average
	slack    time.Duration // how far ahead of its time a burst may come
	now      func() time.Time
	refused  *atomic.Uint64

	realms sync.Map // realm -> *atomic.Int64
	count  atomic.Int64
	shared atomic.Int64
}

// NewRealmLimiter allows perSecond requests a second and realm, and burst at
// once (at least 1). It counts in refused what it does not allow.
func NewRealmLimiter(perSecond float64, burst int, now func() time.Time, refused *atomic.Uint64) *RealmLimiter {
	interval := time.Duration(float64(time.Second) / perSecond)
	return &RealmLimiter{
		interval: max(interval, 1), slack: interval * time.Duration(max(burst, 1)-1), now: now, refused: refused,
	}
}

// Allow implements dialects.Limiter.
//
// It keeps one number for each realm, the time at which its next request would
// be due if all came evenly, and lets that run ahead of the clock by the burst.
func (l *RealmLimiter) Allow(realm string) (retryAfter time.Duration, ok bool) {
	due := l.dueOf(realm)
	for {
		now := l.now().UnixNano()
		old := due.Load()
		at := max(old, now)
		if wait := time.Duration(at-now) - l.slack; wait > 0 {
			l.refused.Add(1)
			return wait, false
		}
		if due.CompareAndSwap(old, at+int64(l.interval)) {
			return 0, true
		}
	}
}

func (l *RealmLimiter) dueOf(realm string) *atomic.Int64 {
	if due, ok := l.realms.Load(realm); ok {
		return due.(*atomic.Int64)
	}
	if l.count.Load() >= maxRealms {
		return &l.shared
	}
	due, there := l.realms.LoadOrStore(realm, new(atomic.Int64))
	if !there {
		l.count.Add(1)
	}
	return due.(*atomic.Int64)
}
