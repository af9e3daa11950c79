package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/core/archive"
	"github.com/dragoman-gateway/dragoman/dialects/gateway"
	"github.com/dragoman-gateway/dragoman/dialects/gateway/presence"
)

type moveCmd struct {
	storeOption   `embed:""`
	fileOptions   `embed:""`
	To            string `required:"" help:"Store to fill, which must be empty." placeholder:"DSN"`
	ToSealKeyFile string `help:"--seal-key-file of the store to fill." placeholder:"FILE" type:"path"`
	ToFiles       string `help:"--syncano-files of the store to fill." placeholder:"DIR" type:"path"`
}

// Run copies everything to another store and compares the two.
func (c *moveCmd) Run(ctx context.Context, std streams) error {
	from, done, err := openCopy(ctx, c.storeOption, presence.Move{What: "move", Source: redactDSN(c.To)})
	if err != nil {
		return err
	}
	defer done()
	s, err := openStore(ctx, c.To, c.ToSealKeyFile)
	if err != nil {
		return err
	}
	defer func() { _ = s.Close() }()
	to := core.New(core.Config{Store: s})
	if err := to.View(ctx, requireEmpty); err != nil {
		return exitError{exitFailed, fmt.Errorf("cannot move to %s: %w", redactDSN(c.To), err)}
	}
	n, err := moveAll(ctx, movable{from, c.files(c.Store, "")}, movable{to, c.files(c.To, c.ToFiles)})
	if err != nil {
		return exitError{exitFailed, fmt.Errorf("cannot move to %s: %s", redactDSN(c.To), redactError(orWithoutFiles(err), c.To))}
	}
	_, err = fmt.Fprintf(std.out, "moved %s; both stores have the same checksum\n", counted(n))
	return err
}

func requireEmpty(tx *core.Tx) error {
	realms, err := tx.Realms()
	if err == nil && len(realms) > 0 {
		return gateway.ErrNotEmpty
	}
	return err
}

// movable is a store with its files, which are nil if they are left out.
type movable struct {
	*core.Directory
	files archive.Files
}

func moveAll(ctx context.Context, from, to movable) (n archive.Counts, err error) {
	file, err := newOutput("-", io.Discard)
	if err != nil {
		return n, err
	}
	defer file.discard()
	if n, err = archive.Export(ctx, from.Directory, file.restart, archive.ExportOptions{Files: from.files}); err != nil {
		return n, err
	}
	if n.Files > 0 {
		if _, err := to.files.Room(core.MainRealm); err != nil {
			return n, fmt.Errorf("%d files: %w; --to-files says where, and --without-files leaves them out", n.Files, err)
		}
	}
	summary, err := archive.NewImporter(to.Directory, archive.ImportOptions{KeepNames: true, Files: to.files}).Run(ctx, func() (archive.Source, error) {
		in, err := os.Open(file.file.Name())
		if err != nil {
			return nil, err
		}
		return archive.NewReader(&closedAtEnd{file: in})
	})
	if err != nil {
		return n, err
	}
	if summary[archive.Refused] > 0 {
		return n, fmt.Errorf("%d rows were refused", summary[archive.Refused])
	}
	return n, compareStores(ctx, from, to)
}

// compareStores fails unless archives of the two have the same checksum.
func compareStores(ctx context.Context, a, b movable) error {
	var ends [2]string
	for i, from := range []movable{a, b} {
		last := new(lastLine)
		open := func() (io.Writer, error) { *last = lastLine{}; return last, nil }
		if _, err := archive.Export(ctx, from.Directory, open, archive.ExportOptions{Files: from.files}); err != nil {
			return err
		}
		ends[i] = last.text()
	}
	if ends[0] != ends[1] {
		return errors.New("the stores differ: one of them was changed meanwhile")
	}
	return nil
}

// lastLine keeps the end of what is written.
type lastLine struct{ tail []byte }

// endLength is more than the last line of an archive takes.
const endLength = 1024

func (l *lastLine) Write(p []byte) (int, error) {
	l.tail = append(l.tail, p...)
	if extra := len(l.tail) - endLength; extra > 0 {
		l.tail = append(l.tail[:0], l.tail[extra:]...)
	}
	return len(p), nil
}

func (l *lastLine) text() (last string) {
	for s := bufio.NewScanner(strings.NewReader(string(l.tail))); s.Scan(); {
		last = s.Text()
	}
	return last
}
