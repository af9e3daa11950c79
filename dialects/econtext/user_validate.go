package econtext

import (
	"errors"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/internal/pystyle"
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

// minPassword is in characters, after trimming.
const minPassword = 7

// readPassword reads a new password, trimmed. One with a NUL cannot be kept in
// the vendor's form.
func (d *Dialect) readPassword(v wire.Value) (string, error) {
	s, err := trimmedText(v)
	switch {
	case d.v2 && pystyle.Falsy(v):
		return "", crash(textNoPassword)
	case err != nil:
		return "", err
	case strings.Contains(s, "\x00"):
		return "", crash(textNULInPassword)
	case utf8.RuneCountInString(s) >= minPassword:
		return s, nil
	case d.v2:
		return "", crash(textShortPassword)
	}
	return "", invalid("password", textShortPassword)
}

// readUserStatus reads a user's status: one of the words, exactly.
func (d *Dialect) readUserStatus(v wire.Value) (string, error) {
	s, _ := v.Str()
	switch {
	case slices.Contains(d.version.userStatuses, s):
		return s, nil
	case d.v2:
		return "", crash(textInvalidStatus)
	}
	return "", invalid("status", textInvalidStatus)
}

// validateUser finds the groups that the request names, or its first fault in
// the vendor's order. u is nil for a new user. Taken names are not looked for
// here: the store finds them when the user is saved.
func (c *call) validateUser(tx *core.Tx, in *userInput, u *core.User) ([]*core.Group, error) {
	email, changes := in.email.Get()
	if changes && u != nil { // an address that the user has already passes, whatever its form
		changes = u.Email != email && (c.d.v2 || pystyle.Lower(u.Email) != email)
	}
	switch {
	case in.malformed != nil:
		return nil, in.malformed
	case in.addressFault != nil && changes:
		return nil, in.addressFault
	case in.passwordFault != nil:
		return nil, in.passwordFault
	}
	groups, err := c.listedGroups(tx, kindApplication, in.applications, u == nil)
	if err != nil {
		return nil, err
	}
	more, err := c.listedGroups(tx, kindGroup, in.groups, u == nil)
	if err != nil {
		return nil, err
	}
	if c.d.v2 && u != nil {
		if err := c.checkForeignGroups(tx, u, groups, more); err != nil {
			return nil, err
		}
	}
	return append(groups, more...), in.restFault
}

// takenNameFirst returns the error that answers a refused request: err, unless
// its address is taken, which the vendor's server finds first. In the profile
// v2 the same holds for its user name. self is the user's ID, 0 for a new one.
func (c *call) takenNameFirst(tx *core.Tx, in *userInput, self int64, err error) error {
	var refused *failure
	if err == nil || err == in.malformed || !errors.As(err, &refused) && core.KindOf(err) != core.Invalid {
		return err
	}
	if email := in.email.Or(""); email != "" {
		if other, lookErr := tx.User(core.ByEmail(c.d.realm, email)); lookErr == nil && other.ID != self {
			return c.d.taken("user", core.FieldEmail)
		}
	}
	if !c.d.v2 || in.username == "" || err == in.addressFault {
		return err
	}
	if other, lookErr := tx.User(core.ByUsername(c.d.realm, in.username)); lookErr == nil && other.ID != self {
		return c.d.taken("user", core.FieldUsername)
	}
	return err
}

// listedGroups finds the groups of a list of ids. In the profile v2 anything may
// stand for an empty list, and an update skips unknown ids.
// See REFERENCE.md, "Wrong types" and "Profile v2".
func (c *call) listedGroups(tx *core.Tx, kind string, list wire.Field[wire.Value], isNew bool) ([]*core.Group, error) {
	v, _ := list.Get()
	switch {
	case !list.Present(), kind == kindGroup && pystyle.Falsy(v):
		return nil, nil
	case !c.d.v2 && v.Kind() != wire.KindArray && kind == kindGroup:
		return nil, invalid("groups", "Expecting a list of group ids")
	case !c.d.v2 && v.Kind() != wire.KindArray:
		return nil, invalid("applications", "Expecting a list of application ids")
	}
	var found []*core.Group
	for _, id := range idList(v) {
		g, err := c.d.listedGroup(tx, kind, id)
		switch {
		case err == nil:
			found = append(found, g)
		case !errors.Is(err, core.ErrNotFound):
			return nil, err
		case !c.d.v2 || isNew:
			return nil, c.d.unknownInList(kind, id.text)
		}
	}
	return found, nil
}

// listedGroup finds the group of an id that a body names.
func (d *Dialect) listedGroup(tx *core.Tx, kind string, id listedID) (*core.Group, error) {
	if !id.isString {
		return nil, core.ErrNotFound
	}
	return tx.Group(d.group(kind, id.text))
}

// checkForeignGroups refuses groups of an application that the user neither has nor joins.
func (c *call) checkForeignGroups(tx *core.Tx, u *core.User, applications, groups []*core.Group) error {
	for _, g := range groups {
		isOwn, err := c.d.isMember(tx, u, kindApplication, g.Parent)
		if err != nil {
			return err
		}
		if !isOwn && !slices.ContainsFunc(applications, func(app *core.Group) bool { return app.ID == g.Parent }) {
			return crash(textForeignGroup + g.UID)
		}
	}
	return nil
}
