package syncano

import (
	"context"
	"errors"

	"github.com/dragoman-gateway/dragoman/core"
)

// findByName finds a user; an unknown one is nil without an error.
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

// verifyPassword takes equal time for unknown and for disabled users. A nil user
// fails with notFound.
func (d *Dialect) verifyPassword(ctx context.Context, u *core.User, plain string, notFound error) error {
	ok, err := d.dir.Verify(ctx, u, plain)
	switch {
	case err != nil:
		return err
	case u == nil:
		return notFound
	case !ok || !u.Active(d.dir.Now()):
		return errWrongPassword
	}
	return nil
}
