package syncano

import (
	"net/http"

	"github.com/dragoman-gateway/dragoman/core"
)

func saveUser(c *call) (reply, error) {
	in, err := c.readUser(c.method == http.MethodPut)
	if err == nil {
		err = c.hashPassword(in)
	}
	if err != nil {
		return reply{}, err
	}
	u, err := c.updateUser(in.profile, func(tx *core.Tx) (*userView, error) { return c.changeUser(tx, in) })
	if err != nil {
		return reply{}, err
	}
	return c.showUserView(u)
}

func (c *call) changeUser(tx *core.Tx, in *userInput) (*userView, error) {
	u, err := tx.User(core.ByID(c.instance.Realm, c.user.ID))
	if err != nil {
		return nil, err
	}
	changed, dirty := applyNames(in, tx, u), false
	if in.profile != nil {
		var valuesChanged bool
		if dirty, valuesChanged, err = in.profile.applyProfile(c, tx, u); err != nil {
			return nil, c.underProfile(err)
		}
		changed = changed || valuesChanged
	}
	if err := saveChanged(tx, u, dirty, changed); err != nil {
		return nil, err
	}
	return c.loadWritten(tx, u, in)
}

// updateUser runs change in one transaction. profile may bring files.
func (c *call) updateUser(profile *objectInput, change func(*core.Tx) (*userView, error)) (u *userView, err error) {
	err = c.updateWith(profile, func(tx *core.Tx) (err error) {
		u, err = change(tx)
		return err
	})
	return u, err
}

// loadWritten loads the user for the answer to a write, which repeats the spelling
// of the name that was sent.
func (c *call) loadWritten(tx *core.Tx, u *core.User, in *userInput) (*userView, error) {
	view, err := c.loadUserView(tx, u)
	if err != nil {
		return nil, err
	}
	view.sentUsername = in.username.Or("")
	return view, nil
}

// resetUserKey gives the user a new user key; the body is ignored.
func resetUserKey(c *call) (reply, error) {
	key := newEvenKey(c.d.dir)
	u, err := c.updateUser(nil, func(tx *core.Tx) (*userView, error) {
		u, err := tx.User(core.ByID(c.instance.Realm, c.user.ID))
		if err != nil {
			return nil, err
		}
		u.SetHandle(userKeyHandle, key)
		if err := tx.SaveUserKeepingUpdatedAt(u); err != nil {
			return nil, err
		}
		return c.loadUserView(tx, u)
	})
	if err != nil {
		return reply{}, err
	}
	return c.showUserView(u)
}
