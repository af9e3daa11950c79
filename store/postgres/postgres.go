// Package postgres opens stores that are a PostgreSQL database.
//
// It relies on little: the extended query protocol with several statements
// between two Syncs, tables with unique indexes, foreign keys that delete, SELECT
// FOR UPDATE, savepoints, and the isolation levels READ COMMITTED and REPEATABLE
// READ. Advisory locks keep two processes from migrating at once. It uses no
// extension, trigger, function of its own, LISTEN or transaction number, so that
// engines that speak the protocol have a chance; tested is PostgreSQL 15.
//
// Texts sort by their bytes, as in SQLite, whatever the database's own collation:
// every column says COLLATE "C". Upper and lower case are never asked of the
// database. Times are bigint, microseconds of UTC.
//
// One connection writes, the pool reads. Processes that share a database take
// turns in writing, by a row that each locks for as long as its transaction.
package postgres

import (
	"context"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/store/internal/sqldb"
)

// Open opens the store in the database that the DSN names, making or migrating
// its tables if need be. The database must be there, and keep texts as UTF8.
//
//	postgres://USER:PASSWORD@HOST:PORT/DATABASE
//
// Parameters follow a question mark:
//
//	pool=8                   how many connections read, beside the one that writes;
//	                         the default is four for each core, and eight at least
//	retry=10s                how long a server that cannot be reached is tried again,
//	                         at the start as later, before requests are refused;
//	                         then they are refused at once until it is back
//	cache=64MiB              how much memory objects may take; 0 keeps none
//	statement_timeout=30s    how long the server may work on one statement
//	lock_timeout=10s         how long a writer waits for those of other processes
//	idle_in_transaction_session_timeout=20s
//	                         how long the server keeps the locks of a process that
//	                         has stopped in the middle of its work
//
// 0 is no bound for the last three. Those of libpq are understood as pgx has them
// (sslmode, sslrootcert, connect_timeout, target_session_attrs, several hosts),
// and any other is a setting of the server's for the connection, such as
// search_path. Connections are kept and have prepared statements: a pooler
// between has to pool sessions, not transactions.
func Open(ctx context.Context, dsn string) (core.Store, error) {
	o, err := parse(dsn)
	if err != nil {
		return nil, err
	}
	s, e := schema{o}, newEngine(o)
	if err := e.start(ctx, s); err != nil {
		return nil, s.named(err)
	}
	db, err := sqldb.New(ctx, e)
	if err != nil {
		return nil, s.named(err)
	}
	return db, nil
}

// Migrations returns the state of a store's schema, without changing it.
func Migrations(dsn string) (sqldb.Migrations, error) {
	o, err := parse(dsn)
	if err != nil {
		return nil, err
	}
	return schema{o}, nil
}
