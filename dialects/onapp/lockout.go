package onapp

import (
	"context"
	"time"

	"github.com/dragoman-gateway/dragoman/core"
)

// The count of wrong passwords lives with the user, so that it holds across processes. It costs a write for each
// failure until the account is locked and none afterwards, and each of those writes was paid for with a hash.

func (d *Dialect) isLocked(f *facet) bool { return !f.LockedAt.IsZero() }

// countFailure notes one wrong password and says what the client is told.
func (d *Dialect) countFailure(ctx context.Context, u *core.User) error {
	if u == nil || d.cfg.LockoutAttempts < 0 {
		return &denial{kind: badCredentials}
	}
	var left int
	err := d.amendQuietly(ctx, u, func(tx *core.Tx, f *facet) bool {
		left = d.cfg.LockoutAttempts - int(f.Failed) - 1
		if d.isLocked(f) {
			left = 0
			return false
		}
		f.Failed++
		if left <= 0 {
			f.LockedAt = tx.Now()
			f.UnlockToken = tx.Directory().NewKey(keyAlphabet, keyLength)
		}
		return true
	})
	if err != nil {
		return err
	}
	return d.failureDenial(left, u.Email)
}

// warnBelow is how few attempts must be left for the client to be told.
const warnBelow = 4

func (d *Dialect) failureDenial(left int, email string) error {
	switch {
	case left <= 0:
		return &denial{kind: locked, email: email}
	case left < warnBelow && left < d.cfg.LockoutAttempts-1:
		return &denial{kind: almostLocked, left: left}
	}
	return &denial{kind: badCredentials}
}

// forgetFailures starts the count anew after a right password, unless the account was locked meanwhile.
func (d *Dialect) forgetFailures(ctx context.Context, u *core.User) error {
	stillLocked := false
	err := d.amendQuietly(ctx, u, func(_ *core.Tx, f *facet) bool {
		stillLocked = d.isLocked(f)
		if stillLocked || f.Failed == 0 {
			return false
		}
		f.Failed = 0
		return true
	})
	if err == nil && stillLocked {
		return &denial{kind: locked, email: u.Email}
	}
	return err
}

// amendQuietly changes the user's facet without moving updated_at. change returns whether there is anything to keep.
func (d *Dialect) amendQuietly(ctx context.Context, u *core.User, change func(*core.Tx, *facet) bool) error {
	return d.dir.Update(ctx, func(tx *core.Tx) error {
		now, err := tx.UserIncludingDeleted(core.ByID(u.Realm, u.ID))
		if err != nil {
			return err
		}
		shared, err := d.facetOf(now)
		if err != nil {
			return err
		}
		f := shared.clone()
		if !change(tx, f) {
			return nil
		}
		f.put(now, shared)
		return tx.SaveUserKeepingUpdatedAt(now)
	})
}

// unlock takes a lock away.
func (f *facet) unlock() { f.Failed, f.LockedAt, f.UnlockToken = 0, time.Time{}, "" }
