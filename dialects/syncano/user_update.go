package syncano

import (
	"net/http"

	"github.com/dragoman-gateway/dragoman/core"
)

func saveUser(c *call) (reply, error) {
	in, err := readUser(c, c.method == http.MethodPut)
	if err == nil {
		err = hashPassword(c, in)
	}
	if err != nil {
		return reply{}, err
	}
	u, err := updateUser(c, in.profile, func(tx *core.Tx) (*userView, error) { return changeUser(c, tx, in) })
	if err != nil {
		return reply{}, err
	}
	return showUserView(c, u)
}

func changeUser(c *call, tx *core.Tx, in *userInput) (*userView, error) {
	u, err := tx.User(core.ByID(c.instance.Realm, c.user.ID))
	if err != nil {
		return nil, err
	}
	changed, dirty := applyNames(in, tx, u), false
	if in.profile != nil {
		var valuesChanged bool
		if dirty, valuesChanged, err = in.profile.applyProfile(c, tx, u); err != nil {
			return nil, underProfile(c, err)
		}
		changed = changed || valuesChanged
	}
	if err := saveChanged(tx, u, dirty, changed); err != nil {
		return nil, err
	}
	return loadWritten(c, tx, u, in)
}

// updateUser runs change in one transaction. profile may bring files.
func updateUser(c *call, profile *objectInput, change func(*core.Tx) (*userView, error)) (u *userView, err error) {
	err = updateWith(c, profile, func(tx *core.Tx) (err error) {
		u, err = change(tx)
		return err
	})
	return u, err
}

// loadWritten loads the user for the answer to a write, which repeats the spelling
// of the name that was sent.
func loadWritten(c *call, tx *core.Tx, u *core.User, in *userInput) (*userView, error) {
	view, err := loadUserView(c, tx, u)
	if err != nil {
		return nil, err
	}
	view.sentUsername = in.username.Or("")
	return view, nil
}

// resetUserKey gives the user a new user key; the body is ignored.
func resetUserKey(c *call) (reply, error) {
	key := newEvenKey(c.d.dir)
	u, err := updateUser(c, nil, func(tx *core.Tx) (*userView, error) {
		u, err := tx.User(core.ByID(c.instance.Realm, c.user.ID))
		if err != nil {
			return nil, err
		}
		u.SetHandle(userKeyHandle, key)
		if err := tx.SaveUserKeepingUpdatedAt(u); err != nil {
			return nil, err
		}
		return loadUserView(c, tx, u)
	})
	if err != nil {
		return reply{}, err
	}
	return showUserView(c, u)
}

func deleteUser(c *call) (reply, error) {
	return noContent(c.update(func(tx *core.Tx) error {
		u, err := tx.User(core.ByID(c.instance.Realm, c.user.ID))
		if err != nil {
			return err
		}
		return tx.RemoveUser(u)
	}))
}
