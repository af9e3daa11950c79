package econtext

import (
	"cmp"
	"errors"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/internal/pystyle"
)

func createUser(c *call) (reply, error) {
	in, err := c.readNewUser()
	if err != nil {
		return nil, err
	}
	password, err := c.choosePassword(in)
	if err != nil {
		return nil, err
	}
	var v *userView
	err = c.update(func(tx *core.Tx) error {
		v, err = c.addUser(tx, in, password)
		return c.takenNameFirst(tx, in, 0, err)
	})
	return userReply(v), err
}

// choosePassword hashes a new password, unless the request will be refused anyway.
func (c *call) choosePassword(in *userInput) (password core.ChosenPassword, err error) {
	if in.password == "" || in.malformed != nil || in.restFault != nil {
		return password, nil
	}
	return c.d.dir.ChoosePassword(c.Request().Context(), in.password)
}

// addUser stores the user with its memberships.
func (c *call) addUser(tx *core.Tx, in *userInput, password core.ChosenPassword) (*userView, error) {
	groups, err := c.validateUser(tx, in, nil)
	if err != nil {
		return nil, err
	}
	organization, err := c.organizationFor(tx, in)
	if err != nil {
		return nil, err
	}
	founds := organization != nil && organization.ID == 0
	if founds {
		founder := *in
		founder.admin, in = true, &founder
	}
	u := &core.User{Realm: c.d.realm, UID: in.id, Username: in.username, CreatedAt: in.createdAt, UpdatedAt: in.updatedAt}
	if err := c.applyUser(tx, in, u, password); err != nil {
		return nil, err
	}
	if err := tx.AddUser(u); err != nil {
		return nil, err
	}
	if founds {
		if err := tx.SaveGroup(organization); err != nil {
			return nil, err
		}
	}
	if organization != nil {
		groups = append(groups, organization)
	}
	if err := joinAll(tx, u, groups); err != nil {
		return nil, err
	}
	return c.d.loadUserView(tx, u)
}

// organizationFor finds the organization that a new user joins; nil for none.
// In the profile v2 every user has one: without an id it is found by the
// company's name, and else a new one is made, of which the user is the admin.
func (c *call) organizationFor(tx *core.Tx, in *userInput) (*core.Group, error) {
	switch {
	case !pystyle.Falsy(in.organization):
		id := idOf(in.organization)
		g, err := c.d.listedGroup(tx, kindOrganization, id)
		if errors.Is(err, core.ErrNotFound) {
			return nil, crash("Organization not found: " + id.text)
		}
		return g, err
	case !c.d.v2:
		return nil, nil
	}
	name := cmp.Or(in.company, in.name.Or(""))
	g, err := tx.Group(core.GroupRef{Realm: c.d.realm, Kind: kindOrganization, Key: name})
	switch {
	case errors.Is(err, core.ErrNotFound):
		return &core.Group{Realm: c.d.realm, Kind: kindOrganization, Key: name, Name: name, Body: emptyDocument.with()}, nil
	case err == nil && in.company == "":
		return nil, c.d.taken(kindOrganization, core.FieldKey)
	}
	return g, err
}
