// Package adoption brings users from a live vendor at their first login here: what no API
// shows is the password, and a user who logs in shows it. The vendor is asked once; from
// then on the user and the password are here.
package adoption

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"log/slog"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/sony/gobreaker/v2"
	"golang.org/x/time/rate"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/core/archive"
	"github.com/dragoman-gateway/dragoman/core/passwd"
	"github.com/dragoman-gateway/dragoman/dialects/internal/turns"
	"github.com/dragoman-gateway/dragoman/dialects/internal/vendor"
	"github.com/dragoman-gateway/dragoman/dialects/ratelimit"
)

// Vendor is a live server that knows credentials.
type Vendor interface {
	archive.Completer
	// Prove asks whether a credential is right, and returns what the vendor shows of its
	// user: lines of which one is a user. It returns nil if the vendor says no, and an
	// error if it says neither.
	Prove(ctx context.Context, c core.Credential) ([]*archive.Line, error)
	// Keep stores a key that the vendor has proven with the user. The hash is that of its
	// secret, from HashSecret.
	Keep(tx *core.Tx, u *core.User, c core.Credential, hash string) error
}

// Config configures an Adopter. Directory is required.
type Config struct {
	Directory *core.Directory
	// AdoptAuthority lets users keep the memberships that confer authority over others.
	AdoptAuthority bool
	// Renumber gives users whose number another user has here the next one. Otherwise they
	// are not adopted.
	Renumber bool
	// Timeout bounds what the vendor has to answer about a login, and before that the wait
	// for a place among those that are asked; 0 is 3 s.
	Timeout time.Duration
	// Rate bounds the logins a second that ask a vendor; 0 is 10. More fail as without it,
	// and so do those of one client that are more than half of it.
	Rate float64
	// Forget is how long a vendor's no is remembered; 0 is 1 minute.
	Forget time.Duration
	// SecretCost is the bcrypt cost of secrets of keys; 0 is 12.
	SecretCost int
	Log        *slog.Logger
	Now        func() time.Time
}

// Adopter is a [core.Adopter]. It is safe for concurrent use.
type Adopter struct {
	cfg     Config
	vendors []*source
	key     []byte // of the digests of what vendors refused
	// Counts are how often what happened.
	Counts Counts
}

// Counts are how often vendors were asked at logins, and what came of it.
type Counts struct{ Asked, Adopted, Refused, Failed, Limited, Taken atomic.Int64 }

// source is one vendor for one realm.
type source struct {
	name    string
	realm   core.Realm
	vendor  Vendor
	breaker *gobreaker.CircuitBreaker[struct{}]
	rate    *rate.Limiter
	clients *ratelimit.Limiter // by address
	places  *turns.Places
	refused refusals
	flights flights
	// free and taken are the names that the vendor was asked about.
	free, taken refusals
}

var _ core.Adopter = (*Adopter)(nil)

