package gateway

import (
	"context"
	"fmt"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/core/archive"
	"github.com/dragoman-gateway/dragoman/dialects"
)

// FirstAdministrator returns the seed that makes a the administrator of an empty store,
// in all [Gateway.Realms], and each dialect's access. last is the last step of the
// transaction, which its error undoes; it may run more than once.
func (g *Gateway) FirstAdministrator(a dialects.Administrator, last func() error) (*Seed, []dialects.FirstAccess) {
	f := &Seed{path: "initial administrator", empty: g.Realms(), last: last, sections: map[string]any{}}
	for _, realm := range f.empty {
		f.realms = append(f.realms, seedRealm{realm})
		f.users = append(f.users, seedUser{User: archive.User{Realm: realm, Username: a.Username, Email: a.Email}, password: a.Password})
	}
	var all []dialects.FirstAccess
	for _, r := range g.cfg.Rows {
		section, access := r.firstAccess(a)
		f.sections[r.Name] = section
		all = append(all, access)
	}
	return f, all
}

// RequireEmpty fails with [ErrNotEmpty] if a realm of [Gateway.Realms] has a user,
// deleted ones included.
func (g *Gateway) RequireEmpty(ctx context.Context) error {
	err := g.directory.View(ctx, func(tx *core.Tx) error { return ensureEmpty(tx, g.Realms()) })
	if err != nil && err != ErrNotEmpty {
		return &Error{BadStore, fmt.Errorf("cannot read the store: %w", err)}
	}
	return err
}

// HasAdministrator reports whether a user holds authority over others, or a dialect has
// accounts of its own, such as Syncano's.
func (g *Gateway) HasAdministrator(ctx context.Context) (has bool, err error) {
	err = g.directory.View(ctx, func(tx *core.Tx) error {
		has = false
		realms, err := tx.Realms()
		if err != nil {
			return err
		}
		for _, realm := range realms {
			if realm.Reserved() {
				users, err := tx.Users(core.UserQuery{Realm: realm, Limit: 1})
				if has = len(users) > 0; has || err != nil {
					return err
				}
				continue
			}
			if has, err = tx.AnyAuthority(realm); has || err != nil {
				return err
			}
		}
		return nil
	})
	return has, err
}

// ensureEmpty fails with ErrNotEmpty if one of the realms has a user, deleted ones
// included.
func ensureEmpty(tx *core.Tx, realms []core.Realm) error {
	for _, realm := range realms {
		users, err := tx.Users(core.UserQuery{Realm: realm, Deleted: true, Limit: 1})
		if err != nil {
			return err
		}
		if len(users) > 0 {
			return ErrNotEmpty
		}
	}
	return nil
}
