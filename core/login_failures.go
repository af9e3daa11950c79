package core

import (
	"crypto/sha256"
	"maps"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"
)

// loginLimit is how many failures are free, and how long each one after them
// withholds further attempts: first, then twice as long each time, up to longest.
// One failure is forgiven after each interval of forgive.
type loginLimit struct {
	free                    float64
	first, longest, forgive time.Duration
}

// The limits. A user who mistypes never meets them; a program that guesses is held to
// 20 guesses an hour at one user from one address, 100 an hour at one user from all
// addresses, and 30 a minute from one address, which may be that of an application's
// server or of a whole office.
var (
	limitOfPair    = loginLimit{free: 20, first: time.Second, longest: 5 * time.Minute, forgive: 3 * time.Minute}
	limitOfUser    = loginLimit{free: 100, first: time.Second, longest: time.Minute, forgive: 36 * time.Second}
	limitOfAddress = loginLimit{free: 300, first: time.Second, longest: time.Minute, forgive: 2 * time.Second}
)

const (
	// loginEntries is how many users, addresses and pairs of both are counted. A
	// thousand take about 200 KB.
	loginEntries = 1 << 14
	// familiarFor is how long an address from which a user logged in is exempt from
	// the failures of other addresses and of other users. So a stranger cannot
	// withhold a user's logins from where the user usually is.
	familiarFor = 30 * 24 * time.Hour
)

// loginSubject is what failures are counted for. One half may be empty.
type loginSubject struct {
	realm   Realm
	user    int64
	name    [16]byte // digest of the folded name of an unknown user
	address netip.Prefix
}

func (a Attempt) subject() loginSubject {
	s := loginSubject{realm: a.Realm, address: network(a.Address)}
	switch {
	case a.User != nil && a.User.ID != 0:
		s.realm, s.user = a.User.Realm, a.User.ID
	case a.Name != "":
		sum := sha256.Sum256([]byte(Fold(a.Name)))
		copy(s.name[:], sum[:])
	}
	return s
}

// network is what one client has of addresses: one of IPv4, 2^64 of IPv6.
func network(a netip.Addr) netip.Prefix {
	bits := 64
	if a.Is4() || a.Is4In6() {
		a, bits = a.Unmap(), 32
	}
	p, err := a.Prefix(bits)
	if err != nil {
		return netip.Prefix{} // there is no address
	}
	return p
}

// named reports whether the subject can log in at all.
func (s loginSubject) named() bool { return s.user != 0 || s.name != [16]byte{} }

func (s loginSubject) ofUser() loginSubject { s.address = netip.Prefix{}; return s }

func (s loginSubject) ofAddress() loginSubject { return loginSubject{address: s.address} }

// loginFailures counts failed logins in memory, each process for itself. It is safe
// for concurrent use.
type loginFailures struct {
	// busy is false while nothing is counted, so that known callers pay nothing.
	busy      atomic.Bool
	count     atomic.Int64 // of all failures
	mu        sync.Mutex
	pairs     loginCounts
	users     loginCounts
	addresses loginCounts
	familiar  map[loginSubject]time.Time
}

func newLoginFailures() *loginFailures {
	return &loginFailures{
		pairs:     loginCounts{limit: limitOfPair, of: map[loginSubject]loginCount{}},
		users:     loginCounts{limit: limitOfUser, of: map[loginSubject]loginCount{}},
		addresses: loginCounts{limit: limitOfAddress, of: map[loginSubject]loginCount{}},
		familiar:  map[loginSubject]time.Time{},
	}
}

// withheld reports whether attempts of s have to wait.
func (f *loginFailures) withheld(s loginSubject, now time.Time) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.isWithheld(s, now)
}

func (f *loginFailures) isWithheld(s loginSubject, now time.Time) bool {
	if !s.named() {
		return false
	}
	if f.pairs.withheld(s, now) {
		return true
	}
	if since, ok := f.familiar[s]; ok && now.Sub(since) < familiarFor {
		return false
	}
	return f.users.withheld(s.ofUser(), now) || s.address.IsValid() && f.addresses.withheld(s.ofAddress(), now)
}

