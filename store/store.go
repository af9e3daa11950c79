// Package store opens, backs up and migrates stores.
//
// A store is named by a DSN:
//
//	sqlite:PATH       one file, one process; see [sqlite.Open] for parameters
//	sqlite::memory:   a new, empty store, gone when closed
//	postgres://...    a PostgreSQL database, for any number of processes; see
//	                  [postgres.Open]. postgresql:// is the same
package store

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/store/internal/seal"
	"github.com/dragoman-gateway/dragoman/store/internal/sqldb"
	"github.com/dragoman-gateway/dragoman/store/postgres"
	"github.com/dragoman-gateway/dragoman/store/sqlite"
)

// Reasons why a store cannot be opened, to be tested by errors.Is.
var (
	// ErrNewer says that a newer version of the program created or migrated the store.
	ErrNewer = sqldb.ErrNewer
	// ErrSameName says that a migration would give users the same name. It has changed
	// nothing; its text has the users.
	ErrSameName = sqldb.ErrSameName
	// ErrInUse says that another process has the store open.
	ErrInUse = sqldb.ErrInUse
	// ErrNotWritable says that the store cannot be written to.
	ErrNotWritable = sqldb.ErrNotWritable
	// ErrKey says that the key file of a store is missing, cannot be read or does not
	// hold the keys that the store is sealed with. Nothing was changed.
	ErrKey = seal.ErrKey
	// ErrNotAStore says that the file or database is not a store.
	ErrNotAStore = sqldb.ErrNotAStore
)

// IsUnwritable reports whether a failed change says that the store takes none at
// present: its disk is full or read-only.
func IsUnwritable(err error) bool { return sqlite.IsUnwritable(err) || postgres.IsUnwritable(err) }

// Open opens the store that the DSN names. It creates it or migrates its schema if
// needed.
func Open(ctx context.Context, dsn string, with ...Option) (core.Store, error) {
	switch scheme, rest := split(dsn); scheme {
	case "sqlite":
		return sqlite.Open(ctx, rest, with...)
	case "postgres", "postgresql":
		return postgres.Open(ctx, dsn, with...)
	}
	return nil, unknown(dsn)
}

// Option is a setting of a store that is opened.
type Option = sqldb.Option

// SealedBy names the file with the keys that seal the store's secrets; "" is the
// default: for SQLite the file beside the store, which is made for a new one, and for
// PostgreSQL none, so that secrets are kept in plain text. The file has a key of 64
// hexadecimal digits on each line: the first seals, all of them open.
func SealedBy(file string) Option {
	return func(o *sqldb.Options) {
		if file != "" {
			o.Keys.File, o.Keys.Temporary = file, false
		}
	}
}

// CopyOf says that the store is a temporary copy of the one that the DSN names, with
// the keys of that one.
func CopyOf(dsn string) Option {
	return func(o *sqldb.Options) {
		if file, err := KeyFile(dsn); err == nil && file != "" {
			o.Keys.File, o.Keys.Temporary = file, true
		}
	}
}

// GivingUpSealed gives up what was sealed with keys that are lost. Users, and records
// found by a secret key, are found by it as before, but it is not shown again; records
// with a secret body go, and groups lose theirs.
func GivingUpSealed() Option { return func(o *sqldb.Options) { o.Keys.GiveUp = true } }

// WithSecrets declares kinds of record and group that are secret. The store remembers
// them: once a kind is secret, it stays so.
func WithSecrets(kinds ...core.SecretKind) Option {
	return func(o *sqldb.Options) { o.Secrets = append(o.Secrets, kinds...) }
}

// Notifying has fn called when the server of a PostgreSQL store cannot be reached any
// more, with the reason, and when it can again, with nil: once each, in order. fn must
// return soon and not use the store.
func Notifying(fn func(lost error)) Option { return func(o *sqldb.Options) { o.Notify = fn } }

// KeyFile returns the path of the default key file of a store, "" if it has none.
func KeyFile(dsn string) (string, error) {
	if scheme, rest := split(dsn); scheme == "sqlite" {
		return sqlite.KeyFile(rest)
	}
	return "", nil
}

// Backup writes one consistent state of a store to a new file. Other processes may use
// the store meanwhile.
func Backup(ctx context.Context, dsn, file string) error {
	switch scheme, rest := split(dsn); scheme {
	case "sqlite":
		return sqlite.Backup(ctx, rest, file)
	case "postgres", "postgresql":
		return errors.New("store: backup is not supported for PostgreSQL; use pg_dump")
	}
	return unknown(dsn)
}

// Restore makes the store of a backup: a copy that check accepts, given its path. No
// process may have the store open. One that is there is an error unless replace is set:
// it is then kept, with ".replaced" behind its name.
func Restore(dsn, file string, replace bool, check func(copied string) error) error {
	if scheme, rest := split(dsn); scheme == "sqlite" {
		return sqlite.Restore(rest, file, replace, check)
	}
	return errors.New("store: only a SQLite store can be restored")
}

// SQLiteVersion returns the version of SQLite that is built in.
func SQLiteVersion() string { return sqlite.EngineVersion() }

// Files returns the paths of the files of this machine that hold a store; none for
// one in memory or in PostgreSQL.
func Files(dsn string) ([]string, error) {
	if scheme, rest := split(dsn); scheme == "sqlite" {
		return sqlite.Files(rest)
	}
	return nil, nil
}

// Check reads a whole open store and returns a line for each thing in it that
// contradicts another, which only a broken disk or another program leaves behind.
func Check(ctx context.Context, s core.Store) (problems []string, err error) {
	c, ok := s.(interface {
		Check(context.Context) ([]string, error)
	})
	if !ok {
		return nil, errors.New("store: this kind of store cannot be checked")
	}
	return c.Check(ctx)
}

// Stats describes the load of a store. A store may have the method Stats() Stats.
type Stats = sqldb.Stats

// Durations is a histogram of Stats.
type Durations = sqldb.Durations

// Migrations shows and changes the version of a store's schema.
type Migrations = sqldb.Migrations

// Migration is one step of a store's schema.
type Migration = sqldb.Migration

// MigrationsOf returns the migrations of a store, without opening it.
func MigrationsOf(dsn string) (Migrations, error) {
	switch scheme, rest := split(dsn); scheme {
	case "sqlite":
		return sqlite.Migrations(rest)
	case "postgres", "postgresql":
		return postgres.Migrations(dsn)
	}
	return nil, unknown(dsn)
}

func split(dsn string) (scheme, rest string) {
	scheme, rest, _ = strings.Cut(dsn, ":")
	return scheme, rest
}

// unknown does not repeat the DSN: it may hold a password.
func unknown(dsn string) error {
	scheme, _ := split(dsn)
	return fmt.Errorf("store: unknown kind of store %q; known are sqlite and postgres", scheme)
}
