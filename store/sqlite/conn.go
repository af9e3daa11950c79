//go:build cgo

package sqlite

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/mattn/go-sqlite3"

	"github.com/dragoman-gateway/dragoman/store/internal/sqldb"
)

// maxStatements is how many statements a connection keeps prepared.
const maxStatements = 256

// maxKept is the longest text of a statement that is kept: longer ones contain
// literals and do not come again.
const maxKept = 4096

// checkpointAfter is how many bytes may go to the log before it is emptied, by estimate:
// the texts of a statement, and statementLog for the pages that it changes. A log that
// needs much more than a store leaves a small disk no room to empty it. An import may
// write more, by statements, since it changes the same pages of an index many times. Its
// transactions have more than inImport statements.
const (
	checkpointAfter       = 3 << 19
	statementLog          = 2 << 10
	checkpointAfterImport = 100_000
	inImport              = 5_000
	// retryCheckpoint is the part of checkpointAfter after which one that was not
	// complete is tried again.
	retryCheckpoint = 8
	// restartAfter is the size of the log from which writing waits for readers, at most
	// restartWait and restartTries times: a long one, such as an export, is not worth more.
	restartAfter = 2 << 20
	restartWait  = 250 * time.Millisecond
	restartTries = 4

	pageSize    = 4096 // SQLite's default
	busyTimeout = 5 * time.Second
)

// conn is a connection of the driver, used without database/sql, which would
// take more time than a point read itself. Statements stay prepared.
type conn struct {
	raw          *sqlite3.SQLiteConn
	statements   map[string]*statement
	args         []driver.NamedValue
	logged       int // bytes since the last checkpoint, by estimate
	executed     int // statements since then
	checkpointed int // of those, how many when Checkpoint was last called
	refused      int // restarts of the log that a reader prevented, since it was large

	writing bool // in a transaction of BeginWrite
	size    int  // statements in it, or since its savepoint
	reading int  // queries whose rows are being read
	backlog backlog
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
	if err := c.settle(); err != nil {
		return err
	}
	c.reading++
	defer func() { c.reading-- }()
	return c.query(sql, args, scan)
}

func (c *conn) query(sql string, args []any, scan func(sqldb.Row) error) (err error) {
	s, err := c.prepare(sql)
	if err != nil {
		return err
	}
	rows, err := s.QueryContext(context.Background(), c.bind(args))
	if err != nil {
		return errors.Join(err, s.done())
	}
	defer func() {
		if closeErr := errors.Join(rows.Close(), s.done()); err == nil {
			err = closeErr
		}
	}()
	return s.each(rows, scan)
}

