//go:build cgo

package sqlite

import (
	"context"
	"errors"
	"os"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/store/internal/seal"
	"github.com/dragoman-gateway/dragoman/store/internal/sqldb"
)

// imageCache bounds the memory for objects of a store opened from an image: there may
// be many, and each is small.
const imageCache = 4 << 20

// OpenImage opens a new store in memory that begins with the content of another that it
// has opened, as Image of that returned it; empty without one. Such stores are never
// kept, so nothing in them is sealed.
func OpenImage(ctx context.Context, image []byte, with ...sqldb.Option) (core.Store, error) {
	o, err := parse(memory)
	if err != nil {
		return nil, err
	}
	if err := o.place(); err != nil {
		return nil, err
	}
	if len(image) > 0 {
		if err := os.WriteFile(o.path, image, 0o600); err != nil {
			return nil, errors.Join(err, os.RemoveAll(o.temporary))
		}
	}
	o.cache = imageCache
	set := sqldb.NewOptions(with)
	set.Keys = seal.Source{Plain: true}
	e := &engine{options: o, image: new(restingConns), maxPages: set.MaxBytes / pageSize}
	if len(image) > 0 {
		return openMigrated(ctx, e, set) // the store that made the image has migrated it
	}
	return openOwned(ctx, e, set)
}

// openOwned opens the store of a file that this process owns.
func openOwned(ctx context.Context, e *engine, set sqldb.Options) (core.Store, error) {
	if err := e.migrate(ctx, set); err != nil {
		return nil, errors.Join(e.named(err), e.Close())
	}
	return openMigrated(ctx, e, set)
}

func openMigrated(ctx context.Context, e *engine, set sqldb.Options) (core.Store, error) {
	s, err := sqldb.New(ctx, e, set)
	if err != nil {
		return nil, e.named(err)
	}
	return s, nil
}

// Rest closes the connections that are not in use. They are opened again when they are
// needed.
func (e *engine) Rest() error {
	if e.image == nil {
		return nil
	}
	_, err := e.image.rest()
	return err
}

// Image returns the file as it is at one moment, with all commits up to now.
func (e *engine) Image() (image []byte, err error) {
	c, err := connect(e.uri("rw"))
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, c.Close()) }()
	if image, err = e.wholeFile(c); image != nil || err != nil {
		return image, err
	}
	if err := c.Exec(mapped); err != nil {
		return nil, err
	}
	return c.raw.Serialize("main")
}

// wholeFile returns the file as the system has it, which takes a third of the time that
// SQLite needs to copy it page by page. It returns nil if a part of the content is in the
// log, and stays there because of a view or an update that is in progress.
func (e *engine) wholeFile(c *conn) (image []byte, err error) {
	if err := c.Exec("pragma busy_timeout = 0"); err != nil {
		return nil, err
	}
	before, err := c.dataVersion()
	if err != nil {
		return nil, err
	}
	if left, _, err := c.checkpoint("passive"); err != nil || left {
		return nil, err
	}
	if c.BeginWrite() != nil { // an update is in progress
		return nil, nil
	}
	defer func() { err = errors.Join(err, c.Rollback()) }()
	after, err := c.dataVersion()
	if err != nil || after != before {
		return nil, err
	}
	return os.ReadFile(e.path)
}

// dataVersion is a number that differs once another connection has committed.
func (c *conn) dataVersion() (version int64, err error) {
	err = c.Query("pragma data_version", nil, func(r sqldb.Row) error {
		version = r.Int(0)
		return nil
	})
	return version, err
}
