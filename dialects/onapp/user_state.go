package onapp

import (
	"net/http"
	"time"

	"github.com/dragoman-gateway/dragoman/core"
)

// These actions ignore the body, except for a token: the PHP wrapper sends the body of its previous
// call.
// See REFERENCE.md, "Clients".

func suspendUser(c *call) (reply, error) {
	return c.changeState(maySuspendUsers, func(_ *core.Tx, u *core.User, _ *facet) error {
		u.Enabled = false
		return nil
	})
}

// activateUser also takes back a deletion, and a date of suspension that has passed, which would
// suspend again.
func activateUser(c *call) (reply, error) {
	return c.changeState(maySuspendUsers, func(tx *core.Tx, u *core.User, f *facet) error {
		u.Enabled, u.DeletedAt = true, time.Time{}
		if !u.EnabledUntil.After(tx.Now()) {
			u.EnabledUntil = time.Time{}
		}
		f.ActivatedAt = tx.Now()
		return nil
	})
}

// unlockUser removes a lock: with the lock's token, or without one for a caller with the right.
func unlockUser(c *call) (reply, error) {
	token := c.top("unlock_token").Text()
	return c.changeState(mayUnlockUsers, func(tx *core.Tx, u *core.User, f *facet) error {
		if token != "" && !equalSecrets(keyDigest(token), f.UnlockDigest) {
			return core.NewInvalid(core.Fault{Field: "unlock_token", Rule: core.Malformed})
		}
		f.unlock()
		return tx.EndSessions(u)
	})
}

// changeState changes the user that the path names and answers with it.
func (c *call) changeState(a access, change func(*core.Tx, *core.User, *facet) error) (reply, error) {
	var v *userView
	err := c.update(func(tx *core.Tx) error {
		u, err := c.targetUser(tx, c.id("id"), a)
		if err != nil {
			return err
		}
		old, err := facetOf(u)
		if err != nil {
			return err
		}
		f := old.clone()
		if err := change(tx, u, f); err != nil {
			return err
		}
		f.storeIfChanged(u, old)
		if err := tx.SaveUser(u); err != nil {
			return err
		}
		v, err = c.loadView(tx, u)
		return err
	})
	return showUser(http.StatusOK, v), err
}
