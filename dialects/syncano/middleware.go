package syncano

import (
	"errors"
	"net/http"
	"sync"
	"time"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects"
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

func (c *call) checkAndRead() (r reply, err error) {
	if err := c.check(c.tx); err != nil {
		return r, err
	}
	if c.method == http.MethodOptions {
		return c.describe()
	}
	if c.verb.find != nil {
		if err := c.verb.find(c, c.tx); err != nil {
			return r, err
		}
	}
	if c.verb.read != nil {
		return c.verb.read(c)
	}
	return r, nil
}

// checkAndAdopt is the view of the checks, after which the vendor may have brought a key that
// was not known. It runs at most once more for the API key and once for the user key.
func checkAndAdopt(c *call) (r reply, err error) {
	for range 3 {
		err = c.d.dir.View(c.req.Context(), func(tx *core.Tx) (err error) {
			c.tx, c.caller = tx, caller{}
			r, err = c.checkAndRead()
			return err
		})
		if !adoptKey(c, err) {
			break
		}
	}
	c.tx = nil
	return r, err
}

// adoptKey asks the vendor about the API key or the user key of the request if it is not
// known here, and reports whether to look again.
func adoptKey(c *call, refused error) bool {
	given := core.Credential{Dialect: Name, Kind: core.CredentialKey}
	switch {
	case c.instance == nil:
		return false
	case errors.Is(refused, errNoSuchKey):
		key, kind := kindOfKey(c.keyGiven())
		if kind != instanceKey {
			return false
		}
		given.Secret = key
	case c.caller.key != nil && c.caller.user == nil:
		key, kind := kindOfKey(c.userKeyGiven())
		if kind != evenKey || hasUserKey(c, key) {
			return false
		}
		given.Secret, given.Scope = key, c.caller.keyRow.Key
	default:
		return false
	}
	given.Realm, given.Login = c.instance.Realm, given.Secret
	resume := dialects.PauseAnswer(c.writer()) // the vendor may take its time
	adopted := c.d.dir.Adopt(c.req.Context(), c.attempt(given.Realm, "", nil), given)
	return resume() == nil && adopted
}

// hasUserKey reports whether a user, perhaps a suspended one, has the user key.
func hasUserKey(c *call, key string) bool {
	return c.view(func(tx *core.Tx) error {
		_, err := tx.UserIncludingDeleted(core.ByHandle(c.instance.Realm, userKeyHandle, key))
		return err
	}) == nil
}

// check makes the checks that all requests share.
func (c *call) check(tx *core.Tx) error {
	if err := c.enter(tx); err != nil {
		return err
	}
	if !acceptsJSON(c.req.Header["Accept"]) {
		return errNotAcceptable
	}
	if c.ep.scope != keylessScope {
		if err := authenticate(c, tx); err != nil {
			return err
		}
	}
	if !c.permitted() {
		return errForbidden
	}
	if err := checkThrottle(c); err != nil {
		return err
	}
	if c.verb == nil && c.method != http.MethodOptions {
		return methodNotAllowed(c.method)
	}
	return nil
}

// confirm repeats, in the transaction of a write, the checks of the caller: an instance, a
// key, a user or an object that is gone by then, or a right that was taken away, changes
// nothing.
func confirm(c *call, tx *core.Tx) error {
	now := call{d: c.d, echo: c.echo, req: c.req, ep: c.ep, v: c.v, method: c.method, body: c.body, params: c.params}
	if err := now.enter(tx); err != nil {
		return err
	}
	if c.ep.scope != keylessScope {
		if err := authenticate(&now, tx); err != nil {
			return err
		}
	}
	if !c.verb.may(&now) {
		return errForbidden
	}
	if c.verb.find != nil {
		if err := c.verb.find(&now, tx); err != nil {
			return err
		}
	}
	switch {
	case c.instance != nil && now.instance.row.ID != c.instance.row.ID:
		return errNoInstance
	case !now.caller.holds(&c.caller) || now.objectRight < c.objectRight:
		return errForbidden
	}
	return nil
}

// enter looks up the instance and the parents that the path names.
func (c *call) enter(tx *core.Tx) error {
	if c.ep.scope == instanceScope {
		if err := c.enterInstance(tx); err != nil {
			return err
		}
	}
	if c.ep.enter != nil {
		return c.ep.enter(c, tx)
	}
	return nil
}

// permitted asks the verb's rule. A method that is not mapped is refused only to
// those who may do nothing at all here.
func (c *call) permitted() bool {
	if c.verb != nil {
		return c.verb.may(c)
	}
	for i := range c.ep.verbs {
		if c.ep.verbs[i].may(c) {
			return true
		}
	}
	return false
}

// crossOrigin adds the headers that browsers ask for, and reports whether r was a
// preflight, which is answered by them alone, before any authentication.
func crossOrigin(h http.Header, r *http.Request) (preflight bool) {
	h["Vary"] = varyOrigin
	preflight = r.Method == http.MethodOptions && r.Header.Get("Access-Control-Request-Method") != ""
	if preflight {
		h.Set("Content-Length", "0")
	}
	if r.Header.Get("Origin") == "" {
		return preflight
	}
	h["Access-Control-Allow-Origin"] = anyOrigin
	if preflight {
		h.Set("Access-Control-Allow-Headers", "accept, accept-encoding, authorization, content-type, dnt, origin, "+
			"user-agent, x-csrftoken, x-requested-with, x-api-key, x-user-key")
		h.Set("Access-Control-Allow-Methods", "DELETE, GET, OPTIONS, PATCH, POST, PUT")
		h.Set("Access-Control-Max-Age", "86400")
	}
	return preflight
}

// Header values are shared between answers: as slices without spare room they
// cannot be grown in place.
var (
	varyOrigin = []string{"Origin"}
	anyOrigin  = []string{"*"}
	jsonType   = []string{"application/json; charset=utf-8"}
	noStore    = []string{"no-store"} // most answers have keys
)

// Throttle is how many requests a second each kind of caller may make; 0 means no limit.
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

// allow counts one request of who, and reports whether it is within the limit.
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
func checkThrottle(c *call) error {
	if c.rateCounted {
		return nil
	}
	c.rateCounted = true
	if who, limit := c.throttled(); limit > 0 && !c.d.throttle.allow(who, limit) {
		return throttled(time.Second)
	}
	if c.instance == nil {
		return nil
	}
	if wait, ok := c.d.cfg.Limiters.Allow(c.echo.Response().Writer, string(c.instance.Realm), callerName(c)); !ok {
		return throttled(wait)
	}
	return nil
}

// callerName tells callers apart whose requests are counted. Many share an API key that
// is compiled into applications: its users each have a count of their own, and so has each
// client of it without a user, since one would use up what all have.
func callerName(c *call) string {
	switch who := &c.caller; {
	case who.account != nil:
		return "account " + decimal(who.account.ID)
	case who.user != nil:
		return "user " + decimal(who.user.ID)
	case who.key == nil:
		return ""
	case !who.key.IgnoreACL:
		return "key " + decimal(who.keyRow.ID) + " " + core.Attempt{Address: wire.ClientIP(c.req)}.From()
	default:
		return "key " + decimal(who.keyRow.ID)
	}
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
