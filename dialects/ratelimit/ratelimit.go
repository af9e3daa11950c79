// Package ratelimit bounds the rate of requests separately for each key, such as
// a realm, an account or an address.
package ratelimit

import (
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/time/rate"
)

const (
	// maxKeys bounds the memory that a flood of keys can take. Keys beyond it
	// share one bucket.
	maxKeys = 1 << 16
	// sweepEvery bounds the cost of looking for buckets that can be dropped.
	sweepEvery = time.Second
)

// Limiter is a token bucket for each key. It implements dialects.Limiter and is
// safe for concurrent use.
type Limiter struct {
	now func() time.Time
	// unlimited says that limit is 0, without the lock.
	unlimited atomic.Bool

	mu      sync.Mutex
	limit   rate.Limit
	burst   int
	buckets map[string]*rate.Limiter
	shared  *rate.Limiter
	swept   time.Time
}

// New returns a Limiter that allows each key perSecond requests a second on
// average, and burst requests (at least 1) at once. Without a perSecond above 0 it
// allows everything.
func New(perSecond float64, burst int, now func() time.Time) *Limiter {
	l := &Limiter{now: now}
	l.reset(max(rate.Limit(perSecond), 0), max(burst, 1))
	return l
}

// Set replaces the rate and the burst. If they are others, what was used until now is
// forgotten.
func (l *Limiter) Set(perSecond float64, burst int) {
	limit, burst := max(rate.Limit(perSecond), 0), max(burst, 1)
	l.mu.Lock()
	defer l.mu.Unlock()
	if limit != l.limit || burst != l.burst {
		l.reset(limit, burst)
	}
}

func (l *Limiter) reset(limit rate.Limit, burst int) {
	l.limit, l.burst = limit, burst
	l.buckets, l.shared = map[string]*rate.Limiter{}, rate.NewLimiter(limit, burst)
	l.unlimited.Store(limit == 0)
}

// Allow reports whether key may make one more request now. If not, retryAfter is
// when the next one is allowed; a refused request costs nothing.
func (l *Limiter) Allow(key string) (retryAfter time.Duration, ok bool) {
	if l.unlimited.Load() {
		return 0, true
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.limit == 0 {
		return 0, true
	}
	now := l.now()
	b := l.bucket(key, now)
	if b.AllowN(now, 1) {
		return 0, true
	}
	missing := 1 - b.TokensAt(now)
	return max(time.Duration(missing/float64(l.limit)*float64(time.Second)), 1), false
}

func (l *Limiter) bucket(key string, now time.Time) *rate.Limiter {
	if b, ok := l.buckets[key]; ok {
		return b
	}
	if len(l.buckets) >= maxKeys {
		l.sweep(now)
	}
	if len(l.buckets) >= maxKeys {
		return l.shared
	}
	b := rate.NewLimiter(l.limit, l.burst)
	l.buckets[key] = b
	return b
}

// sweep drops full buckets: they do not differ from new ones.
func (l *Limiter) sweep(now time.Time) {
	if now.Sub(l.swept) < sweepEvery {
		return
	}
	l.swept = now
	for key, b := range l.buckets {
		if b.TokensAt(now) >= float64(l.burst) {
			delete(l.buckets, key)
		}
	}
}
