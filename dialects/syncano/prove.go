package syncano

import (
	"context"
	"errors"

	"github.com/dragoman-gateway/dragoman/core"
)

// findByName finds a user; one who is not there is nil without an error.
func (d *Dialect) findByName(ctx context.Context, realm core.Realm, name string) (u *core.User, err error) {
	err = d.dir.View(ctx, func(tx *core.Tx) error {
		u, err = tx.User(core.ByUsername(realm, name))
		return err
	})
	if errors.Is(err, core.ErrNotFound) {
		return nil, nil
	}
	return u, err
}

// prove checks a password, at the same cost for a user who is not there, who is
// answered with nobody, and one who is disabled.
func (d *Dialect) prove(ctx context.Context, u *core.User, plain string, nobody error) error {
	ok, err := d.dir.Verify(ctx, u, plain)
	switch {
	case err != nil:
		return err
	case u == nil:
		return nobody
	case !ok || !u.Active(d.dir.Now()):
		return errWrongPassword
	}
	return nil
}
