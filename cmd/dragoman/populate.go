package main

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"slices"

	"github.com/dragoman-gateway/dragoman/core"
)

// populate makes what has to be there before the first request: what the seed
// says or, without a seed, an administrator where there is nobody at all.
func (g *gateway) populate(ctx context.Context, std streams) error {
	if g.seed != nil {
		defer debug.FreeOSMemory() // hashing is the most memory an idle gateway ever takes
		return g.plant(ctx, g.seed)
	}
	realms := g.cmd.realms()
	err := g.services.directory.View(ctx, func(tx *core.Tx) error { return nobodyIn(tx, realms) })
	switch {
	case errors.Is(err, errSomebody):
		return nil
	case err != nil:
		return exitError{exitStore, fmt.Errorf("cannot read the store: %w", err)}
	}
	return g.populateFirst(ctx, realms, std)
}

// populateFirst makes an administrator and shows the secrets.
func (g *gateway) populateFirst(ctx context.Context, realms []core.Realm, std streams) error {
	defer debug.FreeOSMemory()
	admin := newFirst(g.services.directory, realms, baseURL(g.listeners[0].Addr()), redactDSN(g.services.dsn))
	admin.out = std.out
	seed, err := parseSeed("first administrator", []byte(admin.seed()))
	if err != nil {
		return err
	}
	seed.first = admin
	err = g.plant(ctx, seed)
	if errors.Is(err, errSomebody) {
		return admin.retract()
	}
	if err != nil {
		return err
	}
	return admin.invite()
}

// realms are those whose people some dialect shows without further ado.
func (c *serveCmd) realms() []core.Realm {
	realms := []core.Realm{core.MainRealm, core.Realm(c.EContext.Realm), core.Realm(c.OnApp.Realm)}
	slices.Sort(realms)
	return slices.Compact(realms)
}

// errSomebody says that the store is not empty.
var errSomebody = errors.New("somebody is there already")

// nobodyIn fails with errSomebody if there is anybody in one of the realms.
func nobodyIn(tx *core.Tx, realms []core.Realm) error {
	for _, realm := range realms {
		users, err := tx.Users(core.UserQuery{Realm: realm, Deleted: true, Limit: 1})
		if err != nil {
			return err
		}
		if len(users) > 0 {
			return errSomebody
		}
	}
	return nil
}
