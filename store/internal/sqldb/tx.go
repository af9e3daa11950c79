package sqldb

import (
	"context"
	"errors"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/store/internal/cache"
)

// tx is one transaction, a [core.StoreTx]: a view or an update.
type tx struct {
	db         *DB
	ctx        context.Context
	source     source
	change     *writeSet      // nil in a view
	listed     []cache.Value  // the users that a view listed last, whose memberships are often asked for next
	lastSearch *trigramResult // the last search of a view
	over       bool
}

// source is where a transaction reads from.
type source interface {
	// query asks the database.
	query(ctx context.Context, sql string, args []any, scan func(Row) error) error
	// get returns an object from memory; nil if it is gone.
	get(cache.Key) (cache.Value, bool)
	// keep remembers an object that was read.
	keep(cache.Key, cache.Value)
	// remember keeps a number that was read.
	remember(kindKey, scope)
}

var (
	errOver     = &core.Error{Kind: core.Internal, Err: errors.New("sqldb: the transaction is over")}
	errReadOnly = &core.Error{Kind: core.Internal, Err: errors.New("sqldb: a view cannot write")}
)

// query runs a query on the transaction's state, unless its context has ended.
func (t *tx) query(sql string, args []any, scan func(Row) error) error {
	if t.over {
		return errOver
	}
	if err := t.ctx.Err(); err != nil {
		return err
	}
	err := t.source.query(t.ctx, sql, args, scan)
	if errors.Is(err, stop{}) {
		return nil
	}
	return err
}

// row runs a query for at most one row. It reports whether there was one.
func (t *tx) row(sql string, args []any, scan func(Row)) (found bool, err error) {
	err = t.query(sql, args, func(r Row) error {
		found = true
		scan(r)
		return nil
	})
	return found, err
}

// exec runs a statement for its effect.
func (t *tx) exec(sql string, args ...any) error {
	if err := t.writable(); err != nil {
		return err
	}
	t.change.wrote = true
	return t.change.conn.Exec(sql, args...)
}

// writable fails if the transaction cannot write or is over.
func (t *tx) writable() error {
	switch {
	case t.change == nil:
		return errReadOnly
	case t.over:
		return errOver
	}
	return t.ctx.Err()
}

var errNotFound = &core.Error{Kind: core.NotFound}

// notFound is the same error each time: an import meets many.
func notFound() error { return errNotFound }

func stale() error { return &core.Error{Kind: core.Stale} }

func conflict(faults ...core.Fault) error {
	return &core.Error{Kind: core.Conflict, Faults: faults}
}

func taken(f core.Field, value string) core.Fault {
	return core.Fault{Field: f, Rule: core.Taken, Value: value}
}

// missing reports whether err says that an object does not exist.
func missing(err error) bool { return err != nil && core.KindOf(err) == core.NotFound }
