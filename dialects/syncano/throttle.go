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
func (c *call) checkThrottle() error {
	if c.rateCounted {
		return nil
	}
	c.rateCounted = true
	if who, limit := c.throttled(); limit > 0 && !c.d.throttle.allow(who, limit) {
		return throttled(time.Second)
	}
	if c.d.cfg.Limiter == nil || c.instance == nil {
		return nil
	}
	if wait, ok := c.d.cfg.Limiter.Allow(string(c.instance.Realm)); !ok {
		return throttled(wait)
	}
	return nil
}

// throttled returns whose requests are counted together, and how many may be.
func (c *call) throttled() (who string, limit int) {
	limits := c.d.throttle.limits
	switch {
	case limits == (Throttle{}):
		return "", 0
	case c.instance != nil:
		return "instance " + c.instance.row.Key, limits.Instance
	case c.caller.account != nil:
		return "account " + decimal(c.caller.account.ID), limits.Account
	case c.caller.key != nil:
		return "key " + c.caller.keyRow.Key, limits.Account
	}
	return "address " + wire.ClientIP(c.req).String(), limits.Anonymous
}

func throttled(wait time.Duration) error {
	return &answerError{status: http.StatusTooManyRequests, key: "detail", text: throttledMessage(wait), retry: max(wait, time.Second)}
}
