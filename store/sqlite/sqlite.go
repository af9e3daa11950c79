// Package sqlite opens stores that are one SQLite file.
package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"runtime"

	"github.com/mattn/go-sqlite3"
	"github.com/pressly/goose/v3"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/store/internal/sqldb"
)

// Open opens the store at PATH, making or migrating it if need be. The DSN is
// what follows "sqlite:".
//
//	PATH?sync=normal  commits survive the loss of the process, but the last few
//	                  may not survive a power failure; full is the default
//	:memory:          a new, empty store, gone when closed
func Open(ctx context.Context, dsn string) (core.Store, error) {
	e, err := newEngine(dsn)
	if err != nil {
		return nil, err
	}
	if _, err := e.Migrations().Up(ctx); err != nil {
		return nil, fmt.Errorf("sqlite: %s: %w", e.path, errors.Join(err, e.Close()))
	}
	return sqldb.New(ctx, e)
}

// engine is one SQLite file.
type engine struct{ options }

func newEngine(dsn string) (*engine, error) {
	o, err := parse(dsn)
	if err != nil {
		return nil, err
	}
	if err := o.place(); err != nil {
		return nil, err
	}
	return &engine{o}, nil
}

// mapped is how much of the file is read through memory: all of most stores.
const mapped = "pragma mmap_size = 1073741824"

// Connect opens a connection.
func (e *engine) Connect(_ context.Context, write bool) (sqldb.Conn, error) {
	raw, err := (&sqlite3.SQLiteDriver{}).Open(e.uri(write))
	if err != nil {
		return nil, err
	}
	c := &conn{raw: raw.(*sqlite3.SQLiteConn), statements: map[string]*statement{}}
	pragmas := []string{mapped, "pragma cache_size = -16384"}
	if !write {
		pragmas = append(pragmas, "pragma query_only = on")
	}
	for _, p := range pragmas {
		if err := c.Exec(p); err != nil {
			return nil, errors.Join(err, c.Close())
		}
	}
	return c, nil
}

// Migrations returns the file's schema.
func (e *engine) Migrations() sqldb.Migrations {
	return sqldb.Goose{
		Dialect: goose.DialectSQLite3,
		Folder:  "sqlite",
		Open:    func() (*sql.DB, error) { return sql.Open("sqlite3", e.uri(true)) },
	}
}

// Readers is one for each core: more only take turns, and each has its own memory.
func (e *engine) Readers() int { return max(2, runtime.GOMAXPROCS(0)) }

// Find is SQLite's name of the function.
func (e *engine) Find() string { return "instr" }

// Cause tells what a failure means.
func (e *engine) Cause(err error) sqldb.Cause {
	var se sqlite3.Error
	if !errors.As(err, &se) {
		return sqldb.CauseOther
	}
	switch {
	case se.ExtendedCode == sqlite3.ErrConstraintUnique || se.ExtendedCode == sqlite3.ErrConstraintPrimaryKey:
		return sqldb.CauseUnique
	case se.Code == sqlite3.ErrBusy || se.Code == sqlite3.ErrLocked:
		return sqldb.CauseConflict
	}
	return sqldb.CauseOther
}

// Close removes a temporary store.
func (e *engine) Close() error {
	if e.temporary == "" {
		return nil
	}
	return os.RemoveAll(e.temporary)
}
