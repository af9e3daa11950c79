package sandbox

import (
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects"
	"github.com/dragoman-gateway/dragoman/dialects/internal/redact"
)

// Duration is a time.Duration that is written as "1.5s".
type Duration time.Duration

// MarshalJSON implements json.Marshaler.
func (d Duration) MarshalJSON() ([]byte, error) { return json.Marshal(time.Duration(d).String()) }

// UnmarshalJSON implements json.Unmarshaler.
func (d *Duration) UnmarshalJSON(text []byte) error {
	var s string
	if err := json.Unmarshal(text, &s); err != nil {
		return fmt.Errorf("a duration is a text such as \"1.5s\"")
	}
	v, err := time.ParseDuration(s)
	if err != nil {
		return fmt.Errorf("%q is not a duration such as \"1.5s\"", s)
	}
	if v < 0 {
		return fmt.Errorf("a duration is not below 0")
	}
	*d = Duration(v)
	return nil
}

// Fault is something that goes wrong. It happens to the calls that fit all of
// Operation, Dialect, User and Key that are set.
type Fault struct {
	ID        string `json:"id"`
	Operation string `json:"operation,omitempty"`
	Dialect   string `json:"dialect,omitempty"`
	User      string `json:"user,omitempty"`
	// Key is the whole key that a caller sends, of which four characters are shown.
	Key string `json:"key,omitempty"`

	// Status is a refusal of the dialect's own kind, in its own words.
	Status     int      `json:"status,omitempty"`
	RetryAfter Duration `json:"retry_after,omitempty"`
	// Fields are those that a status 422 objects to. Dialects have their own status
	// for it.
	Fields []Refusal `json:"fields,omitempty"`
	// Delay comes before the answer; with Jitter, up to that more. Distribution is
	// uniform, or exponential with Jitter as its mean.
	Delay        Duration `json:"delay,omitempty"`
	Jitter       Duration `json:"jitter,omitempty"`
	Distribution string   `json:"distribution,omitempty"`
	// SlowBody is how long the sending of the answer takes.
	SlowBody Duration `json:"slow_body,omitempty"`
	Cut      bool     `json:"cut,omitempty"`   // the connection is cut without an answer
	Stale    bool     `json:"stale,omitempty"` // reads show the state as it was when the fault was set

	// First is how many calls it happens to, Every makes it each Nth, and Probability
	// a part of them, chosen by Seed. Until is its end by the sandbox's clock.
	First       int       `json:"first,omitempty"`
	Every       int       `json:"every,omitempty"`
	Probability float64   `json:"probability,omitempty"`
	Seed        uint64    `json:"seed,omitempty"`
	Until       time.Time `json:"until,omitzero"`

	// Seen and Happened count the calls that fit and those that it happened to.
	Seen     int `json:"seen"`
	Happened int `json:"happened"`

	random *rand.Rand
	stale  *opened
}

// faultCall is a fault as a call gives it, where a number that is 0 differs from none.
type faultCall struct {
	Fault
	First       *int     `json:"first"`
	Every       *int     `json:"every"`
	Probability *float64 `json:"probability"`
}

// fault fails for numbers with which the fault could never happen.
func (c *faultCall) fault() (*Fault, error) {
	f := c.Fault
	for _, n := range []struct {
		member string
		given  *int
		to     *int
	}{{"first", c.First, &f.First}, {"every", c.Every, &f.Every}} {
		if n.given == nil {
			continue
		}
		if *n.given == 0 {
			return nil, invalid(n.member, "with 0 calls the fault could never happen")
		}
		*n.to = *n.given
	}
	if c.Probability == nil {
		return &f, nil
	}
	if *c.Probability == 0 {
		return nil, invalid("probability", "with a probability of 0 the fault could never happen")
	}
	f.Probability = *c.Probability
	return &f, nil
}

// statuses are those that a dialect has words for.
var statuses = []int{400, 401, 403, 404, 408, 409, 413, 422, 429, 431, 500, 503}

// check fails if the fault cannot be set or can never happen.
func (f *Fault) check(operations []Operation, now time.Time) error {
	if err := checkTarget("operation", f.Operation, f.Dialect, operations); err != nil {
		return err
	}
	if err := f.checkEffect(); err != nil {
		return err
	}
	switch {
	case f.Probability < 0 || f.Probability > 1:
		return invalid("probability", "a probability is from 0 to 1")
	case f.First < 0:
		return invalid("first", "a number of calls is not below 0")
	case f.Every < 0:
		return invalid("every", "a number of calls is not below 0")
	case !f.Until.IsZero() && !f.Until.After(now):
		return invalid("until", "this time is over, so the fault could never happen")
	}
	_, err := f.faults()
	return err
}

// checkEffect fails unless what happens is one thing, of which all members are used.
func (f *Fault) checkEffect() error {
	answers := 0
	for _, is := range []bool{f.Status != 0, f.Cut, f.Stale} {
		if is {
			answers++
		}
	}
	switch {
	case answers > 1:
		return invalid("status", "give one of status, cut and stale")
	case answers == 0 && f.Delay == 0 && f.Jitter == 0 && f.SlowBody == 0:
		return invalid("status", "a fault needs one of status, delay, jitter, slow_body, cut and stale")
	case f.Status != 0 && !slices.Contains(statuses, f.Status):
		return invalid("status", fmt.Sprintf("a status is one of %v", statuses))
	case len(f.Fields) > 0 && f.Status != http.StatusUnprocessableEntity:
		return invalid("fields", "fields need the status 422")
	case f.RetryAfter > 0 && f.Status != 429 && f.Status != 503:
		return invalid("retry_after", "only the statuses 429 and 503 have it")
	case f.Cut && f.SlowBody > 0:
		return invalid("slow_body", "a cut connection sends no body")
	case f.Distribution != "" && f.Distribution != "uniform" && f.Distribution != "exponential":
		return invalid("distribution", "a distribution is uniform or exponential")
	case f.Distribution != "" && f.Jitter == 0:
		return invalid("distribution", "a distribution is that of jitter, which is not given")
	}
	return nil
}

