// Package sqldb is the one SQL implementation of [core.Store]. What differs
// between databases is an [Engine]: how to connect, and what an error means.
//
// Statements are written with ? placeholders, in SQL that SQLite and PostgreSQL
// both run. Every row is numbered scope<<40 | ID, where the scope stands for a
// realm (users) or a realm and kind (groups, memberships, records): finding one
// by ID and listing in order of ID then need no index beside the table.
//
// Reading goes through memory. Lists ask the database for numbers only and take
// the objects from a cache that is exact: the one writer publishes what it
// changed with every commit, and a view that began before looks at the state it
// began with (see epoch).
package sqldb

import "context"

// Engine is one kind of database.
type Engine interface {
	// Connect opens a connection: the one for writing, or one of those for reading.
	Connect(ctx context.Context, write bool) (Conn, error)
	// Readers is how many connections reading may use.
	Readers() int
	// Shared tells whether other processes may write to the database.
	Shared() bool
	// CacheBytes is how much memory objects may take.
	CacheBytes() int64
	// Cause tells what a failed statement means.
	Cause(error) Cause
	// Find is the name of the function that finds a text in another.
	Find() string
	// Close releases what the engine holds beside connections.
	Close() error
}

// Conn is one connection, used by one goroutine at a time.
type Conn interface {
	// Query runs a statement and hands its rows to scan, one by one. A row is
	// valid until scan returns. What scan fails with ends the query.
	Query(sql string, args []any, scan func(Row) error) error
	// Glance is Query outside a transaction. When the state that the statement
	// sees is settled, and before any row, it asks still; if that says no, it
	// returns false and no row.
	Glance(sql string, args []any, still func() bool, scan func(Row) error) (bool, error)
	// Exec runs a statement for its effect. Its failure may come out of a later
	// call, at the latest that of Commit.
	Exec(sql string, args ...any) error
	// BeginRead starts a transaction that sees one state, that of its first query.
	BeginRead() error
	// BeginWrite starts a transaction that sees and keeps out other writers.
	BeginWrite() error
	Commit() error
	Rollback() error
	// Savepoint marks the place that Undo goes back to. One that comes to
	// nothing is released.
	Savepoint() error
	Release() error
	Undo() error
	// InTx tells whether the transaction is still usable: some failures end it.
	InTx() bool
	// Tidy does what is better done between transactions, if there is anything.
	Tidy() error
	Close() error
}

// Row is a row's values by their place. NULL reads as 0, "" or nil.
type Row interface {
	Null(i int) bool
	Int(i int) int64
	Text(i int) string
	// Bytes returns bytes that stay the caller's.
	Bytes(i int) []byte
}

// Cause is what a failed statement means.
type Cause uint8

// The causes that matter here; everything else is CauseOther.
const (
	CauseOther    Cause = iota
	CauseConflict       // nothing was kept: another transaction was in the way, or the connection is gone; running again may succeed
	CauseLost           // whether a commit was kept is not known
)

// stop ends a query early without failing it.
type stop struct{}

func (stop) Error() string { return "enough rows" }
