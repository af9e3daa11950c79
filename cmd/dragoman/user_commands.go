package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/alecthomas/kong"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/core/passwd"
)

type userCmd struct {
	Unlock userUnlockCmd `cmd:"" help:"Let a user in again who was locked out by wrong passwords."`
}

type adminCmd struct {
	Grant adminGrantCmd `cmd:"" help:"Give a user all rights in a dialect."`
}

// userOptions name a user, and have the dialects' settings that serve has too.
type userOptions struct {
	storeOption `embed:""`
	Realm       core.Realm   `default:"main" help:"Realm of the user."`
	Dialects    kong.Plugins `embed:""`

	rows []*dialectRow
}

type userUnlockCmd struct {
	userOptions `embed:""`
	Name        string `arg:"" help:"User name or e-mail address."`
}

type adminGrantCmd struct {
	userOptions `embed:""`
	Name        string `arg:"" help:"User name or e-mail address."`
	Dialect     string `arg:"" help:"onapp: the role of administrator; econtext: calls to the API."`
}

// unlocker is a dialect that locks users.
type unlocker interface {
	// Unlock takes away the user's lock and reports whether there was one.
	Unlock(tx *core.Tx, u *core.User) (wasLocked bool, err error)
}

// granter is a dialect in which a user can be given all rights.
type granter interface {
	GrantAll(tx *core.Tx, u *core.User) error
}

// Run unlocks the user in every dialect.
func (c *userUnlockCmd) Run(ctx context.Context, std streams) error {
	wasLocked := false
	err := c.change(ctx, c.Name, func(tx *core.Tx, u *core.User, all []mountedDialect) error {
		wasLocked = false
		for _, d := range all {
			if l, ok := d.Dialect.(unlocker); ok {
				locked, err := l.Unlock(tx, u)
				if err != nil {
					return err
				}
				wasLocked = wasLocked || locked
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	text := "was not locked"
	if wasLocked {
		text = "unlocked"
	}
	_, err = fmt.Fprintf(std.out, "%s: %s\n", c.Name, text)
	return err
}

// Run gives the user the rights.
func (c *adminGrantCmd) Run(ctx context.Context, std streams) error {
	err := c.change(ctx, c.Name, func(tx *core.Tx, u *core.User, all []mountedDialect) error {
		var names []string
		for _, d := range all {
			g, ok := d.Dialect.(granter)
			if ok && d.Name() == c.Dialect {
				return g.GrantAll(tx, u)
			}
			if ok {
				names = append(names, d.Name())
			}
		}
		return exitError{exitUsage, fmt.Errorf("no rights to give in %q: use one of %s", c.Dialect, strings.Join(names, ", "))}
	})
	if err == nil {
		_, err = fmt.Fprintf(std.out, "%s: has all rights in %s\n", c.Name, c.Dialect)
	}
	return err
}

// change runs fn on the user of that name in one transaction.
func (o *userOptions) change(ctx context.Context, name string, fn func(*core.Tx, *core.User, []mountedDialect) error) error {
	store, err := openStore(ctx, o.Store)
	if err != nil {
		return err
	}
	defer store.Close()
	s := &services{dsn: o.Store, store: &watchedStore{Store: store}}
	s.directory = core.New(core.Config{Store: store, Hash: passwd.DefaultParams()})
	all, err := openRows(o.rows, s)
	if err != nil {
		return err
	}
	register(s.directory, all)
	err = s.directory.Update(ctx, core.Operator(), func(tx *core.Tx) error {
		u, _, err := tx.ByLogin(o.Realm, name, false)
		if err != nil {
			return err
		}
		return fn(tx, u, all)
	})
	var coded exitError
	switch {
	case err == nil || errors.As(err, &coded):
		return err
	case core.KindOf(err) == core.Internal || core.KindOf(err) == core.Busy:
		return exitError{exitStore, fmt.Errorf("cannot write to the store: %w", err)}
	}
	return fmt.Errorf("%s: %w", name, err)
}
