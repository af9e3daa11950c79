package postgres

import (
	"context"
	"strings"

	"github.com/dragoman-gateway/dragoman/store/internal/sqldb"
)

// writer is the connection for writing.
//
// What a change writes is queued, and goes out with the next query, or with the
// commit: a transaction whose reads come from memory costs one round trip. A
// savepoint is set only if it may be needed: when something of a change has to go
// out before the change has ended. What has not gone out is undone by forgetting it.
type writer struct {
	e *engine
	l *link

	active bool // between BeginWrite and the end
	open   bool // the server has the transaction
	queue  []call
	size   int
	change int  // where the current change's part of the queue begins; none
	saved  bool // its savepoint is set
	// careful sends every statement at once, so that one that fails does so in
	// its own change. It holds from the first late failure to the next commit.
	careful bool
	failed  error // what ended the transaction
	refused error // what ended the current change, to be undone by its savepoint
	token   int64 // the number of this process's last commit
}

// call is a statement to be run.
type call struct {
	sql  string
	args []any
}

// none is no place in the queue.
const none = -1

// The statements of transactions for writing. Each statement sees what others
// have committed before it, but there are no others: the lock keeps out the
// writers of other processes.
const (
	beginWrite    = "begin transaction isolation level read committed read write"
	lock          = "select no from writing for update"
	savepoint     = "savepoint change"
	release       = "release savepoint change"
	rollbackTo    = "rollback to savepoint change"
	commit        = "commit"
	maxQueue      = 256
	maxQueueBytes = 1 << 20
)

// BeginWrite starts a transaction, which the first flight does in fact.
func (w *writer) BeginWrite() error {
	w.reset()
	w.active = true
	w.queue = append(w.queue, call{sql: beginWrite}, call{sql: lock})
	return nil
}

// reset forgets the transaction.
func (w *writer) reset() {
	clear(w.queue)
	w.active, w.open, w.queue, w.size, w.change, w.saved = false, false, w.queue[:0], 0, none, false
	w.failed, w.refused = nil, nil
}

// Query sends what is queued, and the query behind it.
func (w *writer) Query(sql string, args []any, scan func(sqldb.Row) error) error {
	if !w.active {
		r := reader{e: w.e, l: w.l}
		err := r.Query(sql, args, scan)
		w.l = r.l
		return err
	}
	return w.fly(&call{sql, args}, scan)
}

// Exec queues a statement.
func (w *writer) Exec(sql string, args ...any) error {
	if w.failed != nil {
		return w.failed
	}
	w.queue = append(w.queue, call{sql, args})
	for _, a := range args {
		w.size += sizeOf(a)
	}
	if w.careful || len(w.queue) >= maxQueue || w.size >= maxQueueBytes {
		return w.fly(nil, nil)
	}
	return nil
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

// fly sends what is queued, and the query if there is one.
func (w *writer) fly(query *call, scan func(sqldb.Row) error) error {
	if w.failed != nil {
		return w.failed
	}
	w.secure(query)
	own := max(w.change, 0)
	f := flight{scan: scan}
	if err := w.load(&f, query); err != nil {
		return w.fail(err)
	}
	err := w.l.fly(&f)
	for err == nil && f.more {
		f.more, f.done, f.statements = false, 0, 1
		w.l.more(chunk)
		err = w.l.fly(&f)
	}
	return w.landed(&f, own, err)
}

// secure sets a savepoint before what the current change has queued, if that, or
// the query, writes.
func (w *writer) secure(query *call) {
	if w.change == none || w.saved {
		return
	}
	if len(w.queue) == w.change && (query == nil || strings.HasPrefix(query.sql, "select ")) {
		return
	}
	w.queue = append(w.queue, call{})
	copy(w.queue[w.change+1:], w.queue[w.change:])
	w.queue[w.change] = call{sql: savepoint}
	w.saved = true
}

// load puts everything on one flight.
func (w *writer) load(f *flight, query *call) (err error) {
	if w.l == nil || w.l.dead != nil {
		if w.l, err = w.e.dial(context.Background()); err != nil {
			return err
		}
	}
	for _, c := range w.queue {
		if err := w.l.add(c.sql, c.args, 0); err != nil {
			return err
		}
	}
	f.statements = len(w.queue)
	if query == nil {
		return nil
	}
	f.statements++
	return w.l.add(query.sql, query.args, chunk)
}

// landed judges how a flight went, of which the statements from own on are the
// current change's.
func (w *writer) landed(f *flight, own int, err error) error {
	clear(w.queue)
	w.queue, w.size, w.open = w.queue[:0], 0, true
	if w.change != none {
		w.change = 0
	}
	switch {
	case err == nil || !f.refused && !isLost(err):
		return err // the reader's own
	case isLost(err):
		return w.fail(err)
	case f.done < own:
		return w.late(err)
	case !w.saved || passing(err):
		return w.fail(err)
	}
	w.refused = told(err)
	return w.refused
}

// late notes that a statement of an earlier change has ended the transaction.
func (w *writer) late(err error) error {
	if w.careful {
		return w.fail(err) // it was nobody's
	}
	w.careful = true
	return w.fail(&lateError{err})
}

// fail notes what has ended the transaction.
func (w *writer) fail(err error) error {
	w.failed = told(err)
	return w.failed
}

// InTx tells whether nothing has ended the transaction.
func (w *writer) InTx() bool { return w.failed == nil }

// Rollback ends the transaction. Nobody waits for the server to say so.
func (w *writer) Rollback() error {
	if w.open && w.l.dead == nil && w.l.add(rollback, nil, 0) == nil {
		_ = w.l.throw()
	}
	w.reset()
	return nil
}

// Close closes the connection.
func (w *writer) Close() error {
	if w.l == nil {
		return nil
	}
	return w.l.close()
}

// Tidy has nothing to do.
func (w *writer) Tidy() error { return nil }

// Glance is not for the one that writes.
func (w *writer) Glance(string, []any, func() bool, func(sqldb.Row) error) (bool, error) {
	return false, nil
}

// BeginRead is not either.
func (w *writer) BeginRead() error { return errWriting }
