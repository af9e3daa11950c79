// Package sqldb is the one SQL implementation of [core.Store]. What differs
// between databases is an [Engine]: how to connect, and what an error means.
//
// Statements are written with ? placeholders, in SQL that SQLite and PostgreSQL
// both run. Every row is numbered scope<<40 | ID, where the scope stands for a
// realm (users) or a realm and kind (groups, memberships, records): finding one
// by ID and listing in order of ID then need no index beside the table.
package sqldb

import "context"

// Engine is one kind of database.
type Engine interface {
	// Connect opens a connection: the one for writing, or one of those for reading.
	Connect(ctx context.Context, write bool) (Conn, error)
	// Readers is how many connections reading may use.
	Readers() int
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
	// Exec runs a statement for its effect. Its failure may come out of a later
	// call, at the latest that of Commit.
	Exec(sql string, args ...any) error
	// BeginRead starts a transaction that sees one state, that of its first query.
	BeginRead() error
	// BeginWrite starts a transaction that sees and keeps out other writers.
	BeginWrite() error
	Commit() error
	Rollback() error
	// InTx tells whether the transaction is still usable: some failures end it.
	InTx() bool
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
	CauseUnique         // a unique index refused a row
	CauseConflict       // another transaction was in the way; running again may succeed
	CauseLost           // the connection is gone; whether a commit was kept is not known
)

// stop ends a query early without failing it.
type stop struct{}

func (stop) Error() string { return "enough rows" }

// one runs a query and hands its first row to scan; it tells whether there was one.
func one(c Conn, sql string, args []any, scan func(Row)) (found bool, err error) {
	err = c.Query(sql, args, func(r Row) error {
		found = true
		scan(r)
		return nil
	})
	return found, err
}
