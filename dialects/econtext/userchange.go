package econtext

import (
	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

// userChange is a request to update a user. Only what is present matters.
type userChange struct {
	k           *call
	in          wire.Value
	null        bool // changes nothing, not even modified_at
	password    wire.Field[wire.Value]
	newPassword string // trimmed
	hash        string
}

func (k *call) userChange() (*userChange, error) {
	in, err := k.change()
	if err != nil {
		return nil, err
	}
	return &userChange{k: k, in: in, null: in.IsNull(), password: in.Field("password")}, nil
}

// lists are the groups that a change adds to.
type lists struct{ applications, groups []*core.Group }

// check judges the request in the vendor's order; the first failure answers.
// Source: vendor reference, users update.
func (c *userChange) check(tx *core.Tx, u *core.User) (l lists, err error) {
	if c.k.d.v2 {
		return c.checkV2(tx, u)
	}
	if err = c.checkEmail(tx, u); err != nil {
		return l, err
	}
	if c.in.Has("password") {
		if c.newPassword, err = newPassword(member(c.in, "password")); err != nil {
			return l, err
		}
	}
	if v, ok := c.in.Get("applications"); ok {
		if l.applications, err = c.k.d.wantedApplications(tx, v); err != nil {
			return l, err
		}
	}
	if l.groups, err = c.k.d.wantedGroups(tx, member(c.in, "groups")); err != nil {
		return l, err
	}
	if _, err = textMember(c.in, "name"); err != nil {
		return l, err
	}
	return l, c.checkStatus()
}

// email is the address to be set, if it is another than the user has.
func (c *userChange) email(u *core.User) (string, bool) {
	v, ok := c.in.Get("email")
	if !ok {
		return "", false
	}
	if c.k.d.v2 {
		return emailV2(v)
	}
	email, err := address(v)
	return email, err == nil && core.Fold(u.Email) != email
}

// checkEmail lets the address that the user has already pass, whatever its form.
func (c *userChange) checkEmail(tx *core.Tx, u *core.User) error {
	v, ok := c.in.Get("email")
	if !ok {
		return nil
	}
	email, err := address(v)
	if err != nil || core.Fold(u.Email) == email {
		return err
	}
	return c.k.d.freeAddress(tx, email, u)
}

func (c *userChange) checkStatus() error {
	v, ok := c.in.Get("status")
	if !ok {
		return nil
	}
	_, err := status(v, statusEnabled, statusUnverified, statusDisabled)
	return err
}

// apply changes the user, all of it or, with an error, nothing, and returns what
// to show.
func (c *userChange) apply(tx *core.Tx, u *core.User) (*person, error) {
	switch {
	case c.null:
		return c.k.d.reload(tx, u)
	case c.k.d.v2:
		return c.applyV2(tx, u)
	}
	l, err := c.check(tx, u)
	if err != nil {
		return nil, err
	}
	if err := c.set(tx, u); err != nil {
		return nil, err
	}
	if err := tx.SaveUser(u); err != nil {
		return nil, err
	}
	if err := joinAll(tx, u, append(l.applications, l.groups...)); err != nil {
		return nil, err
	}
	return c.k.d.reload(tx, u)
}

// set changes the fields that are present, all of them checked before.
func (c *userChange) set(tx *core.Tx, u *core.User) error {
	stored, err := faceOf(u)
	if err != nil {
		return err
	}
	f := *stored
	if email, ok := c.email(u); ok {
		u.Email = email
	}
	if c.hash != "" {
		u.Password, u.PasswordChangedAt = c.hash, tx.Now()
	}
	if custom, ok := c.k.customDataIn(c.in); ok {
		u.Attributes = attributesOf(custom)
	}
	if name, _ := textMember(c.in, "name"); name.Present() {
		f.setName(u, name)
	}
	if v, ok := c.in.Get("status"); ok {
		f.setStatus(u, v.Text(), tx.Now())
	}
	if !f.saysAs(stored) {
		f.store(u)
	}
	return nil
}
