package onapp

import (
	"context"
	"strings"
	"time"

	"github.com/dragoman-gateway/dragoman/core"
)

// Wrong passwords are counted in the user's facet, so that the count holds in every process. A
// failure costs a write until the account is locked and none afterwards, and each of those writes
// follows the cost of a hash.

func (f *facet) isLocked() bool { return !f.LockedAt.IsZero() }

func (f *facet) unlock() { f.Failed, f.LockedAt, f.UnlockToken = 0, time.Time{}, "" }

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

// checkPassword lets in whoever has the right password of an account that is not locked. The facet
// is the user's, nil for an unknown login.
func (d *Dialect) checkPassword(ctx context.Context, a core.Attempt, f *facet, plain string) error {
	isLocked := a.User != nil && f.isLocked()
	if isLocked && !d.passesLock(a) {
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
		return d.countFailure(ctx, a.User)
	case f.Failed > 0 && !isLocked:
		return d.resetFailures(ctx, a.User)
	}
	return nil
}

// passesLock reports whether the attempt comes from where the user logged in before, and the failures
// that made the lock from elsewhere: one address does not lock out another.
func (d *Dialect) passesLock(a core.Attempt) bool {
	return d.dir.Familiar(a) && d.dir.FailedLogins(a) < d.cfg.LockoutAttempts
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
func (d *Dialect) countFailure(ctx context.Context, u *core.User) error {
	if d.cfg.LockoutAttempts < 0 {
		return &authError{kind: badCredentials}
	}
	var left int
	err := d.updateFacet(ctx, u, func(tx *core.Tx, f *facet) {
		left = d.cfg.LockoutAttempts - int(f.Failed) - 1
		if f.isLocked() {
			left = 0
			return
		}
		f.Failed++
		if left <= 0 {
			f.LockedAt = tx.Now()
			f.UnlockToken = tx.Directory().NewKey(keyAlphabet, keyLength)
		}
	})
	switch {
	case core.KindOf(err) == core.Busy:
		return err
	case err != nil: // as for an unknown login; the core counts the failure in memory
		return &authError{kind: badCredentials, cause: err}
	}
	return d.refusal(left, u.Email)
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

// resetFailures clears the count after a right password, unless another request locked the account
// meanwhile.
func (d *Dialect) resetFailures(ctx context.Context, u *core.User) error {
	isLocked := false
	err := d.updateFacet(ctx, u, func(_ *core.Tx, f *facet) {
		if isLocked = f.isLocked(); !isLocked {
			f.Failed = 0
		}
	})
	if err == nil && isLocked {
		return &authError{kind: locked, email: u.Email}
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
