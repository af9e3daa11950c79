package econtext

import (
	"errors"
	"strings"
	"unicode/utf8"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

// minPassword is in characters, after trimming.
const minPassword = 7

// address reads an e-mail address: trimmed and lower-cased before anything else.
func address(v wire.Value) (string, error) {
	s, ok := v.Str()
	if !ok {
		return "", noAttribute(v, "lower")
	}
	return strings.ToLower(strings.TrimSpace(s)), nil
}

// freeAddress checks that nobody but self, who may be nil, has the address, and
// then its form.
func (d *Dialect) freeAddress(tx *core.Tx, email string, self *core.User) error {
	other, err := tx.User(core.ByEmail(d.realm, email))
	switch {
	case err == nil && (self == nil || other.ID != self.ID):
		return taken("user", core.FieldEmail)
	case err != nil && !errors.Is(err, core.ErrNotFound):
		return err
	case !validAddress(email):
		return invalid("email", "Invalid email address")
	}
	return nil
}

// newPassword reads a password to be set.
func newPassword(v wire.Value) (string, error) {
	s, long, err := trimmedPassword(v)
	if err == nil && !long {
		err = invalid("password", passwordTooShort)
	}
	return s, err
}

const passwordTooShort = "Password must be at least 7 characters long"

// trimmedPassword tells whether a password is long enough. One with a NUL cannot
// be kept in the vendor's form, and crashes its server.
func trimmedPassword(v wire.Value) (s string, long bool, err error) {
	if s, err = text(v); err != nil {
		return "", false, err
	}
	if strings.Contains(s, "\x00") {
		return "", false, crash("A password cannot hold a NUL character")
	}
	return s, utf8.RuneCountInString(s) >= minPassword, nil
}

// wantedApplications finds the applications of a request's list.
func (d *Dialect) wantedApplications(tx *core.Tx, v wire.Value) ([]*core.Group, error) {
	if v.Kind() != wire.KindArray {
		return nil, invalid("applications", "Expecting a list of application ids")
	}
	return d.wanted(tx, kindApplication, idList(v), func(id string) error {
		return invalid("applications", "Couldn't find application "+id)
	})
}

// wantedGroups finds the groups of a request's list. What counts as nothing is ignored.
func (d *Dialect) wantedGroups(tx *core.Tx, v wire.Value) ([]*core.Group, error) {
	if falsy(v) {
		return nil, nil
	}
	if v.Kind() != wire.KindArray {
		return nil, invalid("groups", "Expecting a list of group ids")
	}
	return d.wanted(tx, kindGroup, idList(v), func(id string) error {
		return invalid("groups", "Couldn't find group "+id)
	})
}

func (d *Dialect) wanted(tx *core.Tx, kind string, ids []wantedID, unknown func(string) error) ([]*core.Group, error) {
	found := make([]*core.Group, 0, len(ids))
	for _, id := range ids {
		if id.none {
			return nil, unknown(id.text)
		}
		g, err := tx.Group(d.group(kind, id.text))
		if errors.Is(err, core.ErrNotFound) {
			return nil, unknown(id.text)
		}
		if err != nil {
			return nil, err
		}
		found = append(found, g)
	}
	return found, nil
}

// freeID checks that no user, not even a deleted one, has the id.
func (d *Dialect) freeID(tx *core.Tx, id string) error {
	if id == "" {
		return nil
	}
	_, err := tx.UserIncludingDeleted(core.ByUID(d.realm, id))
	switch {
	case errors.Is(err, core.ErrNotFound):
		return nil
	case err != nil:
		return err
	}
	return taken("user", core.FieldUID)
}

func (d *Dialect) freeUsername(tx *core.Tx, username string) error {
	_, err := tx.User(core.ByUsername(d.realm, username))
	switch {
	case errors.Is(err, core.ErrNotFound):
		return nil
	case err != nil:
		return err
	}
	return taken("user", core.FieldUsername)
}

// joinAll makes the user a member of the groups.
func joinAll(tx *core.Tx, u *core.User, groups []*core.Group) error {
	for _, g := range groups {
		if _, err := tx.Join(u, g); err != nil {
			return err
		}
	}
	return nil
}

// attributesOf is custom_data as the core keeps it.
func attributesOf(custom wire.Value) core.Attributes {
	var bag core.Attributes
	for _, m := range custom.Members() {
		bag = append(bag, core.Attribute{Name: m.Name, Value: string(m.Value.JSON())})
	}
	return bag
}
