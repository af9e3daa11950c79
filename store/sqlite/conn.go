//go:build cgo

package sqlite

import (
	"context"
	"database/sql/driver"
	"errors"
	"io"

	"github.com/mattn/go-sqlite3"

	"github.com/dragoman-gateway/dragoman/store/internal/sqldb"
)

// maxStatements is how many statements a connection keeps prepared.
const maxStatements = 256

// maxKept is the longest text of a statement that is kept: longer ones have
// values written into them and do not come again.
const maxKept = 4096

// checkpointAfter is how many statements may go to the log before it is emptied:
// each changes a few pages of 4 KiB. An import may go on for longer, since it
// changes the same pages of an index again and again; its transactions are known
// by having more than inImport statements.
const (
	checkpointAfter       = 10_000
	checkpointAfterImport = 100_000
	inImport              = 5_000
)

// conn is a connection of the driver, used without database/sql, which would
// take more time than a point read itself. Statements stay prepared.
type conn struct {
	raw        *sqlite3.SQLiteConn
	statements map[string]*statement
	args       []driver.NamedValue
	executed   int // statements since the last checkpoint
	tidied     int // of those, how many when Tidy was last called
}

// statement is a prepared statement and the row it reads into.
type statement struct {
	*sqlite3.SQLiteStmt
	row  row
	once bool // not kept
}

// row is one row of values as the driver gives them.
type row []driver.Value

func (r row) Null(i int) bool { return r[i] == nil }

func (r row) Int(i int) int64 {
	n, _ := r[i].(int64)
	return n
}

func (r row) Text(i int) string {
	s, _ := r[i].(string)
	return s
}

func (r row) Bytes(i int) []byte {
	b, _ := r[i].([]byte)
	return b
}

// Query runs a statement. The driver gets no context that can end: that would
// cost a goroutine a query.
func (c *conn) Query(sql string, args []any, scan func(sqldb.Row) error) error {
	_, err := c.Glance(sql, args, nil, scan)
	return err
}

// Glance is Query with a look round: the state that a statement sees is settled
// by its first step, which the driver makes at once.
func (c *conn) Glance(sql string, args []any, still func() bool, scan func(sqldb.Row) error) (ok bool, err error) {
	s, err := c.prepare(sql)
	if err != nil {
		return false, err
	}
	rows, err := s.QueryContext(context.Background(), c.bind(args))
	if err != nil {
		return false, errors.Join(err, s.done())
	}
	defer func() {
		if closeErr := errors.Join(rows.Close(), s.done()); err == nil {
			err = closeErr
		}
	}()
	if still != nil && !still() {
		return false, nil
	}
	return true, s.each(rows, scan)
}

// done closes a statement that is not kept.
func (s *statement) done() error {
	if s.once {
		return s.Close()
	}
	return nil
}

func (s *statement) each(rows driver.Rows, scan func(sqldb.Row) error) error {
	if s.row == nil {
		s.row = make(row, len(rows.Columns()))
	}
	for {
		if err := rows.Next(s.row); err != nil {
			if errors.Is(err, io.EOF) {
				return nil
			}
			return err
		}
		if err := scan(s.row); err != nil {
			return err
		}
	}
}

// bind hands the driver its arguments in a slice that is used again: it copies them.
func (c *conn) bind(args []any) []driver.NamedValue {
	c.args = c.args[:0]
	for i, a := range args {
		c.args = append(c.args, driver.NamedValue{Ordinal: i + 1, Value: a})
	}
	return c.args
}

// prepare returns the statement, prepared now or before. When too many are kept
// all are closed: the few that matter come back at once.
func (c *conn) prepare(sql string) (*statement, error) {
	if s := c.statements[sql]; s != nil {
		return s, nil
	}
	if len(sql) > maxKept {
		raw, err := c.raw.Prepare(sql)
		if err != nil {
			return nil, err
		}
		return &statement{SQLiteStmt: raw.(*sqlite3.SQLiteStmt), once: true}, nil
	}
	if len(c.statements) >= maxStatements {
		if err := c.closeStatements(); err != nil {
			return nil, err
		}
	}
	raw, err := c.raw.Prepare(sql)
	if err != nil {
		return nil, err
	}
	s := &statement{SQLiteStmt: raw.(*sqlite3.SQLiteStmt)}
	c.statements[sql] = s
	return s, nil
}

func (c *conn) closeStatements() (err error) {
	for sql, s := range c.statements {
		err = errors.Join(err, s.Close())
		delete(c.statements, sql)
	}
	return err
}

// Exec runs a statement the same way: one step runs it whole.
func (c *conn) Exec(sql string, args ...any) error {
	c.executed++
	return c.Query(sql, args, func(sqldb.Row) error { return nil })
}

func (c *conn) BeginRead() error  { return c.Exec("begin") }
func (c *conn) BeginWrite() error { return c.Exec("begin immediate") }
func (c *conn) Commit() error     { return c.Exec("commit") }

// Tidy moves what has been written to its place in the file. SQLite would do so
// within a commit, but could then never start its log afresh: at every commit
// somebody still looks at the state before it.
func (c *conn) Tidy() error {
	limit := checkpointAfter
	if c.executed-c.tidied > inImport {
		limit = checkpointAfterImport
	}
	if c.tidied = c.executed; c.executed < limit {
		return nil
	}
	c.executed, c.tidied = 0, 0
	return c.Exec("pragma wal_checkpoint(passive)")
}

func (c *conn) Savepoint() error { return c.Exec("savepoint change") }
func (c *conn) Release() error   { return c.Exec("release change") }
func (c *conn) Undo() error {
	return errors.Join(c.Exec("rollback to change"), c.Exec("release change"))
}

// InTx tells whether no failure has ended the transaction.
func (c *conn) InTx() bool { return !c.raw.AutoCommit() }

// Rollback ends the transaction, if none of the failures that do so has ended it.
func (c *conn) Rollback() error {
	if c.raw.AutoCommit() {
		return nil
	}
	return c.Exec("rollback")
}

func (c *conn) Close() error {
	return errors.Join(c.closeStatements(), c.raw.Close())
}