// begin reports whether an attempt of s may be checked. Where the free failures are
// used up, it may only if no other is under way.
func (f *loginFailures) begin(s loginSubject, now time.Time) bool {
	if !f.busy.Load() || !s.named() {
		return true
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.isWithheld(s, now) {
		return false
	}
	f.pairs.reserve(s, now)
	return true
}

// fail counts a failure of s.
func (f *loginFailures) fail(s loginSubject, now time.Time) {
	if !s.named() {
		return
	}
	f.count.Add(1)
	f.mu.Lock()
	defer f.mu.Unlock()
	f.busy.Store(true)
	f.pairs.add(s, now)
	f.users.add(s.ofUser(), now)
	if s.address.IsValid() {
		f.addresses.add(s.ofAddress(), now)
	}
}

// succeed forgets the failures of s, and remembers that its address is familiar to its user.
func (f *loginFailures) succeed(s loginSubject, now time.Time) {
	if !s.named() {
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.pairs.of, s)
	if _, ok := f.familiar[s]; !ok && len(f.familiar) >= loginEntries {
		for oldest := range f.familiar {
			delete(f.familiar, oldest)
			break
		}
	}
	f.familiar[s] = now
}

// forgetUser forgets the failures of the user, from whatever address.
func (f *loginFailures) forgetUser(realm Realm, id int64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	ofUser := func(s loginSubject, _ loginCount) bool { return s.realm == realm && s.user == id }
	maps.DeleteFunc(f.pairs.of, ofUser)
	maps.DeleteFunc(f.users.of, ofUser)
}

// failed returns how many failures of s there were since the last success.
func (f *loginFailures) failed(s loginSubject) int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.pairs.of[s].total
}

// loginCounts are the counts of one kind of subject.
type loginCounts struct {
	limit loginLimit
	of    map[loginSubject]loginCount
}

// loginCount is how many failures were not yet forgiven at the time since, until
// when attempts are withheld, and how many failures there were in all.
type loginCount struct {
	level        float64
	since, until time.Time
	total        int
}

// at returns the count with what is forgiven by now.
func (c loginCount) at(now time.Time, l loginLimit) loginCount {
	if passed := now.Sub(c.since); passed > 0 {
		c.level = max(0, c.level-passed.Seconds()/l.forgive.Seconds())
		c.since = now
	}
	return c
}

func (c *loginCounts) withheld(s loginSubject, now time.Time) bool {
	return now.Before(c.of[s].until)
}

// add counts a failure.
func (c *loginCounts) add(s loginSubject, now time.Time) {
	count, known := c.of[s]
	if !known {
		c.makeRoom(now)
		count.since = now
	}
	count = count.at(now, c.limit)
	count.level++
	count.total++
	count.until = now.Add(c.limit.delay(count.level))
	c.of[s] = count
}

// reserve withholds other attempts while one is under way, if failures are no longer free.
func (c *loginCounts) reserve(s loginSubject, now time.Time) {
	count, known := c.of[s]
	if count = count.at(now, c.limit); !known || count.level < c.limit.free {
		return
	}
	count.until = now.Add(c.limit.delay(count.level + 1))
	c.of[s] = count
}

// makeRoom removes an entry if there are too many: of a few, the one with the fewest
// failures. So a flood of new names does not remove the ones that matter.
func (c *loginCounts) makeRoom(now time.Time) {
	if len(c.of) < loginEntries {
		return
	}
	const looks = 16
	var least loginSubject
	fewest, n := -1.0, 0
	for s, count := range c.of {
		if level := count.at(now, c.limit).level; fewest < 0 || level < fewest {
			least, fewest = s, level
		}
		if n++; n == looks {
			break
		}
	}
	delete(c.of, least)
}

// delay is how long attempts are withheld after the failure that made the level.
func (l loginLimit) delay(level float64) time.Duration {
	over := int(level - l.free + 1 - 1e-9) // whole failures beyond the free ones
	if level <= l.free {
		return 0
	}
	return min(l.first<<min(max(over-1, 0), 30), l.longest)
}
