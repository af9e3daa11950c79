package postgres

import (
	"context"
	"errors"

	"github.com/dragoman-gateway/dragoman/store/internal/sqldb"
)

// reader is a connection for reading. It replaces a lost connection if that held
// no transaction and no row was returned yet.
type reader struct {
	e     *engine
	c     *conn
	begun bool // a transaction is wanted
	open  bool // the server has one
	// refused says that the server has refused a statement of the transaction, and
	// would refuse all that follow.
	refused bool
}

// The statements of transactions for reading. All their queries see the state
// that the first one saw.
const (
	beginRead = "begin transaction isolation level repeatable read read only"
	rollback  = "rollback"
)

// maxTries is how often a query is tried that nothing depends on yet.
const maxTries = 4

var errReading = errors.New("postgres: this connection is for reading")

// Query runs a query, in the transaction if there is one.
func (r *reader) Query(sql string, args []any, scan func(sqldb.Row) error) error {
	if r.open {
		return wrap(r.query(sql, args, &results{statements: 1, scan: scan}))
	}
	return r.try(sql, args, results{statements: 1, scan: scan, disposable: !r.begun})
}

// QueryThen runs two queries in one round trip.
func (r *reader) QueryThen(sql string, args []any, scan func(sqldb.Row) error, then string, scanThen func(sqldb.Row) error) error {
	return r.try(sql, args, results{statements: 2, scan: scan, then: then, scanThen: scanThen, disposable: true})
}

// try runs queries again whose connection is lost before a row was read.
func (r *reader) try(sql string, args []any, want results) error {
	for tries := 1; ; tries++ {
		result := want
		err := r.start(sql, args, &result)
		if err == nil || result.rows > 0 || tries == maxTries || !isLost(err) && !passing(err) {
			return wrap(err)
		}
		r.leave()
	}
}

// start runs the first query, behind the start of the transaction if one is wanted.
func (r *reader) start(sql string, args []any, result *results) (err error) {
	if r.c.closed() {
		if r.c, err = r.e.dial(context.Background()); err != nil {
			return err
		}
	}
	if r.begun {
		if err := r.c.add(beginRead, nil); err != nil {
			return err
		}
		result.statements, r.open = 2, true
	}
	return r.query(sql, args, result)
}

func (r *reader) query(sql string, args []any, result *results) error {
	if err := r.c.add(sql, args); err != nil {
		return err
	}
	if result.then != "" {
		if err := r.c.add(result.then, nil); err != nil {
			return err
		}
	}
	err := r.c.roundTrip(result)
	r.refused = r.open && result.refused
	return err
}

// BeginRead starts a transaction, which the first query sends.
func (r *reader) BeginRead() error {
	r.begun = true
	return nil
}

// Rollback ends the transaction. If the connection is lost meanwhile, the next
// query opens another.
func (r *reader) Rollback() error {
	r.begun = false
	r.leave()
	return nil
}

// leave ends the server's transaction, without waiting for the answer.
func (r *reader) leave() {
	if r.open && r.c.add(rollback, nil) == nil {
		r.c.sendAsync()
	}
	r.open, r.refused = false, false
}

// Commit ends the transaction.
func (r *reader) Commit() error { return r.Rollback() }

// InTx reports whether queries still see the transaction's state.
func (r *reader) InTx() bool { return !r.open || !r.c.closed() && !r.refused }

// Close closes the connection.
func (r *reader) Close() error { return r.c.close() }

// Checkpoint has nothing to do.
func (r *reader) Checkpoint() error { return nil }

func (r *reader) Exec(string, ...any) error  { return errReading }
func (r *reader) BeginWrite() error          { return errReading }
func (r *reader) Savepoint() error           { return errReading }
func (r *reader) Release() error             { return errReading }
func (r *reader) RollbackToSavepoint() error { return errReading }