// QueryThen runs two queries.
func (c *conn) QueryThen(sql string, args []any, scan func(sqldb.Row) error, then string, scanThen func(sqldb.Row) error) error {
	if err := c.Query(sql, args, scan); err != nil {
		return err
	}
	return c.Query(then, nil, scanThen)
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

// bind returns the arguments in a slice that is reused: the driver copies them.
func (c *conn) bind(args []any) []driver.NamedValue {
	c.args = c.args[:0]
	for i, a := range args {
		c.args = append(c.args, driver.NamedValue{Ordinal: i + 1, Value: a})
	}
	return c.args
}

// prepare returns the statement, prepared now or before. When too many are kept, all
// are closed: the few that matter are prepared again at once.
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

// Exec runs a statement the same way: one step runs it whole. In a large change it runs
// later, and a failure is returned by the next call that is not Exec.
func (c *conn) Exec(sql string, args ...any) error {
	c.count(args)
	if c.size++; c.size > backlogAfter && c.writing && c.reading == 0 {
		c.backlog.add(call{sql, args})
		return nil
	}
	return c.run(sql, args)
}

// count counts a statement for Checkpoint.
func (c *conn) count(args []any) {
	c.executed++
	c.logged += statementLog
	for _, a := range args {
		switch v := a.(type) {
		case string:
			c.logged += len(v)
		case []byte:
			c.logged += len(v)
		}
	}
}

// run runs a statement for its effect.
func (c *conn) run(sql string, args []any) error {
	return c.query(sql, args, func(sqldb.Row) error { return nil })
}

// settle waits until all statements have run, and fails if one has failed.
func (c *conn) settle() error { return c.backlog.wait() }

// control settles and runs a statement that controls the transaction.
func (c *conn) control(sql string) error {
	c.size = 0
	if err := c.settle(); err != nil {
		return err
	}
	c.count(nil)
	return c.run(sql, nil)
}

// BeginRead implements [sqldb.Conn].
func (c *conn) BeginRead() error { return c.control("begin") }

// BeginWrite implements [sqldb.Conn].
func (c *conn) BeginWrite() error {
	err := c.control("begin immediate")
	c.writing = err == nil
	return err
}

// Commit implements [sqldb.Conn].
func (c *conn) Commit() error {
	err := c.control("commit")
	c.writing = c.writing && err != nil
	return err
}

// Checkpoint moves what has been written from the log to the file. SQLite would do so
// within a commit, but could then never restart its log: at every commit a reader
// still sees the state before it.
//
// A reader that still sees an old state keeps a part in the log; then the next commits
// try again. Readers that follow one another can keep the whole log for ever: once it is
// large, writing waits for those that there are.
func (c *conn) Checkpoint() error {
	due := c.logged >= checkpointAfter
	if c.executed-c.checkpointed > inImport {
		due = c.executed >= checkpointAfterImport
	}
	if c.checkpointed = c.executed; !due {
		return nil
	}
	left, size, err := c.checkpoint("passive")
	c.executed, c.checkpointed, c.logged = 0, 0, 0
	switch {
	case err == nil && size >= restartAfter && c.refused < restartTries:
		if left, err = c.restart(); left {
			c.refused++
		}
	case size < restartAfter:
		c.refused = 0
	}
	if left {
		c.logged = checkpointAfter - checkpointAfter/retryCheckpoint
	}
	return err
}

// checkpoint reports whether a part is left in the log, and the log's size in bytes.
func (c *conn) checkpoint(mode string) (left bool, size int64, err error) {
	err = c.Query("pragma wal_checkpoint("+mode+")", nil, func(r sqldb.Row) error {
		left, size = r.Int(0) != 0 || r.Int(2) < r.Int(1), r.Int(1)*pageSize
		return nil
	})
	return left, size, err
}

// restart has the next commit write to the start of the log. It reports whether a reader
// has prevented that for restartWait.
func (c *conn) restart() (left bool, err error) {
	nothing := func(sqldb.Row) error { return nil }
	if err := c.Query(fmt.Sprintf("pragma busy_timeout = %d", restartWait.Milliseconds()), nil, nothing); err != nil {
		return true, err
	}
	left, _, err = c.checkpoint("restart")
	return left, errors.Join(err, c.Query(fmt.Sprintf("pragma busy_timeout = %d", busyTimeout.Milliseconds()), nil, nothing))
}

// Savepoint implements [sqldb.Conn].
func (c *conn) Savepoint() error { return c.control("savepoint change") }

// Release implements [sqldb.Conn].
func (c *conn) Release() error { return c.control("release change") }

// RollbackToSavepoint implements [sqldb.Conn].
func (c *conn) RollbackToSavepoint() error {
	c.backlog.undo()
	return errors.Join(c.control("rollback to change"), c.control("release change"))
}

// InTx reports whether no failure has ended the transaction, or is to end it: of a large
// change, the next call returns that failure.
func (c *conn) InTx() bool { return c.settle() == nil && !c.raw.AutoCommit() }

// Rollback ends the transaction, unless a failure has ended it.
func (c *conn) Rollback() error {
	c.backlog.undo()
	c.writing = false
	if c.raw.AutoCommit() {
		return nil
	}
	return c.control("rollback")
}

// Close implements [sqldb.Conn].
func (c *conn) Close() error {
	c.backlog.undo()
	return errors.Join(c.closeStatements(), c.raw.Close())
}
