//go:build cgo

// Package sqlite opens stores that are one SQLite file.
package sqlite

import (
	"context"
	"fmt"

	"github.com/mattn/go-sqlite3"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/store/internal/seal"
	"github.com/dragoman-gateway/dragoman/store/internal/sqldb"
)

// Open opens the store at PATH. It creates or migrates it if needed. The DSN is the
// part after "sqlite:".
//
//	PATH              a file, or a link to one; FILE.lock beside it keeps out other
//	                  processes. Only their owner can read and write them. A file
//	                  of several names (hard links) is refused.
//	:memory:          a new, empty store, gone when closed
//
// Parameters follow a question mark:
//
//	sync=normal       commits survive the loss of the process, but the last few
//	                  may not survive a power failure; sync=full is the default
//	cache=64MiB       how much memory objects may take; 0 keeps none
//
// Its secrets are sealed with the keys in PATH.key, which is made if nothing is sealed,
// unless [sqldb.Options] name another file.
func Open(ctx context.Context, dsn string, with ...sqldb.Option) (core.Store, error) {
	e, err := take(dsn)
	if err != nil {
		return nil, err
	}
	set := sqldb.NewOptions(with)
	if giveUp := set.Keys.GiveUp; set.Keys == (seal.Source{GiveUp: giveUp}) {
		set.Keys = e.keys()
		set.Keys.GiveUp = giveUp
	}
	return openOwned(ctx, e, set)
}

// EngineVersion returns the version of SQLite.
func EngineVersion() string {
	version, _, _ := sqlite3.Version()
	return version
}

// Migrations returns the state of a store's schema, without opening or creating it.
func Migrations(dsn string) (sqldb.Migrations, error) {
	o, err := parse(dsn)
	if err != nil {
		return nil, err
	}
	return schema{o}, nil
}

// take makes this process the owner of the DSN's store.
func take(dsn string) (*engine, error) {
	o, err := parse(dsn)
	if err != nil {
		return nil, err
	}
	if err := o.place(); err != nil {
		return nil, err
	}
	f, err := o.claim()
	if err != nil {
		return nil, fmt.Errorf("sqlite: %s: %w", o.path, err)
	}
	return &engine{options: o, lock: f}, nil
}

// keys is the key file that no option names. A store in memory has a key of its own.
func (o *options) keys() seal.Source {
	return seal.Source{File: o.path + keySuffix, Make: o.temporary == "", Temporary: o.temporary != ""}
}

// keySuffix ends the name of the key file beside a store.
const keySuffix = ".key"

// KeyFile returns the path of the key file that a store has unless another is named;
// "" for a store in memory.
func KeyFile(dsn string) (string, error) {
	o, err := parse(dsn)
	if err != nil || o.path == memory {
		return "", err
	}
	return o.keys().File, nil
}

func (e *engine) named(err error) error {
	return fmt.Errorf("sqlite: %s: %w", e.path, openError(err))
}
