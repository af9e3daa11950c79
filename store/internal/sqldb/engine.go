// Package sqldb is the one SQL implementation of [core.Store]. What differs
// between databases is an [Engine]: how to connect, and what an error means.
//
// Statements are written with ? placeholders, in SQL that SQLite and PostgreSQL
// both run. Every row is numbered scope<<40 | ID, where the scope stands for a
// realm (users) or a realm and kind (groups, memberships, records): finding one
// by ID and listing in order of ID then need no index beside the table.
//
// Reads are served from memory. Lists ask the database for numbers only and take
// the objects from a cache that is exact: the one writer publishes what it changed
// with every commit. A view reads one state. If it meets another in the database, it
// runs again (see DB.View).
package sqldb

import "context"

// Engine is one kind of database.
type Engine interface {
	// Connect opens a connection: the one for writing, or one of those for reading.
	Connect(ctx context.Context, write bool) (Conn, error)
	// Readers is how many connections reading may use.
	Readers() int
	// Shared reports whether other processes may write to the database.
	Shared() bool
	// CacheBytes is how much memory objects may take.
	CacheBytes() int64
	// Cause classifies the error of a failed statement.
	Cause(error) Cause
	// Scrub removes what changed rows have left in the files of the database, as far as
	// the engine can. Nothing else uses the database.
	Scrub(Conn) error
	// Find is the SQL function that returns the position of a text in another.
	Find() string
	// Close releases what the engine holds besides connections.
	Close() error
}

// Conn is one connection, used by one goroutine at a time.
type Conn interface {
	// Query runs a statement and passes its rows to scan, one by one. A row is valid
	// until scan returns. An error of scan ends the query.
	Query(sql string, args []any, scan func(Row) error) error
	// QueryThen is Query outside a transaction, and if that succeeds, another query
	// in the same round trip. Each sees what was committed when it began.
	QueryThen(sql string, args []any, scan func(Row) error, then string, scanThen func(Row) error) error
	// Exec runs a statement for its effect. It may report a failure by a later call, at
	// the latest by Commit, and use the arguments until then.
	Exec(sql string, args ...any) error
	// BeginRead starts a transaction that sees one state, that of its first query.
	BeginRead() error
	// BeginWrite starts a transaction that excludes other writers.
	BeginWrite() error
	Commit() error
	Rollback() error
	// Savepoint marks the state that RollbackToSavepoint restores; both it and Release
	// end the savepoint.
	Savepoint() error
	Release() error
	RollbackToSavepoint() error
	// InTx reports whether the transaction is still usable: some failures end it.
	InTx() bool
	// Checkpoint does maintenance that is better done between transactions.
	Checkpoint() error
	Close() error
}

// Row is the values of a row by position. NULL reads as 0, "" or nil.
type Row interface {
	Null(i int) bool
	Int(i int) int64
	Text(i int) string
	// Bytes returns bytes that the caller may keep.
	Bytes(i int) []byte
}

// Cause is the class of a failed statement.
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
