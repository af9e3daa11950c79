package postgres

import (
	"context"
	"slices"
	"strings"

	"github.com/dragoman-gateway/dragoman/store/internal/sqldb"
)

// writer is the connection for writing.
//
// It queues what a change writes and reads the results with those of the next
// query, or of the commit: a transaction that reads from memory needs one round
// trip. When a change has ended and there is enough in the queue it is sent, so
// that the server works on some changes while others are being made. A savepoint
// is set only when part of a change has to be sent before the change has ended.
// What was not sent is undone by dropping it from the queue.
type writer struct {
	e *engine
	c *conn

	active bool // between BeginWrite and the end
	open   bool // the server has the transaction
	sent   int  // how many statements were sent since the last results were read
	queue  []call
	size   int
	change int  // where the current change begins in the queue; none
	own    int  // where it begins in what was sent
	saved  bool // its savepoint is set
	// careful sends every statement at once, so that one that fails does so in
	// its own change. It holds from the first late failure to the next commit.
	careful bool
	failed  error // what ended the transaction
	refused error // what ended the current change, to be undone by its savepoint
	token   int64 // the number of this process's last commit

	executed  int // statements of the transaction
	analyzeAt int // how many of them are worth the next analysis of the tables
}

// call is a statement to be run.
type call struct {
	sql  string
	args []any
}

// none is not a position in the queue.
const none = -1

// The statements of transactions for writing. Each statement sees what others
// have committed before it, but there are no others: the lock keeps out the
// writers of other processes.
const (
	beginWrite = "begin transaction isolation level read committed read write"
	lock       = "select no from writing for update"
	savepoint  = "savepoint change"
	release    = "release savepoint change"
	rollbackTo = "rollback to savepoint change"
	commit     = "commit"
)

const (
	// enough is how many statements are worth sending when a change has ended.
	enough = 16
	// maxSize is how many bytes a change queues.
	maxSize = 1 << 20
)

// BeginWrite starts a transaction, which is sent with the first statements.
func (w *writer) BeginWrite() error {
	w.reset()
	w.active = true
	w.queue = append(w.queue, call{sql: beginWrite}, call{sql: lock})
	return nil
}

// reset forgets the transaction.
func (w *writer) reset() {
	clear(w.queue)
	w.active, w.open, w.queue, w.size, w.sent = false, false, w.queue[:0], 0, 0
	w.change, w.own, w.saved, w.executed = none, 0, false, 0
	w.failed, w.refused = nil, nil
}

// Query sends the queue, and the query behind it.
func (w *writer) Query(sql string, args []any, scan func(sqldb.Row) error) error {
	if !w.active {
		r := reader{e: w.e, c: w.c}
		err := r.Query(sql, args, scan)
		w.c = r.c
		return err
	}
	w.setSavepoint(strings.HasPrefix(sql, "select "))
	w.queue = append(w.queue, call{sql, args})
	return w.roundTrip(scan)
}

// Exec queues a statement.
func (w *writer) Exec(sql string, args ...any) error {
	if w.failed != nil {
		return w.failed
	}
	w.analyze()
	w.queue = append(w.queue, call{sql, args})
	for _, a := range args {
		w.size += sizeOf(a)
	}
	if !w.careful && w.size < maxSize {
		return nil
	}
	w.setSavepoint(false)
	if w.careful {
		return w.roundTrip(nil)
	}
	return w.flush()
}

func sizeOf(arg any) int {
	switch v := arg.(type) {
	case string:
		return len(v)
	case []byte:
		return len(v)
	}
	return 8
}

// flush sends the queue, and leaves the results for later.
func (w *writer) flush() error {
	if err := w.sendQueue(); err != nil {
		return w.fail(err)
	}
	if err := w.c.flush(); err != nil {
		return w.fail(err)
	}
	w.open = true
	return nil
}

// roundTrip sends the queue and reads all results. The rows are those of the
// last statement.
func (w *writer) roundTrip(scan func(sqldb.Row) error) error {
	if w.failed != nil {
		return w.failed
	}
	if err := w.sendQueue(); err != nil {
		return w.fail(err)
	}
	r := results{statements: w.sent, scan: scan}
	return w.judge(&r, w.c.roundTrip(&r))
}

// setSavepoint sets a savepoint at the start of the current change if part of it
// is about to be sent, unless there is only a query that reads.
func (w *writer) setSavepoint(reads bool) {
	if w.change == none || w.saved || reads && len(w.queue) == w.change {
		return
	}
	w.queue = slices.Insert(w.queue, w.change, call{sql: savepoint})
	w.saved = true
}

// sendQueue hands the queue to the connection, a new one if the transaction has
// not begun on a lost one.
func (w *writer) sendQueue() (err error) {
	if w.c.closed() && !w.open {
		if w.c, err = w.e.dial(context.Background()); err != nil {
			return err
		}
	}
	for _, c := range w.queue {
		if err := w.c.add(c.sql, c.args); err != nil {
			return err
		}
	}
	w.sent += len(w.queue)
	clear(w.queue)
	w.queue, w.size, w.change = w.queue[:0], 0, min(w.change, 0)
	return nil
}

// judge finds out what a failed round trip has ended: nothing, the change or the
// transaction.
func (w *writer) judge(r *results, err error) error {
	own := w.own
	w.sent, w.own, w.open = 0, 0, true
	switch {
	case err == nil || !r.refused && !isLost(err):
		return err // that of scan
	case isLost(err):
		return w.fail(err)
	case r.done < own:
		return w.failLate(err)
	case !w.saved || passing(err):
		return w.fail(err)
	}
	w.refused = wrap(err)
	return w.refused
}

// failLate notes that a statement of an earlier change has ended the transaction.
func (w *writer) failLate(err error) error {
	if w.careful {
		return w.fail(err) // it belongs to no change
	}
	w.careful = true
	return w.fail(&lateError{err})
}

// fail notes what has ended the transaction.
func (w *writer) fail(err error) error {
	w.failed = wrap(err)
	return w.failed
}

// InTx reports whether the transaction has not failed.
func (w *writer) InTx() bool { return w.failed == nil }

// Rollback ends the transaction, without waiting for the answer.
func (w *writer) Rollback() error {
	if w.open && w.c.add(rollback, nil) == nil {
		w.c.sendAsync()
	}
	w.reset()
	return nil
}

// Close closes the connection.
func (w *writer) Close() error { return w.c.close() }

// Checkpoint has nothing to do.
func (w *writer) Checkpoint() error { return nil }

// QueryThen is for readers.
func (w *writer) QueryThen(string, []any, func(sqldb.Row) error, string, func(sqldb.Row) error) error {
	return errWriting
}

// BeginRead fails.
func (w *writer) BeginRead() error { return errWriting }
