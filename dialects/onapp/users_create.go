package onapp

import (
	"net/http"

	"github.com/dragoman-gateway/dragoman/core"
)

func createUser(c *call) (reply, error) {
	if err := forbidden(!c.all(mayCreateUsers)); err != nil {
		return reply{}, err
	}
	in := c.d.readUser(c.resource("user"))
	if err := c.checkNew(&in); err != nil {
		return reply{}, err
	}
	encoded, err := c.d.dir.HashPassword(c.ctx(), in.newPassword())
	if err != nil {
		return reply{}, err
	}
	var v userView
	err = c.update(func(tx *core.Tx) (err error) {
		v, err = c.addUser(tx, &in, encoded)
		return err
	})
	r := showUser(http.StatusCreated, v)
	if err == nil {
		r.location = pathOfUser(v.user.ID)
	}
	return r, err
}

// checkNew finds everything that is wrong before the password is hashed: all of it at once, or a role that is not there.
func (c *call) checkNew(in *userIn) error {
	faults := in.check(c.d, nil)
	err := c.view(func(tx *core.Tx) (err error) {
		if err := c.d.checkRoles(tx, in.roles); err != nil {
			return err
		}
		u := core.User{Realm: c.realm(), Username: in.login.Or(""), Email: in.email.Or("")}
		faults, err = c.d.checkTaken(tx, &u, faults)
		return err
	})
	if err != nil {
		return err
	}
	return core.NewInvalid(faults...)
}

func (c *call) addUser(tx *core.Tx, in *userIn, encoded string) (userView, error) {
	u, f := &core.User{Realm: c.realm(), Password: encoded}, &facet{}
	fields, err := c.d.fieldsIn(tx)
	if err != nil {
		return userView{}, err
	}
	in.applyNew(tx, u, f)
	in.apply(u, f, fields)
	if err := c.d.placeGroup(tx, in, f); err != nil {
		return userView{}, err
	}
	f.put(u, c.d.noFacet)
	if err := tx.AddUser(u); err != nil {
		return userView{}, err
	}
	if err := c.d.join(tx, u, in); err != nil {
		return userView{}, err
	}
	return c.viewOne(tx, u)
}
