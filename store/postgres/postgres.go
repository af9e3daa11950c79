// Package postgres opens stores that are a PostgreSQL database.
//
// It needs little: the extended query protocol with several statements
// between two Syncs, tables with unique indexes, foreign keys that delete, SELECT
// FOR UPDATE, savepoints, and the isolation levels READ COMMITTED and REPEATABLE
// READ. Advisory locks keep two processes from migrating at once. It uses no
// extension, trigger, stored function, LISTEN or transaction number, so that
// compatible engines may work; it is tested with PostgreSQL 15.
//
// Texts sort by their bytes, as in SQLite, whatever the database's collation:
// every column has COLLATE "C". The database never folds case. Times are bigint, microseconds of UTC.
//
// One connection writes, the pool reads. Processes that share a database take
// turns in writing: each transaction locks the same row.
package postgres

import (
	"context"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/store/internal/sqldb"
)

// Open opens the store in the database that the DSN names. It creates or migrates
// the tables if necessary. The database must exist and be encoded in UTF8.
//
//	postgres://USER:PASSWORD@HOST:PORT/DATABASE
//
// Parameters follow a question mark:
//
//	pool=8                   how many connections read, beside the one that writes;
//	                         the default is four for each core, at least eight
//	retry=10s                how long an unreachable server is tried again, at the
//	                         start and later, before requests fail; then they
//	                         fail at once until it is back
//	cache=64MiB              memory for objects; 0 turns the cache off
//	statement_timeout=30s    how long the server may work on one statement
//	lock_timeout=10s         how long a writer waits for other processes
//	idle_in_transaction_session_timeout=20s
//	                         how long the server keeps the locks of a process that
//	                         hangs in a transaction
//
// 0 turns the last three off. The parameters of libpq work as in pgx (sslmode,
// sslrootcert, connect_timeout, target_session_attrs, several hosts). Any other is
// a server setting for the connection, such as search_path. Connections are kept
// and have prepared statements: a pooler in between must pool sessions, not
// transactions.
// Its secrets are sealed if [sqldb.Options] name a key file, which all processes must share.
func Open(ctx context.Context, dsn string, with ...sqldb.Option) (core.Store, error) {
	o, err := parse(dsn)
	if err != nil {
		return nil, err
	}
	s := schema{o}
	set := sqldb.NewOptions(with)
	if err := s.prepare(ctx, set); err != nil {
		return nil, err
	}
	e := newEngine(o)
	e.notify = set.Notify
	db, err := sqldb.New(ctx, e, set)
	if err != nil {
		return nil, s.named(err)
	}
	return db, nil
}

// Migrations returns the migrations of a store's schema, without changing it.
func Migrations(dsn string) (sqldb.Migrations, error) {
	o, err := parse(dsn)
	if err != nil {
		return nil, err
	}
	return schema{o}, nil
}
