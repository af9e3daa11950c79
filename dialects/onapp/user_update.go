package onapp

import (
	"slices"

	"github.com/dragoman-gateway/dragoman/core"
)

func updateUser(c *call) (reply, error) { return c.changeUser(c.id("id")) }

// updateProfile changes the caller's own account, by the same rights as under its id.
func updateProfile(c *call) (reply, error) { return c.changeUser(c.user.ID) }

// changeUser answers a PUT. The password is hashed before the transaction that stores it, for a
// caller who may set it and a password whose form is valid.
func (c *call) changeUser(id int64) (reply, error) {
	in := c.d.decodeUser(c.resource("user"))
	var chosen core.ChosenPassword
	in.dropForbidden(&c.caller, id)
	if password := in.newPassword(); password != "" && c.may(mayUpdateUsers, id) {
		var faults faultList
		faults.password(password)
		if faults.confirmation(c.d, &in); len(faults) == 0 {
			var err error
			if chosen, err = c.d.dir.ChoosePassword(c.r.Context(), password); err != nil {
				return reply{}, err
			}
		}
	}
	err := c.update(func(tx *core.Tx) error { return c.saveUser(tx, &in, id, chosen) })
	if core.KindOf(err) == core.Invalid {
		return reply{}, c.touchUser(id, err)
	}
	return c.d.done(), err
}

// saveUser stores the change, or fails with all faults at once.
func (c *call) saveUser(tx *core.Tx, in *userInput, id int64, password core.ChosenPassword) error {
	u, err := c.targetUser(tx, id, mayUpdateUsers)
	if err != nil {
		return err
	}
	if err := checkRoles(tx, u.Realm, in.roles); err != nil {
		return err
	}
	if faults := in.validate(c.d, u); len(faults) > 0 {
		return c.refuseUser(tx, in, u, faults)
	}
	old, err := facetOf(u)
	if err != nil {
		return err
	}
	fields, err := c.d.loadFieldsToWrite(tx)
	if err != nil {
		return err
	}
	if in.suspendAt.Present() {
		keepSuspended(tx, u)
	}
	f := old.clone()
	in.apply(u, f, fields)
	if !password.IsZero() {
		u.SetPassword(password)
		u.PasswordChangedAt = tx.Now()
	}
	if err := resolveGroup(tx, u, in, f); err != nil {
		return err
	}
	f.storeIfChanged(u, old)
	if err := tx.SaveUser(u); err != nil {
		return err
	}
	return applyMemberships(tx, u, in)
}

// refuseUser returns the faults, with those of a taken address.
func (c *call) refuseUser(tx *core.Tx, in *userInput, u *core.User, faults faultList) (err error) {
	if in.changesEmail(u) && !faults.has(core.FieldEmail) {
		u.Email = in.email.Or("")
		if faults, err = slices.Clone(faults).withTaken(tx, u); err != nil {
			return err
		}
	}
	return core.NewInvalid(faults...)
}

// touchUser moves updated_at although the change was refused, as the panel does, and returns cause.
// See REFERENCE.md, "Update a user".
func (c *call) touchUser(id int64, cause error) error {
	err := c.update(func(tx *core.Tx) error {
		u, err := tx.UserIncludingDeleted(core.ByID(c.d.cfg.Realm, id))
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
