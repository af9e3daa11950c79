package syncano

import (
	"errors"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/internal/pystyle"
)

// applyNames changes username and password. A name that differs only in case
// from the stored one, which another dialect may show with its capitals, stays.
func applyNames(in *userInput, tx *core.Tx, u *core.User) (changed bool) {
	if name, ok := in.username.Get(); ok && pystyle.Lower(name) != pystyle.Lower(u.Username) {
		u.Username = pystyle.Lower(name)
		changed = true
	}
	if !in.chosen.IsZero() {
		u.SetPassword(in.chosen)
		u.PasswordChangedAt = tx.Now()
		changed = true
	}
	return changed
}

// underProfile nests faults of the profile where v1 has the profile's fields.
func underProfile(c *call, err error) error {
	var faults *problems
	if c.v.v2 || !errors.As(err, &faults) {
		return err
	}
	p := &problems{}
	p.nest("profile", faults)
	return p
}
