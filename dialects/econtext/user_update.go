package econtext

import (
	"github.com/dragoman-gateway/dragoman/core"
)

func updateUser(c *call) (reply, error) {
	in, err := c.readUserChange()
	if err != nil {
		return nil, err
	}
	password, err := c.choosePassword(in)
	if err != nil {
		return nil, err
	}
	var v *userView
	err = c.update(func(tx *core.Tx) error {
		u, err := c.pathUser(tx)
		if err != nil {
			return err
		}
		v, err = c.changeUser(tx, in, u, password)
		return c.takenNameFirst(tx, in, u.ID, err)
	})
	return userReply(v), err
}

// changeUser stores the change, all of it or nothing.
func (c *call) changeUser(tx *core.Tx, in *userInput, u *core.User, password core.ChosenPassword) (*userView, error) {
	if in.null {
		return c.d.loadUserView(tx, u)
	}
	groups, err := c.validateUser(tx, in, u)
	if err != nil {
		return nil, err
	}
	if c.d.v2 {
		return c.changeUserV2(tx, in, u, groups, password)
	}
	if err := c.applyUser(tx, in, u, password); err != nil {
		return nil, err
	}
	if err := tx.SaveUser(u); err != nil {
		return nil, err
	}
	if err := joinAll(tx, u, groups); err != nil {
		return nil, err
	}
	return c.d.loadUserView(tx, u)
}

// changeUserV2 answers with the lists as they were before. If no field changed
// it answers without lists, and modified_at stays.
func (c *call) changeUserV2(tx *core.Tx, in *userInput, u *core.User, groups []*core.Group, password core.ChosenPassword) (*userView, error) {
	v, err := c.d.loadUserView(tx, u)
	if err != nil {
		return nil, err
	}
	before := u.Clone()
	if err := c.applyUser(tx, in, u, password); err != nil {
		return nil, err
	}
	if differs(before, u) {
		if err := tx.SaveUser(u); err != nil {
			return nil, err
		}
		v.bareModified = true
	} else {
		v.applications, v.groups, v.keys, v.organization = nil, nil, nil, nil
	}
	if v.facet, err = facetOf(u); err != nil {
		return nil, err
	}
	return v, joinAll(tx, u, groups)
}
