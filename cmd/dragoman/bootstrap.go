package main

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"slices"

	"github.com/dragoman-gateway/dragoman/core"
)

// bootstrap creates what must exist before the first request: the seed's entries
// or, without a seed, an administrator in an empty store.
func (g *gateway) bootstrap(ctx context.Context, std streams) error {
	if g.seed != nil {
		defer debug.FreeOSMemory() // hashing takes the most memory of an idle gateway
		return g.applySeed(ctx, g.seed)
	}
	realms := g.cmd.realms()
	err := g.services.directory.View(ctx, func(tx *core.Tx) error { return ensureEmpty(tx, realms) })
	switch {
	case errors.Is(err, errNotEmpty):
		return nil
	case err != nil:
		return exitError{exitStore, fmt.Errorf("cannot read the store: %w", err)}
	}
	return g.createInitialAdmin(ctx, realms, std)
}

// provisionExisting gives users what dialects need that did not exist when the
// users were created. It can be interrupted and continues at the next start.
func (g *gateway) provisionExisting(ctx context.Context) error {
	err := g.services.directory.ProvisionExisting(ctx)
	if err != nil && ctx.Err() == nil {
		return exitError{exitStore, fmt.Errorf("cannot provision existing users: %w", err)}
	}
	return nil
}

// createInitialAdmin adds an administrator and prints its secrets.
func (g *gateway) createInitialAdmin(ctx context.Context, realms []core.Realm, std streams) error {
	defer debug.FreeOSMemory()
	admin := newInitialAdmin(g.services.directory, realms, baseURL(g.scheme(), g.listeners[0].Addr()), redactDSN(g.services.dsn))
	admin.ca = g.localCA
	var err error
	if admin.out, err = g.cmd.secretsOutput(std); err != nil {
		return err
	}
	err = g.applySeed(ctx, admin.seed(g.cmd.rows))
	if errors.Is(err, errNotEmpty) {
		return admin.printRevoked()
	}
	if err != nil {
		return err
	}
	return admin.printExamples()
}

// realms returns the realms whose users some dialect shows without a seed.
func (c *serveCmd) realms() []core.Realm {
	realms := []core.Realm{core.MainRealm}
	for _, r := range c.rows {
		realms = append(realms, r.realm())
	}
	slices.Sort(realms)
	return slices.Compact(realms)
}

var errNotEmpty = errors.New("store is not empty")

// ensureEmpty fails with errNotEmpty if one of the realms has a user, deleted ones
// included.
func ensureEmpty(tx *core.Tx, realms []core.Realm) error {
	for _, realm := range realms {
		users, err := tx.Users(core.UserQuery{Realm: realm, Deleted: true, Limit: 1})
		if err != nil {
			return err
		}
		if len(users) > 0 {
			return errNotEmpty
		}
	}
	return nil
}
