package sqldb

import (
	"context"
	"errors"

	"github.com/dragoman-gateway/dragoman/core"
)

// tx is one transaction: a view, which connects when it first must, or one
// change of the writer's batch. It implements [core.StoreTx].
type tx struct {
	db    *DB
	ctx   context.Context
	conn  Conn
	write bool
	over  bool
	// fresh are the scopes that this transaction made, which others must not see yet.
	fresh map[kindKey]scope
}

var (
	errOver     = &core.Error{Kind: core.Internal, Err: errors.New("sqldb: the transaction is over")}
	errReadOnly = &core.Error{Kind: core.Internal, Err: errors.New("sqldb: a view cannot write")}
)

// query runs a statement on this transaction's state.
func (t *tx) query(sql string, args []any, scan func(Row) error) error {
	if err := t.ready(); err != nil {
		return err
	}
	err := t.conn.Query(sql, args, scan)
	if errors.Is(err, stop{}) {
		return nil
	}
	return err
}

// row runs a query for at most one row.
func (t *tx) row(sql string, args []any, scan func(Row)) (bool, error) {
	if err := t.ready(); err != nil {
		return false, err
	}
	return one(t.conn, sql, args, scan)
}

func (t *tx) exec(sql string, args ...any) error {
	if err := t.writable(); err != nil {
		return err
	}
	return t.conn.Exec(sql, args...)
}

// ready makes sure that the transaction may go on and has a connection. The
// context is asked here, since the drivers are not given it: that costs them a
// goroutine a query.
func (t *tx) ready() error {
	if t.over {
		return errOver
	}
	if err := t.ctx.Err(); err != nil {
		return err
	}
	if t.conn != nil {
		return nil
	}
	return t.connect()
}

func (t *tx) writable() error {
	if !t.write {
		return errReadOnly
	}
	return t.ready()
}

// connect takes a connection for a view.
func (t *tx) connect() error {
	c, err := t.db.readers.take(t.ctx)
	if err != nil {
		return err
	}
	if err := c.BeginRead(); err != nil {
		t.db.readers.give(c)
		return err
	}
	t.conn = c
	return nil
}

// end gives a view's connection back.
func (t *tx) end() {
	t.over = true
	if t.conn != nil && !t.write {
		t.db.readers.release(t.conn)
	}
	t.conn = nil
}

func notFound() error { return &core.Error{Kind: core.NotFound} }

func stale() error { return &core.Error{Kind: core.Stale} }

func conflict(faults ...core.Fault) error {
	return &core.Error{Kind: core.Conflict, Faults: faults}
}

func taken(f core.Field, value string) core.Fault {
	return core.Fault{Field: f, Rule: core.Taken, Value: value}
}
