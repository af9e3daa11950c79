package onapp

import (
	"net/http"

	"github.com/dragoman-gateway/dragoman/core"
)

// createUser answers a POST. The password is hashed before the transaction, if the form of the
// input is valid.
func createUser(c *call) (reply, error) {
	if err := require(c.mayAll(mayCreateUsers)); err != nil {
		return reply{}, err
	}
	in := c.d.decodeUser(c.resource("user"))
	faults := in.validate(c.d, nil)
	var password core.ChosenPassword
	if len(faults) == 0 {
		var err error
		if password, err = c.d.dir.ChoosePassword(c.r.Context(), in.newPassword()); err != nil {
			return reply{}, err
		}
	}
	var v *userView
	err := c.update(func(tx *core.Tx) (err error) {
		v, err = c.addUser(tx, &in, faults, password)
		return err
	})
	if err != nil {
		return reply{}, err
	}
	r := showUser(http.StatusCreated, v)
	r.location = pathOfUser(v.user.ID)
	return r, nil
}

// addUser stores a new user, or fails with all faults at once.
func (c *call) addUser(tx *core.Tx, in *userInput, faults faultList, password core.ChosenPassword) (*userView, error) {
	if err := checkRoles(tx, c.d.cfg.Realm, in.roles); err != nil {
		return nil, err
	}
	u, f := &core.User{Realm: c.d.cfg.Realm}, emptyFacet.clone()
	u.SetPassword(password)
	in.applyNew(tx, u, f)
	if len(faults) > 0 {
		all, err := append(faultList{}, faults...).withTaken(tx, u)
		if err != nil {
			return nil, err
		}
		return nil, core.NewInvalid(all...)
	}
	fields, err := c.d.loadFieldsToWrite(tx)
	if err != nil {
		return nil, err
	}
	in.apply(u, f, fields)
	if err := resolveGroup(tx, u, in, f); err != nil {
		return nil, err
	}
	f.storeIfChanged(u, emptyFacet)
	if err := tx.AddUser(u); err != nil {
		return nil, err
	}
	if err := applyMemberships(tx, u, in); err != nil {
		return nil, err
	}
	return c.loadView(tx, u)
}
