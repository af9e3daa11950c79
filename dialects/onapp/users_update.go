package onapp

import (
	"github.com/dragoman-gateway/dragoman/core"
)

func updateUser(c *call) (reply, error) { return c.changeUser(c.id("id"), mayUpdateUsers) }

// updateProfile changes the caller's own account, by the same rights as under its number.
func updateProfile(c *call) (reply, error) { return c.changeUser(c.user.ID, mayUpdateUsers) }

// changeUser does a PUT. The password is hashed before the transaction that stores it, and only for a caller who
// may set it and a request that is otherwise in order.
func (c *call) changeUser(id int64, a access) (reply, error) {
	in := c.d.readUser(c.resource("user"))
	in.dropUnallowed(&c.caller, id)
	encoded := ""
	if in.newPassword() != "" {
		if err := c.view(func(tx *core.Tx) error { _, err := c.checkChange(tx, &in, id, a); return err }); err != nil {
			return reply{}, c.touchIfInvalid(id, err)
		}
		var err error
		if encoded, err = c.d.dir.HashPassword(c.ctx(), in.newPassword()); err != nil {
			return reply{}, err
		}
	}
	err := c.update(func(tx *core.Tx) error {
		u, err := c.checkChange(tx, &in, id, a)
		if err != nil {
			return err
		}
		return c.storeChange(tx, &in, u, encoded)
	})
	if err != nil {
		return reply{}, c.touchIfInvalid(id, err)
	}
	return c.d.done(), nil
}

// checkChange reads the user and finds everything that is wrong with the request.
func (c *call) checkChange(tx *core.Tx, in *userIn, id int64, a access) (*core.User, error) {
	u, err := c.target(tx, id, a)
	if err != nil {
		return nil, err
	}
	if err := c.d.checkRoles(tx, in.roles); err != nil {
		return nil, err
	}
	faults := in.check(c.d, u)
	if email, ok := in.email.Get(); ok && email != core.Fold(u.Email) {
		if faults, err = c.d.checkTaken(tx, &core.User{ID: u.ID, Realm: u.Realm, Email: email}, faults); err != nil {
			return nil, err
		}
	}
	return u, core.NewInvalid(faults...)
}

func (c *call) storeChange(tx *core.Tx, in *userIn, u *core.User, encoded string) error {
	shared, err := c.d.facetOf(u)
	if err != nil {
		return err
	}
	fields, err := c.d.fieldsIn(tx)
	if err != nil {
		return err
	}
	f := shared.clone()
	if in.suspendAt.Present() {
		keepSuspended(tx, u)
	}
	in.apply(u, f, fields)
	if encoded != "" {
		setPassword(tx, u, encoded)
	}
	if err := c.d.placeGroup(tx, in, f); err != nil {
		return err
	}
	f.put(u, shared)
	if err := tx.SaveUser(u); err != nil {
		return err
	}
	return c.d.join(tx, u, in)
}

// keepSuspended writes down what the clock did: a new date tells when to suspend, and only activating takes back a
// suspension that has happened. source: vendor reference, suspend_at.
func keepSuspended(tx *core.Tx, u *core.User) {
	if until := u.EnabledUntil; !until.IsZero() && !until.After(tx.Now()) {
		u.Enabled = false
	}
}

// touchIfInvalid moves updated_at although the change was refused, as the panel does.
// source: vendor reference, users update.
func (c *call) touchIfInvalid(id int64, cause error) error {
	if core.KindOf(cause) != core.Invalid {
		return cause
	}
	err := c.update(func(tx *core.Tx) error {
		u, err := tx.UserIncludingDeleted(core.ByID(c.realm(), id))
		if err != nil {
			return err
		}
		return tx.SaveUser(u)
	})
	if err != nil {
		return err
	}
	return cause
}
