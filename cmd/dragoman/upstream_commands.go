package main

import (
	"context"
	"fmt"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/gateway"
)

type vendorsCmd struct {
	Status upstreamStatusCmd `cmd:"" help:"Show how many users came from live vendors, and how many lack a password here."`
}

type upstreamStatusCmd struct {
	storeOption `embed:""`

	rows []*gateway.Row
}

// Run prints a line for each vendor and realm from which users came.
func (c *upstreamStatusCmd) Run(ctx context.Context, std streams) error {
	s, done, err := openServed(ctx, c.storeOption)
	if err != nil {
		return err
	}
	defer done()
	dir := core.New(core.Config{Store: s})
	lines := 0
	err = dir.View(ctx, func(tx *core.Tx) error {
		lines = 0
		realms, err := tx.Realms()
		if err != nil {
			return err
		}
		for _, r := range c.rows {
			for _, realm := range realms {
				n, err := printOrigins(tx, r.Name, realm, std)
				if lines += n; err != nil {
					return err
				}
			}
		}
		return nil
	})
	if err == nil && lines == 0 {
		_, _ = fmt.Fprintln(std.out, "no user came from a vendor that logins are proven at")
	}
	return err
}

// printOrigins prints how many users came from the vendor, if any, and returns the lines.
func printOrigins(tx *core.Tx, vendor string, realm core.Realm, std streams) (lines int, err error) {
	n, err := core.CountOrigins(tx, realm, vendor)
	if err != nil || n.Came == 0 {
		return 0, err
	}
	_, _ = fmt.Fprintf(std.out, "%s, realm %s: %d users came, %d were adopted at login, %d have no password here\n",
		vendor, realm, n.Came, n.Adopted, n.WithoutPassword)
	return 1, nil
}