// faults returns the core's faults of Fields.
func (f *Fault) faults() (list []core.Fault, err error) {
	for _, r := range f.Fields {
		i := slices.IndexFunc(core.Rules(), func(rule core.Rule) bool { return rule.String() == r.Rule })
		switch {
		case i < 0:
			return nil, invalid("fields", fmt.Sprintf("there is no rule %q", r.Rule))
		case r.Field == "":
			return nil, invalid("fields", "a field has a name")
		}
		rule := core.Rules()[i]
		if hasLimit := rule == core.TooShort || rule == core.TooLong; hasLimit != (r.Limit > 0) {
			return nil, invalid("fields", "the rules too short and too long have a limit above 0, and no others")
		}
		list = append(list, core.Fault{Field: core.Field(r.Field), Rule: rule, Limit: r.Limit})
	}
	return list, nil
}

func (f *Fault) delay() time.Duration {
	extra := float64(f.Jitter)
	if f.Jitter > 0 && f.Distribution == "exponential" {
		extra = math.Min(extra*f.random.ExpFloat64(), 10*extra)
	} else if f.Jitter > 0 {
		extra *= f.random.Float64()
	}
	return time.Duration(f.Delay) + time.Duration(extra)
}

// answer writes the refusal in the dialect's words.
func (f *Fault) answer(x *exchange) {
	kinds := map[int]core.Kind{401: core.Unauthenticated, 403: core.Forbidden, 404: core.NotFound, 409: core.Stale, 422: core.Invalid}
	kind, isCore := kinds[f.Status]
	failer, can := x.dialect.(dialects.Failer)
	if !isCore || !can {
		x.dialect.Refuse(x, x.request, dialects.Refusal{Status: f.Status, RetryAfter: time.Duration(f.RetryAfter)})
		return
	}
	list, _ := f.faults() // checked when it was set
	if f.Status == http.StatusUnprocessableEntity && len(list) == 0 {
		list = []core.Fault{{Field: core.FieldUsername, Rule: core.Taken}}
	}
	failer.Fail(x, x.request, &core.Error{Kind: kind, Subject: "user", Faults: list})
}

// faults are those of a sandbox. They are safe for concurrent use.
type faults struct {
	mu   sync.Mutex
	last int
	list []*Fault
}

// add sets a fault that was checked and returns it.
func (l *faults) add(f *Fault) *Fault {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.last++
	f.ID, f.random = strconv.Itoa(l.last), rand.New(rand.NewPCG(f.Seed, 1))
	l.list = append(l.list, f)
	return f.shown()
}

// shown is a copy without secrets.
func (f *Fault) shown() *Fault {
	c := *f
	c.random, c.stale = nil, nil
	if c.Key != "" {
		c.Key = redact.Hidden
	}
	return &c
}

// all returns copies of the faults.
func (l *faults) all() []*Fault {
	l.mu.Lock()
	defer l.mu.Unlock()
	list := []*Fault{}
	for _, f := range l.list {
		list = append(list, f.shown())
	}
	return list
}

// clear ends all faults, or those of an ID; it reports whether there was one.
func (l *faults) clear(ids ...string) (found bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.list = slices.DeleteFunc(l.list, func(f *Fault) bool {
		gone := len(ids) == 0 || slices.Contains(ids, f.ID)
		if gone && f.stale != nil {
			go f.stale.Close()
		}
		found = found || gone
		return gone
	})
	return found
}

// choose returns the first fault that happens to the call, and sets its delay; nil if
// none does. Outside of the lock only what does not change is read of it.
func (l *faults) choose(x *exchange, operation string) *Fault {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := x.sandbox.clock.Now()
	for _, f := range l.list {
		if f.fits(x, operation) && (f.Until.IsZero() || now.Before(f.Until)) && f.happens() {
			x.delay = f.delay()
			return f
		}
	}
	return nil
}

func (f *Fault) fits(x *exchange, operation string) bool {
	return (f.Operation == "" || f.Operation == operation) && (f.Dialect == "" || f.Dialect == x.entry.Dialect) &&
		(f.User == "" || f.User == x.entry.Caller.String()) && (f.Key == "" || sends(x.request, f.Key)) &&
		(!f.Stale || x.request.Method == http.MethodGet)
}

// sends reports whether the request carries the key.
func sends(r *http.Request, key string) bool {
	for _, name := range []string{"X-Api-Key", "X-User-Key", "Authorization"} {
		if strings.Contains(r.Header.Get(name), key) {
			return true
		}
	}
	_, password, _ := r.BasicAuth()
	return password == key || strings.Contains(r.URL.RawQuery, key)
}

// happens counts a call that fits.
func (f *Fault) happens() bool {
	f.Seen++
	if f.First > 0 && f.Happened >= f.First || f.Every > 1 && f.Seen%f.Every != 0 ||
		f.Probability > 0 && f.random.Float64() >= f.Probability {
		return false
	}
	f.Happened++
	return true
}
