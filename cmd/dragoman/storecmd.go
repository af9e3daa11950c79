package main

import (
	"context"
	"fmt"
	"os"
	"time"

	"github.com/dragoman-gateway/dragoman/store"
)

// backup copies the store as it is at one moment to a file that is not there yet.
func (o storeOption) backup(ctx context.Context, std streams, file string) error {
	if err := store.Backup(ctx, o.Store, file); err != nil {
		return exitError{storeExit(err), fmt.Errorf("cannot back up %s: %s", redactDSN(o.Store), redactError(err, o.Store))}
	}
	info, err := os.Stat(file)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(std.out, "%s: %d bytes\n", file, info.Size())
	return err
}

// migrationStatus lists the migrations.
func (o storeOption) migrationStatus(ctx context.Context, std streams) error {
	return o.list(std, func(m store.Migrations) ([]store.Migration, error) { return m.Status(ctx) })
}

// migrateUp applies the pending migrations and lists them.
func (o storeOption) migrateUp(ctx context.Context, std streams) error {
	return o.list(std, func(m store.Migrations) ([]store.Migration, error) { return m.Up(ctx) })
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
	return exitError{storeExit(err), fmt.Errorf("cannot migrate %s: %s", redactDSN(o.Store), redactError(err, o.Store))}
}
