package main

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"runtime/debug"
	"slices"
	"strings"

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
	err := g.engine.directory.View(ctx, func(tx *core.Tx) error { return nobodyIn(tx, realms) })
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
	admin := newFirst(g.engine.directory, realms, baseURL(g.listeners[0].Addr()), withoutPassword(g.engine.dsn))
	seed, err := parseSeed("first administrator", []byte(admin.seed()))
	if err != nil {
		return err
	}
	seed.onlyFirst = realms
	err = g.plant(ctx, seed)
	if errors.Is(err, errSomebody) {
		return nil
	}
	if err != nil {
		return err
	}
	return admin.tell(std.out)
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

// plant adds what is not there: people first, since the dialects' sections name them.
func (g *gateway) plant(ctx context.Context, f *seedFile) error {
	if at, err := g.engine.plantUsers(ctx, f); errors.Is(err, errSomebody) {
		return err
	} else if err != nil {
		return f.failed(fmt.Sprintf("$.users[%d]", at), err)
	}
	for _, front := range g.fronts {
		if err := front.seed(ctx, f); err != nil {
			return f.failed("$."+front.Name(), err)
		}
	}
	return nil
}

// failed is a seed's fault if a rule was broken, the store's otherwise. A dialect
// names the entry it means, as in "syncano.instances[0].name: ...".
func (f *seedFile) failed(at string, err error) error {
	path, why, named := strings.Cut(err.Error(), ": ")
	if named = named && entry.MatchString(path); named {
		return exitError{exitSeed, f.wrong("$."+path, why)}
	}
	if core.AsError(err) == nil || core.KindOf(err) == core.Internal {
		return exitError{exitStore, fmt.Errorf("cannot write to the store: %w", err)}
	}
	return exitError{exitSeed, f.wrong(at, err.Error())}
}

// entry is the path of a value in a seed file.
var entry = regexp.MustCompile(`^[a-z]+(\[\d+\])?(\.[a-z_]+(\[\d+\])?)+$`)

// plantUsers adds all users whose names nobody has, or none. If it fails, at is
// the place of the one to blame.
func (e *engine) plantUsers(ctx context.Context, f *seedFile) (at int, err error) {
	users := f.Users
	hashes := make([]string, len(users))
	for i := range users {
		if hashes[i], err = e.hash(ctx, &users[i]); err != nil {
			return i, err
		}
	}
	err = e.directory.Update(ctx, func(tx *core.Tx) error {
		if err := nobodyIn(tx, f.onlyFirst); err != nil {
			return err
		}
		for i := range users {
			at = i
			if err := plantUser(tx, &users[i], hashes[i]); err != nil {
				return err
			}
		}
		return nil
	})
	return at, err
}

// hash encodes the user's password, unless the user is there and keeps its own.
func (e *engine) hash(ctx context.Context, s *seedUser) (encoded string, err error) {
	if s.Password == "" {
		return s.PasswordHash, nil
	}
	there := false
	err = e.directory.View(ctx, func(tx *core.Tx) error {
		there, err = has(tx, s)
		return err
	})
	if err != nil || there {
		return "", err
	}
	return e.directory.HashPassword(ctx, s.Password)
}

func plantUser(tx *core.Tx, s *seedUser, encoded string) error {
	if there, err := has(tx, s); err != nil || there {
		return err
	}
	return tx.AddUser(&core.User{
		Realm: s.Realm, Username: s.Username, Email: s.Email, Password: encoded, Enabled: true,
		Name: core.Name{Given: s.GivenName, Family: s.FamilyName},
	})
}

func has(tx *core.Tx, s *seedUser) (bool, error) {
	_, err := tx.User(core.ByUsername(s.Realm, s.Username))
	if errors.Is(err, core.ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}
