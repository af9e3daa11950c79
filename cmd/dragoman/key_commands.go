package main

import (
	"context"
	"fmt"
	"time"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/scim"
)

type keyCmd struct {
	Create keyCreateCmd `cmd:"" help:"Make a key and print it, once."`
	List   keyListCmd   `cmd:"" help:"List keys without their secrets."`
	Revoke keyRevokeCmd `cmd:"" help:"Make a key useless at once."`
}

type keyCreateCmd struct {
	SCIM keyCreateSCIMCmd `cmd:"" name:"scim" help:"Make a bearer token of an identity provider."`
}

type keyListCmd struct {
	SCIM keyListSCIMCmd `cmd:"" name:"scim" help:"List the bearer tokens of identity providers."`
}

type keyRevokeCmd struct {
	SCIM keyRevokeSCIMCmd `cmd:"" name:"scim" help:"Revoke bearer tokens of an identity provider."`
}

type keyCreateSCIMCmd struct {
	storeOption `embed:""`
	Name        string     `arg:"" help:"Name of the connection. Tokens of one name are one connection, so a new one can replace an old one."`
	Realm       core.Realm `default:"main" help:"Realm whose users the token shows."`
	Write       bool       `help:"Let it change users and groups."`
	Groups      string     `default:"own" enum:"own,all" help:"own: show SCIM's groups; all: show those of the other dialects too, which it cannot change."`
}

type keyListSCIMCmd struct {
	storeOption `embed:""`
}

type keyRevokeSCIMCmd struct {
	storeOption `embed:""`
	ID          string `arg:"" help:"Id of the token, as listed."`
}

// Run makes a token.
func (c *keyCreateSCIMCmd) Run(ctx context.Context, std streams) error {
	if c.Name == "" || c.Realm == "" || c.Realm.Reserved() {
		return exitError{exitUsage, fmt.Errorf("a token needs a name, and a realm without a colon")}
	}
	var text string
	err := c.update(ctx, func(dir *core.Directory, tx *core.Tx) error {
		text = scim.NewToken(dir)
		return scim.AddToken(tx, scim.Token{Name: c.Name, Realm: c.Realm, Write: c.Write, AllGroups: c.Groups == scim.AllGroups, Digest: scim.Digest(text)})
	})
	if err == nil {
		_, err = fmt.Fprintln(std.out, text)
	}
	return err
}

// Run lists the tokens.
func (c *keyListSCIMCmd) Run(ctx context.Context, std streams) error {
	var tokens []scim.Token
	err := c.update(ctx, func(_ *core.Directory, tx *core.Tx) (err error) {
		tokens, err = scim.Tokens(tx)
		return err
	})
	for _, t := range tokens {
		right := "read"
		if t.Write {
			right = "write"
		}
		if t.AllGroups {
			right += ",all groups"
		}
		if err == nil {
			_, err = fmt.Fprintf(std.out, "%s  %s  %-5s  %s  %s\n", t.ID(), t.CreatedAt.Format(time.RFC3339), right, t.Realm, t.Name)
		}
	}
	return err
}

// Run revokes a token.
func (c *keyRevokeSCIMCmd) Run(ctx context.Context, std streams) error {
	var revoked scim.Token
	err := c.update(ctx, func(_ *core.Directory, tx *core.Tx) (err error) {
		revoked, err = scim.RevokeToken(tx, c.ID)
		return err
	})
	if core.KindOf(err) == core.NotFound {
		return fmt.Errorf("the token %s does not exist", c.ID)
	}
	if err == nil {
		_, err = fmt.Fprintf(std.out, "%s: revoked\n", revoked.Name)
	}
	return err
}

// update runs fn on the store in one transaction of the operator.
func (o storeOption) update(ctx context.Context, fn func(*core.Directory, *core.Tx) error) error {
	store, err := openStore(ctx, o.Store, o.SealKeyFile)
	if err != nil {
		return err
	}
	defer store.Close()
	dir := core.New(core.Config{Store: store})
	err = dir.Update(ctx, core.Operator(), func(tx *core.Tx) error { return fn(dir, tx) })
	if err != nil && (core.AsError(err) == nil || core.KindOf(err) == core.Internal || core.KindOf(err) == core.Busy) {
		return exitError{exitStore, fmt.Errorf("cannot write to the store: %w", err)}
	}
	return err
}
