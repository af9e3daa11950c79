package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/alecthomas/kong"

	"github.com/dragoman-gateway/dragoman/cmd/dragoman/internal/operator"
	"github.com/dragoman-gateway/dragoman/dialects/gateway"
	"github.com/dragoman-gateway/dragoman/store"
)

type restoreCmd struct {
	storeOption `embed:""`
	File        string       `arg:"" help:"Backup to restore." type:"existingfile"`
	Replace     bool         `help:"Replace the store that is there. It is kept with .replaced behind its name."`
	Dialects    kong.Plugins `embed:""`

	rows []*gateway.Row
}

// Run copies the backup beside the store, checks the copy, and moves it to its place.
func (c *restoreCmd) Run(ctx context.Context, std streams) error {
	path, isFile := strings.CutPrefix(c.Store, "sqlite:")
	if !isFile || path == ":memory:" {
		return exitError{exitUsage, errors.New("only a SQLite store can be restored; use pg_restore for PostgreSQL")}
	}
	check := func(copied string) error { return c.check(ctx, copied, std) }
	if err := store.Restore(c.Store, c.File, c.Replace, check); err != nil {
		var coded exitError
		if errors.As(err, &coded) {
			return coded
		}
		return exitError{storeExit(err), fmt.Errorf("cannot restore %s: %w", redactDSN(c.Store), err)}
	}
	if _, err := fmt.Fprintf(std.out, "restored %s\n", redactDSN(c.Store)); err != nil {
		return err
	}
	return sayUploads(std, c.Store)
}

// check fails if the copy cannot be opened, or has a problem.
func (c *restoreCmd) check(ctx context.Context, file string, std streams) error {
	g, err := openGateway(ctx, gateway.Config{DSN: "sqlite:" + file, SealKeyFile: c.keyFile(), Rows: c.rows})
	if err != nil {
		return err
	}
	reply := operator.Perform(ctx, operatorStore(g), new(operator.Check))
	err = g.Close()
	for _, line := range reply.Lines {
		if _, printErr := fmt.Fprintln(std.out, line); printErr != nil {
			return printErr
		}
	}
	if reply.Class != "" {
		return exitError{exitFailed, fmt.Errorf("cannot restore %s: %s", c.File, reply.Error)}
	}
	return err
}

// sayUploads says where the uploads are, which no backup holds.
func sayUploads(std streams, dsn string) error {
	files, err := store.Files(dsn)
	if err != nil || len(files) == 0 {
		return err
	}
	if uploads, err := os.ReadDir(files[0] + "-files"); err != nil || len(uploads) == 0 {
		return nil
	}
	_, err = fmt.Fprintf(std.out, "the files that clients uploaded are not in a backup: copy the folder %s-files too\n", files[0])
	return err
}
