// Package ratelimit bounds the rate of requests separately for each key, such as
// a realm, an account or an address.
package ratelimit

import (
	"sync"
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
	limit rate.Limit
	burst int
	now   func() time.Time

	mu      sync.Mutex
	buckets map[string]*rate.Limiter
	shared  *rate.Limiter
	swept   time.Time
}

// New returns a Limiter that allows each key perSecond requests a second on
// average, and burst requests (at least 1) at once. perSecond must be positive.
func New(perSecond float64, burst int, now func() time.Time) *Limiter {
	l := &Limiter{limit: rate.Limit(perSecond), burst: max(burst, 1), now: now, buckets: map[string]*rate.Limiter{}}
	l.shared = rate.NewLimiter(l.limit, l.burst)
	return l
}

// Allow reports whether key may make one more request now. If not, retryAfter is
// when the next one is allowed; a refused request costs nothing.
func (l *Limiter) Allow(key string) (retryAfter time.Duration, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
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
