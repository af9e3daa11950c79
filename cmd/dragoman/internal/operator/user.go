package operator

import (
	"context"
	"fmt"

	"github.com/dragoman-gateway/dragoman/core"
)

// User names one user.
type User struct {
	Name  string     `arg:"" help:"User name or e-mail address."`
	Realm core.Realm `default:"main" help:"Realm of the user."`
}

// change runs fn on the user in one transaction.
func (u *User) change(ctx context.Context, s *Store, fn func(*core.Tx, *core.User) error) error {
	err := s.update(ctx, func(tx *core.Tx) error {
		found, _, err := tx.ByLogin(u.Realm, u.Name, false)
		if err != nil {
			return err
		}
		return fn(tx, found)
	})
	return u.named(err)
}

// named says whom an error is about.
func (u *User) named(err error) error {
	if e := core.AsError(err); e != nil && e.Kind != core.Internal && e.Kind != core.Busy {
		return fmt.Errorf("%s: %w", u.Name, err)
	}
	return err
}

// done is the result of a change of the user.
func (u *User) done(format string, args ...any) Result {
	text := fmt.Sprintf(format, args...)
	return Result{Lines: []string{u.Name + ": " + text}, Data: map[string]string{"user": u.Name, "result": text}}
}

// unlocker is a dialect that locks users.
type unlocker interface {
	// Unlock takes away the user's lock and reports whether there was one.
	Unlock(tx *core.Tx, u *core.User) (wasLocked bool, err error)
}

// UnlockUser lets a user in again who was locked out by wrong passwords.
type UnlockUser struct {
	User `embed:""`
}

// Do unlocks the user in every dialect.
func (o *UnlockUser) Do(ctx context.Context, s *Store) (Result, error) {
	wasLocked := false
	err := o.change(ctx, s, func(tx *core.Tx, u *core.User) error {
		wasLocked = false
		s.Directory.ForgetFailures(u)
		for _, d := range s.Dialects {
			l, ok := d.(unlocker)
			if !ok {
				continue
			}
			locked, err := l.Unlock(tx, u)
			if err != nil {
				return err
			}
			wasLocked = wasLocked || locked
		}
		return nil
	})
	if wasLocked {
		return o.done("unlocked"), err
	}
	return o.done("was not locked"), err
}
