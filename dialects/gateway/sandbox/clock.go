package sandbox

import (
	"encoding/json"
	"fmt"
	"sync"
	"time"
)

// Clock is the time of a sandbox. It runs with the system's until it is frozen. It is
// safe for concurrent use.
type Clock struct {
	mu     sync.Mutex
	at     time.Time // the clock's time at since, which is the system's
	since  time.Time
	frozen bool
}

// newClock returns a clock at the time, or at the system's if that is zero.
func newClock(at time.Time, frozen bool) *Clock {
	now := time.Now()
	if at.IsZero() {
		at = now
	}
	return &Clock{at: at, since: now, frozen: frozen}
}

// lastYear is the last in which a clock can be set: what shows a time has four digits for
// the year, and both the clock and the lifetimes of tokens go on from there.
const lastYear = 9998

// checkTime fails for a time that a clock cannot be set to.
func checkTime(member string, at time.Time) error {
	if at.UTC().Year() > lastYear {
		return invalid(member, fmt.Sprintf("a clock goes up to the year %d", lastYear))
	}
	return nil
}

// Now returns the time.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now()
}

func (c *Clock) now() time.Time {
	if c.frozen {
		return c.at
	}
	return c.at.Add(time.Since(c.since))
}

// Advance moves the clock forward, also a frozen one.
func (c *Clock) Advance(d time.Duration) {
	c.change(func(now time.Time) time.Time { return now.Add(d) }, nil)
}

// Set moves the clock to a time.
func (c *Clock) Set(at time.Time) { c.change(func(time.Time) time.Time { return at }, nil) }

// Freeze stops the clock, and Run lets it go on.
func (c *Clock) Freeze() { frozen := true; c.change(nil, &frozen) }

// Run lets a frozen clock go on from where it stands.
func (c *Clock) Run() { frozen := false; c.change(nil, &frozen) }

func (c *Clock) change(move func(time.Time) time.Time, frozen *bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at, c.since = c.now(), time.Now()
	if move != nil {
		c.at = move(c.at)
	}
	if frozen != nil {
		c.frozen = *frozen
	}
}

func (c *Clock) isFrozen() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.frozen
}

// MarshalJSON shows the time and whether it stands still.
func (c *Clock) MarshalJSON() ([]byte, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return json.Marshal(struct {
		Now    time.Time `json:"now"`
		Frozen bool      `json:"frozen"`
	}{c.now().UTC(), c.frozen})
}
