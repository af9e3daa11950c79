package postgres

import (
	"context"
	"errors"

	"github.com/dragoman-gateway/dragoman/store/internal/sqldb"
)

// reader is a connection for reading. It opens the connection below it anew when
// that is lost and nothing hangs on it: no transaction has seen a state through
// it, and no row has been handed out.
type reader struct {
	e     *engine
	l     *link
	begun bool // a transaction is wanted
	open  bool // the server has one
}

// The statements of transactions. Nobody writes in those for reading, and all of
// their queries see the state that the first one saw.
const (
	beginRead = "begin transaction isolation level repeatable read read only"
	rollback  = "rollback"
)

const (
	// chunk is how many rows a query in a transaction brings at once.
	chunk = 2000
	// maxTries is how often a flight is tried that nothing hangs on.
	maxTries = 4
)

var errReading = errors.New("postgres: this connection is for reading")

// Query runs a query, in the transaction if there is one.
func (r *reader) Query(sql string, args []any, scan func(sqldb.Row) error) error {
	f := flight{scan: scan}
	if !r.open {
		return r.try(&f, sql, args)
	}
	if err := r.l.add(sql, args, chunk); err != nil {
		return told(err)
	}
	f.statements = 1
	return told(r.fly(&f))
}

// Glance runs a query alone: the server makes it a transaction of its own. It is
// settled which state the query sees when the server starts to answer.
func (r *reader) Glance(sql string, args []any, still func() bool, scan func(sqldb.Row) error) (bool, error) {
	f := flight{scan: scan, still: still, loose: true}
	err := r.try(&f, sql, args)
	if errors.Is(err, errMoved) {
		return false, nil
	}
	return err == nil || f.rows > 0, err
}

// try runs a flight that nothing hangs on.
func (r *reader) try(f *flight, sql string, args []any) error {
	for tries := 1; ; tries++ {
		err := r.once(f, sql, args)
		if err == nil || f.rows > 0 || tries == maxTries || !isLost(err) && !passing(err) {
			return told(err)
		}
		r.leave()
	}
}

func (r *reader) once(f *flight, sql string, args []any) error {
	if err := r.connect(); err != nil {
		return err
	}
	*f = flight{scan: f.scan, still: f.still, loose: f.loose, statements: 1}
	rows := 0
	if r.begun {
		if err := r.l.add(beginRead, nil, 0); err != nil {
			return err
		}
		f.statements, rows, r.open = 2, chunk, true
	}
	if err := r.l.add(sql, args, rows); err != nil {
		return err
	}
	return r.fly(f)
}

// fly runs a flight, and goes on with it as long as there are more rows.
func (r *reader) fly(f *flight) error {
	err := r.l.fly(f)
	for err == nil && f.more {
		f.more, f.done, f.statements = false, 0, 1
		r.l.more(chunk)
		err = r.l.fly(f)
	}
	return err
}

// connect makes sure that there is a connection.
func (r *reader) connect() (err error) {
	if r.l == nil || r.l.dead != nil {
		r.l, err = r.e.dial(context.Background())
	}
	return err
}

// BeginRead starts a transaction, which the first query does in fact.
func (r *reader) BeginRead() error {
	r.begun = true
	return nil
}

// Rollback ends the transaction. A connection that is lost now is made anew by
// the next query.
func (r *reader) Rollback() error {
	r.begun = false
	r.leave()
	return nil
}

// leave ends the server's transaction. Nobody waits for the server to say so.
func (r *reader) leave() {
	if r.open && r.l.dead == nil && r.l.add(rollback, nil, 0) == nil {
		_ = r.l.throw()
	}
	r.open = false
}

// Commit ends the transaction.
func (r *reader) Commit() error { return r.Rollback() }

// InTx tells whether queries still see the transaction's state.
func (r *reader) InTx() bool { return !r.open || r.l.dead == nil }

// Close closes the connection.
func (r *reader) Close() error {
	if r.l == nil {
		return nil
	}
	return r.l.close()
}

// Tidy has nothing to do.
func (r *reader) Tidy() error { return nil }

func (r *reader) Exec(string, ...any) error { return errReading }
func (r *reader) BeginWrite() error         { return errReading }
func (r *reader) Savepoint() error          { return errReading }
func (r *reader) Release() error            { return errReading }
func (r *reader) Undo() error               { return errReading }
