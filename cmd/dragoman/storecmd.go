package main

import (
	"context"
	"fmt"
	"os"
	"time"

	"github.com/dragoman-gateway/dragoman/store"
)

type backupCmd struct {
	storeOption `embed:""`
	File        string `arg:"" help:"The file to make; it must not be there." type:"path"`
}

// Run copies the store as it is at one moment.
func (c *backupCmd) Run(ctx context.Context, std streams) error {
	if err := store.Backup(ctx, c.Store, c.File); err != nil {
		return exitError{storeExit(err), fmt.Errorf("cannot back up %s: %s", withoutPassword(c.Store), scrub(err, c.Store))}
	}
	info, err := os.Stat(c.File)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(std.out, "%s: %d bytes\n", c.File, info.Size())
	return err
}

type migrateCmd struct {
	Status migrateStatusCmd `cmd:"" help:"List the steps of the schema and when each was applied."`
	Up     migrateUpCmd     `cmd:"" help:"Apply the steps that are pending, as serve does when it starts."`
}

type migrateStatusCmd struct {
	storeOption `embed:""`
}

// Run lists the migrations.
func (c *migrateStatusCmd) Run(ctx context.Context, std streams) error {
	return c.list(std, func(m store.Migrations) ([]store.Migration, error) { return m.Status(ctx) })
}

type migrateUpCmd struct {
	storeOption `embed:""`
}

// Run applies the pending migrations and lists them.
func (c *migrateUpCmd) Run(ctx context.Context, std streams) error {
	return c.list(std, func(m store.Migrations) ([]store.Migration, error) { return m.Up(ctx) })
}

// list prints what get returns, or says that there is nothing.
func (o storeOption) list(std streams, get func(store.Migrations) ([]store.Migration, error)) error {
	migrations, err := store.MigrationsOf(o.Store)
	if err != nil {
		return o.failed(err)
	}
	list, err := get(migrations)
	if err != nil {
		return o.failed(err)
	}
	for _, m := range list {
		applied := "pending"
		if !m.Applied.IsZero() {
			applied = m.Applied.UTC().Format(time.RFC3339)
		}
		if _, err := fmt.Fprintf(std.out, "%5d  %-20s  %s\n", m.Version, applied, m.Name); err != nil {
			return err
		}
	}
	if len(list) == 0 {
		_, err = fmt.Fprintln(std.out, "nothing to do")
	}
	return err
}

func (o storeOption) failed(err error) error {
	return exitError{storeExit(err), fmt.Errorf("cannot migrate %s: %s", withoutPassword(o.Store), scrub(err, o.Store))}
}
