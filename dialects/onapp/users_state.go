package onapp

import (
	"net/http"
	"time"

	"github.com/dragoman-gateway/dragoman/core"
)

// The actions of this file look at no body: the official PHP wrapper sends the previous call's along.

func suspendUser(c *call) (reply, error) {
	return c.amendAndShow(maySuspendUsers, func(_ *core.Tx, u *core.User, _ *facet) error {
		u.Enabled = false
		return nil
	})
}

// activateUser also takes back a deletion, and a date of suspension that has passed, which would suspend again.
func activateUser(c *call) (reply, error) {
	return c.amendAndShow(maySuspendUsers, func(tx *core.Tx, u *core.User, f *facet) error {
		u.Enabled, u.DeletedAt = true, time.Time{}
		if !u.EnabledUntil.After(tx.Now()) {
			u.EnabledUntil = time.Time{}
		}
		f.ActivatedAt = tx.Now()
		return nil
	})
}

// unlockUser takes a lock away: with the token that the lock made, or for a caller with the right without one.
func unlockUser(c *call) (reply, error) {
	token := c.top("unlock_token").Text()
	return c.amendAndShow(mayUnlockUsers, func(_ *core.Tx, _ *core.User, f *facet) error {
		if token != "" && !same(token, f.UnlockToken) {
			return core.NewInvalid(core.Fault{Field: "unlock_token", Rule: core.Malformed})
		}
		f.unlock()
		return nil
	})
}

// amendAndShow changes the user that the path names and answers with it.
func (c *call) amendAndShow(a access, change func(*core.Tx, *core.User, *facet) error) (reply, error) {
	v, err := c.amend(a, change)
	return showUser(http.StatusOK, v), err
}

// amend changes the user that the path names.
func (c *call) amend(a access, change func(*core.Tx, *core.User, *facet) error) (v userView, err error) {
	err = c.update(func(tx *core.Tx) error {
		u, err := c.target(tx, c.id("id"), a)
		if err != nil {
			return err
		}
		shared, err := c.d.facetOf(u)
		if err != nil {
			return err
		}
		f := shared.clone()
		if err := change(tx, u, f); err != nil {
			return err
		}
		f.put(u, shared)
		if err := tx.SaveUser(u); err != nil {
			return err
		}
		v, err = c.viewOne(tx, u)
		return err
	})
	return v, err
}
