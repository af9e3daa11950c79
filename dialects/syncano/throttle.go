package syncano

import (
	"net/http"
	"sync"
	"time"

	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

// Throttle is how many requests a second each kind of caller may make; 0 is no limit.
type Throttle struct {
	// Anonymous is for callers without a key, by address; the original has 10.
	Anonymous int
	// Account is for an account outside of instances; the original has 60.
	Account int
	// Instance is for all callers of one instance together; the original has 60.
	Instance int
}

// throttle counts the requests of the present second.
type throttle struct {
	limits Throttle
	now    func() time.Time
	mu     sync.Mutex
	second int64
	counts map[string]int
}

func newThrottle(limits Throttle, now func() time.Time) *throttle {
	return &throttle{limits: limits, now: now, counts: map[string]int{}}
}

// allow counts one request of who, and tells whether it is within the limit.
func (t *throttle) allow(who string, limit int) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if second := t.now().Unix(); second != t.second {
		t.second = second
		clear(t.counts)
	}
	t.counts[who]++
	return t.counts[who] <= limit
}

// checkThrottle refuses the request if its caller made too many already.
func (k *call) checkThrottle() error {
	if k.rateCounted {
		return nil
	}
	k.rateCounted = true
	if who, limit := k.throttled(); limit > 0 && !k.d.throttle.allow(who, limit) {
		return throttled(time.Second)
	}
	if k.d.cfg.Limiter == nil || k.instance == nil {
		return nil
	}
	if wait, ok := k.d.cfg.Limiter.Allow(string(k.instance.Realm)); !ok {
		return throttled(wait)
	}
	return nil
}

// throttled returns whose requests are counted together, and how many may be.
func (k *call) throttled() (who string, limit int) {
	limits := k.d.throttle.limits
	switch {
	case limits == (Throttle{}):
		return "", 0
	case k.instance != nil:
		return "instance " + k.instance.row.Key, limits.Instance
	case k.who.account != nil:
		return "account " + decimal(k.who.account.ID), limits.Account
	case k.who.key != nil:
		return "key " + k.who.keyRow.Key, limits.Account
	}
	return "address " + wire.ClientIP(k.req).String(), limits.Anonymous
}

func throttled(wait time.Duration) error {
	return &answerError{status: http.StatusTooManyRequests, key: "detail", text: throttledText(wait), retry: max(wait, time.Second)}
}

func throttledText(wait time.Duration) string {
	n := seconds(wait)
	if n == "1" {
		return "Request was throttled. Expected available in 1 second."
	}
	return "Request was throttled. Expected available in " + n + " seconds."
}
