package econtext

import (
	"slices"
	"strings"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

// checkV2 judges an update in the profile v2: ids that nothing has are skipped,
// but a group of an application that the user lacks is an error.
func (c *userChange) checkV2(tx *core.Tx, u *core.User) (l lists, err error) {
	if c.in.Has("org_admin") {
		return l, crash("'User' object has no attribute 'new_org_admin'")
	}
	if err = c.checkNamesV2(tx, u); err != nil {
		return l, err
	}
	if v, ok := c.in.Get("password"); ok {
		if c.newPassword, err = passwordV2(v); err != nil {
			return l, err
		}
	}
	if v, ok := c.in.Get("status"); ok {
		if _, err = statusV2(v); err != nil {
			return l, err
		}
	}
	if _, err = textMember(c.in, "name"); err != nil {
		return l, err
	}
	return c.listsV2(tx, u)
}

func (c *userChange) checkNamesV2(tx *core.Tx, u *core.User) error {
	if v, ok := c.in.Get("email"); ok {
		if _, err := address(v); err != nil {
			return err
		}
	}
	if email, ok := c.email(u); ok && email != u.Email {
		if err := c.k.d.freeAddressV2(tx, email, u); err != nil {
			return err
		}
	}
	if username := stringOf(c.in, "username"); username != "" && username != u.Username {
		return c.k.d.freeUsernameV2(tx, username, u)
	}
	return nil
}

// emailV2 keeps the letters as they were sent; a blank address is none.
func emailV2(v wire.Value) (string, bool) {
	s := strings.TrimSpace(v.Text())
	return s, s != ""
}

func (c *userChange) listsV2(tx *core.Tx, u *core.User) (l lists, err error) {
	if l.applications, err = c.k.d.known(tx, kindApplication, member(c.in, "applications")); err != nil {
		return l, err
	}
	if l.groups, err = c.k.d.known(tx, kindGroup, member(c.in, "groups")); err != nil {
		return l, err
	}
	own, err := c.k.d.memberships(tx, u, kindApplication)
	if err != nil {
		return l, err
	}
	for _, g := range l.groups {
		listed := slices.ContainsFunc(l.applications, func(app *core.Group) bool { return app.ID == g.Parent })
		joined := slices.ContainsFunc(own, func(m core.Membership) bool { return m.Group == g.Parent })
		if !listed && !joined {
			return l, crash("User is not a member of the application of group " + g.UID)
		}
	}
	return l, nil
}

// known finds the groups of a list and skips the ids that nothing has.
func (d *Dialect) known(tx *core.Tx, kind string, v wire.Value) (found []*core.Group, err error) {
	for _, id := range idList(v) {
		if id.none {
			continue
		}
		g, err := tx.Group(d.group(kind, id.text))
		switch {
		case err == nil:
			found = append(found, g)
		case unlessNotFound(err) != nil:
			return nil, err
		}
	}
	return found, nil
}

// applyV2 answers with the lists as they were before, and with none at all if
// no field changed, for which it also leaves modified_at.
func (c *userChange) applyV2(tx *core.Tx, u *core.User) (*person, error) {
	l, err := c.checkV2(tx, u)
	if err != nil {
		return nil, err
	}
	p, err := c.k.d.reload(tx, u)
	if err != nil {
		return nil, err
	}
	before := u.Clone()
	if err := c.set(tx, u); err != nil {
		return nil, err
	}
	c.setV2(u, before)
	if changed(before, u) {
		if err := tx.SaveUser(u); err != nil {
			return nil, err
		}
		p.bareModified = true
	} else {
		p.applications, p.groups, p.keys, p.organization = nil, nil, nil, nil
	}
	if p.face, err = faceOf(u); err != nil {
		return nil, err
	}
	return p, joinAll(tx, u, append(l.applications, l.groups...))
}

// setV2 sets what only the profile v2 writes, and takes back what it does not.
func (c *userChange) setV2(u, before *core.User) {
	if username := stringOf(c.in, "username"); username != "" {
		u.Username = username
	}
	u.PasswordChangedAt = before.PasswordChangedAt
}

// changed tells whether a field differs that the vendor calls a change.
func changed(a, b *core.User) bool {
	return a.Email != b.Email || a.Username != b.Username || a.Password != b.Password || a.Name != b.Name ||
		a.Enabled != b.Enabled || !slices.Equal(a.Attributes, b.Attributes) ||
		string(a.Facets.Get(Name).Text()) != string(b.Facets.Get(Name).Text())
}
