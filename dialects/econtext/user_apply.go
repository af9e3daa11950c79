package econtext

import (
	"slices"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/internal/pystyle"
)

// applyUser changes u as the request says. password is the new one, if any.
func (c *call) applyUser(tx *core.Tx, in *userInput, u *core.User, password core.ChosenPassword) error {
	stored, err := facetOf(u)
	if err != nil {
		return err
	}
	f := *stored
	if email, ok := in.email.Get(); ok && (c.d.v2 || pystyle.Lower(u.Email) != email) {
		u.Email = email
	}
	if !password.IsZero() {
		u.SetPassword(password)
		if !c.d.v2 {
			u.PasswordChangedAt = tx.Now()
		}
	}
	if in.attributes.Present() {
		u.Attributes = in.attributes.Or(nil)
	}
	if in.name.Present() {
		f.setName(u, in.name)
	}
	if in.status != "" {
		f.setStatus(u, in.status, tx.Now())
	}
	if c.d.v2 && in.username != "" {
		u.Username = in.username
	}
	if in.admin {
		f.admin = true
	}
	if !f.rendersLike(stored) {
		f.store(u)
	}
	return nil
}

// differs reports whether a field changed that the later server calls a change.
func differs(a, b *core.User) bool {
	return a.Email != b.Email || a.Username != b.Username || a.Password != b.Password || a.Name != b.Name ||
		a.Enabled != b.Enabled || !slices.Equal(a.Attributes, b.Attributes) ||
		string(a.Facets.Get(Name).Text()) != string(b.Facets.Get(Name).Text())
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