// New returns an adopter without vendors.
func New(cfg Config) *Adopter {
	if cfg.Timeout == 0 {
		cfg.Timeout = 3 * time.Second
	}
	if cfg.Rate == 0 {
		cfg.Rate = 10
	}
	if cfg.Forget == 0 {
		cfg.Forget = time.Minute
	}
	if cfg.SecretCost == 0 {
		cfg.SecretCost = 12
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	key := make([]byte, sha256.Size)
	_, _ = rand.Read(key) // never fails
	return &Adopter{cfg: cfg, key: key}
}

// Add makes logins through the dialect of that name, in the realm, ask the vendor. It must
// be called before the adopter is in use.
func (a *Adopter) Add(name string, realm core.Realm, v Vendor) {
	a.vendors = append(a.vendors, &source{
		name: name, realm: realm, vendor: v, rate: rate.NewLimiter(rate.Limit(a.cfg.Rate), max(1, int(a.cfg.Rate))),
		clients: ratelimit.New(a.cfg.Rate/2, int(a.cfg.Rate/2), a.cfg.Now), places: turns.NewPlaces(Places),
		breaker: gobreaker.NewCircuitBreaker[struct{}](gobreaker.Settings{
			Name: name, Timeout: 10 * time.Second,
			ReadyToTrip: func(c gobreaker.Counts) bool { return c.ConsecutiveFailures >= 5 },
			IsExcluded: func(err error) bool {
				return errors.Is(err, errLeft) || errors.Is(err, errNameAnswer) || !vendor.Failed(err)
			},
		}),
		refused: refusals{until: map[string]time.Time{}},
		free:    refusals{until: map[string]time.Time{}},
		taken:   refusals{until: map[string]time.Time{}},
		flights: flights{running: map[string]*flight{}},
	})
}

// Adopt implements [core.Adopter]: it asks the vendor of the dialect.
func (a *Adopter) Adopt(ctx context.Context, c core.Credential) bool {
	i := slices.IndexFunc(a.vendors, func(s *source) bool { return s.name == c.Dialect && s.realm == c.Realm })
	if i < 0 {
		return false
	}
	s, digest := a.vendors[i], a.digest(c)
	if s.refused.has(digest, a.cfg.Now()) {
		return false
	}
	return s.flights.do(digest, func() bool { return a.ask(ctx, s, c, digest) })
}

// digest names a credential without holding it.
func (a *Adopter) digest(c core.Credential) string {
	mac := hmac.New(sha256.New, a.key)
	for _, part := range []string{strconv.Itoa(int(c.Kind)), c.Login, c.Secret, c.Scope} {
		mac.Write([]byte(strconv.Itoa(len(part)) + ":" + part))
	}
	return string(mac.Sum(nil))
}

// Places is how many logins ask a vendor at once. No client has more than half of them.
const Places = 8

var (
	errNoPlace = errors.New("too many logins ask the vendor")
	// errLeft says that the client did not wait for the vendor.
	errLeft = errors.New("the client is gone")
)

// ask asks the vendor, within its rate and unless it keeps failing.
func (a *Adopter) ask(ctx context.Context, s *source, c core.Credential, digest string) bool {
	if _, ok := s.clients.Allow(passwd.ClientOf(ctx)); !ok || !s.rate.Allow() {
		a.Counts.Limited.Add(1)
		return false
	}
	lines, err := a.prove(ctx, s, c)
	switch {
	case errors.Is(err, errNoPlace):
		a.Counts.Limited.Add(1)
		return false
	case err != nil:
		a.Counts.Failed.Add(1)
		a.cfg.Log.Warn("the vendor cannot be asked about a login", "vendor", s.name, "error", err)
		return false
	case lines == nil:
		a.Counts.Refused.Add(1)
		s.refused.add(digest, a.cfg.Now(), a.cfg.Forget)
		return false
	}
	if err := a.bring(ctx, s, c, lines); err != nil {
		a.Counts.Failed.Add(1)
		if errors.Is(err, errOther) {
			a.Counts.Taken.Add(1)
		}
		a.cfg.Log.Warn("a user whom the vendor knows cannot be adopted", "vendor", s.name, "number", numberOf(lines), "error", err)
		s.refused.add(digest, a.cfg.Now(), a.cfg.Forget)
		return false
	}
	a.Counts.Adopted.Add(1)
	return true
}

// prove asks about a credential.
func (a *Adopter) prove(ctx context.Context, s *source, c core.Credential) (lines []*archive.Line, err error) {
	err = a.call(ctx, s, func(ctx context.Context) (err error) {
		lines, err = s.vendor.Prove(ctx, c)
		return err
	})
	return lines, err
}

// call calls the vendor when the client has a place, unless the vendor keeps failing. It
// then has the whole time, so that what the client waited before is not held against it.
func (a *Adopter) call(ctx context.Context, s *source, question func(context.Context) error) error {
	waiting, cancel := context.WithTimeout(ctx, a.cfg.Timeout)
	defer cancel()
	give, err := s.places.Take(waiting)
	if err != nil {
		return errNoPlace
	}
	defer give()
	_, err = s.breaker.Execute(func() (struct{}, error) {
		a.Counts.Asked.Add(1)
		call, cancel := context.WithTimeout(ctx, a.cfg.Timeout)
		defer cancel()
		err := question(call)
		if err != nil && ctx.Err() != nil {
			err = errLeft
		}
		return struct{}{}, err
	})
	return err
}

// flights lets logins with one credential at one time share one question.
type flights struct {
	mu      sync.Mutex
	running map[string]*flight
}

type flight struct {
	done chan struct{}
	ok   bool
}

func (f *flights) do(digest string, ask func() bool) bool {
	f.mu.Lock()
	if other := f.running[digest]; other != nil {
		f.mu.Unlock()
		<-other.done
		return other.ok
	}
	own := &flight{done: make(chan struct{})}
	f.running[digest] = own
	f.mu.Unlock()
	defer func() {
		f.mu.Lock()
		delete(f.running, digest)
		f.mu.Unlock()
		close(own.done)
	}()
	own.ok = ask()
	return own.ok
}

// maxRefusals bounds what is remembered of a vendor's refusals.
const maxRefusals = 10_000

// refusals remembers which credentials a vendor refused, for a while.
type refusals struct {
	mu    sync.Mutex
	until map[string]time.Time
}

func (r *refusals) has(digest string, now time.Time) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return now.Before(r.until[digest])
}

// add remembers a refusal. When there are too many, those that have passed go, or else all.
func (r *refusals) add(digest string, now time.Time, d time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.until) >= maxRefusals {
		for k, until := range r.until {
			if !now.Before(until) {
				delete(r.until, k)
			}
		}
		if len(r.until) >= maxRefusals {
			clear(r.until)
		}
	}
	r.until[digest] = now.Add(d)
}
