package postgres

import (
	"context"
	"strings"

	"github.com/dragoman-gateway/dragoman/store/internal/sqldb"
)

// writer is the connection for writing.
//
// What a change writes is queued, and its answers are read with those of the next
// query, or of the commit: a transaction whose reads come from memory waits once.
// What is queued goes out when a change has ended and there is enough of it, so
// that the server works on some changes while others are being made. A savepoint
// is set only if it may be needed: when something of a change has to go out before
// the change has ended. What has not gone out is undone by forgetting it.
type writer struct {
	e *engine
	l *link

	active bool // between BeginWrite and the end
	open   bool // the server has the transaction
	sent   int  // how many statements have gone out on the flight
	queue  []call
	size   int
	change int  // where the current change's part of the queue begins; none
	own    int  // where its part of the flight begins
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
	// maxSent bounds the answers that the server has to keep until they are read:
	// if it could not get rid of them it would not read on, and everybody would
	// wait for each other.
	maxSent = 2048
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
	w.active, w.open, w.queue, w.size, w.sent = false, false, w.queue[:0], 0, 0
	w.change, w.own, w.saved = none, 0, false
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
	switch {
	case w.careful || w.sent+len(w.queue) >= maxSent:
		return w.fly(nil, nil)
	case w.size >= maxSize:
		return w.push()
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

// push sends what is queued, and leaves the answers for later.
func (w *writer) push() error {
	w.secure(nil)
	if err := w.load(nil); err != nil {
		return w.fail(err)
	}
	if err := w.l.push(); err != nil {
		return w.fail(err)
	}
	w.open = true
	return nil
}

// fly sends what is queued, and the query if there is one, and reads all answers.
func (w *writer) fly(query *call, scan func(sqldb.Row) error) error {
	if w.failed != nil {
		return w.failed
	}
	w.secure(query)
	if err := w.load(query); err != nil {
		return w.fail(err)
	}
	f := flight{statements: w.sent, scan: scan}
	err := w.l.fly(&f)
	for err == nil && f.more {
		f.more, f.done, f.statements = false, 0, 1
		w.l.more(chunk)
		err = w.l.fly(&f)
	}
	return w.landed(&f, err)
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

// load puts what is queued on the flight, and the query.
func (w *writer) load(query *call) (err error) {
	if w.l == nil || w.l.dead != nil && !w.open {
		if w.l, err = w.e.dial(context.Background()); err != nil {
			return err
		}
	}
	for _, c := range w.queue {
		if err := w.l.add(c.sql, c.args, 0); err != nil {
			return err
		}
	}
	w.sent += len(w.queue)
	clear(w.queue)
	w.queue, w.size, w.change = w.queue[:0], 0, min(w.change, 0)
	if query == nil {
		return nil
	}
	w.sent++
	return w.l.add(query.sql, query.args, chunk)
}

// landed judges how a flight went.
func (w *writer) landed(f *flight, err error) error {
	own := w.own
	w.sent, w.own, w.open = 0, 0, true
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
