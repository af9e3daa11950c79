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
	File        string `arg:"" help:"File to create; it must not exist." type:"path"`
}

// Run copies the store as of one moment.
func (c *backupCmd) Run(ctx context.Context, std streams) error {
	if err := store.Backup(ctx, c.Store, c.File); err != nil {
		return exitError{storeExit(err), fmt.Errorf("cannot back up %s: %s", redactDSN(c.Store), redactError(err, c.Store))}
	}
	info, err := os.Stat(c.File)
	if err != nil {
		return err
	}
	if _, err = fmt.Fprintf(std.out, "%s: %d bytes\n", c.File, info.Size()); err != nil {
		return err
	}
	if _, err = fmt.Fprintf(std.out, "the key file %s is not in it; without it the copy cannot be opened: keep both, in different places\n", c.keyFile()); err != nil {
		return err
	}
	return sayUploads(std, c.Store)
}

type migrateCmd struct {
	Status migrateStatusCmd `cmd:"" help:"List the schema's migrations and when each was applied."`
	Up     migrateUpCmd     `cmd:"" help:"Apply the pending migrations, as serve does at start."`
}

type migrateStatusCmd struct {
	storeOption `embed:""`
}

// keyFile returns the path of the key file of the store.
func (o storeOption) keyFile() string {
	if file, err := store.KeyFile(o.Store); err == nil && o.SealKeyFile == "" {
		return file
	}
	return o.SealKeyFile
}

// Run lists the migrations.
func (c *migrateStatusCmd) Run(ctx context.Context, std streams) error {
	return c.list(std, func(m store.Migrations) ([]store.Migration, error) { return m.Status(ctx) })
}

type migrateUpCmd struct {
	storeOption  `embed:""`
	GiveUpSealed bool `help:"The key file is lost: go on with a new one. Keys work as before and are not shown again, signing keys and certificates are gone."`
}

// Run applies the pending migrations and lists them.
func (c *migrateUpCmd) Run(ctx context.Context, std streams) error {
	err := c.list(std, func(m store.Migrations) ([]store.Migration, error) { return m.Up(ctx) })
	if err != nil {
		return err
	}
	var with []store.Option
	if c.GiveUpSealed {
		with = append(with, store.GivingUpSealed())
	}
	s, err := openStore(ctx, c.Store, c.SealKeyFile, with...) // seals what is not sealed yet
	if err != nil {
		return err
	}
	return s.Close()
}

// list prints the migrations that get returns.
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
	return exitError{storeExit(err), fmt.Errorf("cannot migrate %s: %s", redactDSN(o.Store), redactError(err, o.Store))}
}
