package onapp

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/dragoman-gateway/dragoman/core"
)

// Wrong passwords are counted in the user's facet, so that the count holds in every process. A
// failure costs a write until the account is locked for its address and none afterwards, and each of
// those writes follows the cost of a hash. Each address is locked out by its own failures alone, so
// that a stranger cannot lock out a user; what many addresses do together is bounded by the core.

// failedFrom is how many wrong passwords in a row came from one address; see core.Attempt.From.
type failedFrom struct {
	From  string `json:"from"`
	Count int64  `json:"count"`
}

// maxFailedFrom is how many addresses are counted for a user. A further one replaces the one with the
// fewest failures.
const maxFailedFrom = 16

func (f *facet) isLocked() bool { return !f.LockedAt.IsZero() }

// isLockedFor reports whether the account is locked for that address. A lock of a version that did
// not count by address holds for all.
func (f *facet) isLockedFor(from string, attempts int) bool {
	return f.isLocked() && (len(f.FailedFrom) == 0 || f.failuresFrom(from) >= int64(attempts))
}

func (f *facet) failuresFrom(from string) int64 {
	for _, c := range f.FailedFrom {
		if c.From == from {
			return c.Count
		}
	}
	return 0
}

func (f *facet) addFailure(from string) {
	f.Failed++
	for i := range f.FailedFrom {
		if f.FailedFrom[i].From == from {
			f.FailedFrom[i].Count++
			return
		}
	}
	if len(f.FailedFrom) < maxFailedFrom {
		f.FailedFrom = append(f.FailedFrom, failedFrom{from, 1})
		return
	}
	fewest := 0
	for i, c := range f.FailedFrom {
		if c.Count < f.FailedFrom[fewest].Count {
			fewest = i
		}
	}
	f.FailedFrom[fewest] = failedFrom{from, 1}
}

// forgive forgets the failures of one address.
func (f *facet) forgive(from string) {
	f.Failed = max(0, f.Failed-f.failuresFrom(from))
	f.FailedFrom = slices.DeleteFunc(f.FailedFrom, func(c failedFrom) bool { return c.From == from })
}

func (f *facet) unlock() {
	f.Failed, f.FailedFrom, f.LockedAt, f.UnlockDigest = 0, nil, time.Time{}, ""
}

// Unlock takes away the user's lock and the count of wrong passwords, and reports whether there was a
// lock.
func (d *Dialect) Unlock(tx *core.Tx, u *core.User) (wasLocked bool, err error) {
	old, err := facetOf(u)
	if err != nil || !old.isLocked() {
		return false, err
	}
	if err := tx.EndSessions(u); err != nil {
		return false, err
	}
	return true, saveFacet(tx, u, (*facet).unlock)
}

// warnBelow is how few attempts must be left for the client to be warned.
const warnBelow = 4

// checkPassword lets in whoever has the right password of an account that is not locked for them. The
// facet is the user's, nil for an unknown login.
func (d *Dialect) checkPassword(ctx context.Context, a core.Attempt, f *facet, plain string) error {
	if a.User != nil && f.isLockedFor(a.From(), d.cfg.LockoutAttempts) {
		_, err := d.dir.Verify(ctx, core.Attempt{}, plain) // takes the time of any refusal
		if err == nil {
			err = &authError{kind: locked, email: a.User.Email}
		}
		return err
	}
	withheld := d.dir.Withheld(a)
	ok, err := d.dir.VerifyCached(ctx, a, plain)
	switch {
	case err != nil:
		return err
	case a.User == nil:
		return d.refuseUnknown(ctx, a)
	case withheld:
		return &authError{kind: badCredentials}
	case !ok:
		return d.countFailure(ctx, a)
	case f.failuresFrom(a.From()) > 0:
		return d.resetFailures(ctx, a)
	}
	return nil
}

// refuseUnknown answers an unknown login as it would a known one after as many failures, so that the
// answer does not show which logins there are.
func (d *Dialect) refuseUnknown(ctx context.Context, a core.Attempt) error {
	email := a.Name
	if !strings.Contains(email, "@") {
		err := d.dir.View(ctx, func(tx *core.Tx) error {
			first, err := tx.Users(core.UserQuery{Realm: d.cfg.Realm, Limit: 1})
			if err == nil && len(first) > 0 {
				_, domain, _ := strings.Cut(first[0].Email, "@")
				email = a.Name + "@" + domain
			}
			return err
		})
		if err != nil {
			return err
		}
	}
	return d.refusal(d.cfg.LockoutAttempts-d.dir.FailedLogins(a), email)
}

// countFailure counts a wrong password and returns the refusal.
func (d *Dialect) countFailure(ctx context.Context, a core.Attempt) error {
	if d.cfg.LockoutAttempts < 0 {
		return &authError{kind: badCredentials}
	}
	var left int
	err := d.updateFacet(ctx, a.User, func(tx *core.Tx, f *facet) {
		if left = 0; f.isLockedFor(a.From(), d.cfg.LockoutAttempts) {
			return
		}
		f.addFailure(a.From())
		left = d.cfg.LockoutAttempts - int(f.failuresFrom(a.From()))
		if left <= 0 && !f.isLocked() {
			f.LockedAt = tx.Now()
		}
	})
	switch {
	case core.KindOf(err) == core.Busy:
		return err
	case err != nil: // as for an unknown login; the core counts the failure in memory
		return &authError{kind: badCredentials, cause: err}
	}
	return d.refusal(left, a.User.Email)
}

// refusal is the answer when so many attempts are left.
func (d *Dialect) refusal(left int, email string) error {
	switch {
	case d.cfg.LockoutAttempts < 0:
		return &authError{kind: badCredentials}
	case left <= 0:
		return &authError{kind: locked, email: email}
	case left < warnBelow && left < d.cfg.LockoutAttempts-1:
		return &authError{kind: almostLocked, left: left}
	}
	return &authError{kind: badCredentials}
}

// resetFailures clears the count of the address after a right password, unless another request locked
// the account for it meanwhile.
func (d *Dialect) resetFailures(ctx context.Context, a core.Attempt) error {
	isLocked := false
	err := d.updateFacet(ctx, a.User, func(_ *core.Tx, f *facet) {
		if isLocked = f.isLockedFor(a.From(), d.cfg.LockoutAttempts); !isLocked {
			f.forgive(a.From())
		}
	})
	if err == nil && isLocked {
		return &authError{kind: locked, email: a.User.Email}
	}
	return err
}

// updateFacet changes the user's facet in a transaction, if change changes it, without moving
// updated_at. No caller asked for it: it is the program's own bookkeeping.
func (d *Dialect) updateFacet(ctx context.Context, u *core.User, change func(*core.Tx, *facet)) error {
	return d.dir.Update(ctx, core.Operator(), func(tx *core.Tx) error {
		now, err := tx.UserIncludingDeleted(core.ByID(u.Realm, u.ID))
		if err != nil {
			return err
		}
		return saveFacet(tx, now, func(f *facet) { change(tx, f) })
	})
}
