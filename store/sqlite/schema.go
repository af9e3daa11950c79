//go:build cgo

package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"

	"github.com/pressly/goose/v3"

	"github.com/dragoman-gateway/dragoman/store/internal/sqldb"
)

// schema is the schema of a file that may not exist yet.
type schema struct{ options }

func (s schema) goose(mode string) sqldb.Goose {
	return sqldb.Goose{
		Dialect: goose.DialectSQLite3,
		Folder:  "sqlite",
		Open:    func() (*sql.DB, error) { return sql.Open("sqlite3", s.uri(mode)) },
	}
}

// Status lists the migrations. Without a file, all are pending.
func (s schema) Status(ctx context.Context) ([]sqldb.Migration, error) {
	if _, err := os.Stat(s.path); err != nil {
		empty := schema{options{path: memory, sync: "OFF"}}
		return empty.goose("memory").Status(ctx)
	}
	list, err := s.goose("rw").Status(ctx)
	return list, s.named(err)
}

// Up migrates the file, and creates it if needed. No other process may have it open.
func (s schema) Up(ctx context.Context) (_ []sqldb.Migration, err error) {
	f, err := s.claim()
	if err != nil {
		return nil, s.named(err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	list, err := s.goose("rwc").Up(ctx)
	return list, s.named(err)
}

func (s schema) named(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("sqlite: %s: %w", s.path, openError(err))
}

// migrate migrates a file that this process owns. Most are up to date, for which the
// migrations need not start.
func (e *engine) migrate(ctx context.Context, set sqldb.Options) error {
	g := schema{e.options}.goose("rwc")
	version, err := e.version(set)
	if err != nil || version == g.Latest() {
		return err
	}
	_, err = g.Up(ctx)
	return err
}

// version is the file's schema version, 0 if it has none. It fails for the wrong keys,
// before anything is changed.
func (e *engine) version(set sqldb.Options) (version int64, err error) {
	c, err := e.create()
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, c.Close()) }()
	made := false
	err = c.Query("select 1 from sqlite_master where name = ?", []any{goose.DefaultTablename}, func(sqldb.Row) error {
		made = true
		return nil
	})
	if err != nil || !made {
		return 0, err
	}
	err = c.Query("select max(version_id) from "+goose.DefaultTablename, nil, func(r sqldb.Row) error {
		version = r.Int(0)
		return nil
	})
	if err == nil {
		err = schema{e.options}.goose("rw").CheckKeys(c, version, set.Keys)
	}
	return version, err
}
