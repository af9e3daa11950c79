//go:build cgo

package sqlite

import (
	"errors"
	"sync"

	"github.com/dragoman-gateway/dragoman/store/internal/sqldb"
)

// restingConn is a connection that is opened when it is used, and can be closed between
// two uses: there may be many stores of images, of which few are used at a time.
type restingConn struct {
	open func() (*conn, error)

	mu   sync.Mutex
	conn *conn // nil: at rest
	uses int
	// reader answers queries while this connection rests, until a view gets that one: most
	// stores of images are read before they are changed, if they are.
	reader *restingConn
}

// use runs do with the connection.
func (r *restingConn) use(do func(*conn) error) error {
	c, err := r.begin()
	if err != nil {
		return err
	}
	defer r.end()
	return do(c)
}

func (r *restingConn) begin() (_ *conn, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.conn == nil {
		if r.conn, err = r.open(); err != nil {
			return nil, err
		}
	}
	r.uses++
	return r.conn, nil
}

func (r *restingConn) end() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.uses--
}

// rest closes the connection, unless it is in use or in a transaction. It reports whether
// it is closed.
func (r *restingConn) rest() (closed bool, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.conn == nil {
		return true, nil
	}
	if r.uses > 0 || r.conn.writing || r.conn.InTx() {
		return false, nil
	}
	c := r.conn
	r.conn = nil
	return true, c.Close()
}

// Query implements [sqldb.Conn].
func (r *restingConn) Query(sql string, args []any, scan func(sqldb.Row) error) error {
	if reader := r.readerNow(); reader != nil {
		return reader.Query(sql, args, scan)
	}
	return r.use(func(c *conn) error { return c.Query(sql, args, scan) })
}

func (r *restingConn) readerNow() *restingConn {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.conn != nil {
		return nil
	}
	return r.reader
}

// QueryThen implements [sqldb.Conn].
func (r *restingConn) QueryThen(sql string, args []any, scan func(sqldb.Row) error, then string, scanThen func(sqldb.Row) error) error {
	return r.use(func(c *conn) error { return c.QueryThen(sql, args, scan, then, scanThen) })
}

// Exec implements [sqldb.Conn].
func (r *restingConn) Exec(sql string, args ...any) error {
	return r.use(func(c *conn) error { return c.Exec(sql, args...) })
}

// BeginRead implements [sqldb.Conn].
func (r *restingConn) BeginRead() error { return r.use((*conn).BeginRead) }

// BeginWrite implements [sqldb.Conn].
func (r *restingConn) BeginWrite() error { return r.use((*conn).BeginWrite) }

// Commit implements [sqldb.Conn].
func (r *restingConn) Commit() error { return r.use((*conn).Commit) }

// Savepoint implements [sqldb.Conn].
func (r *restingConn) Savepoint() error { return r.use((*conn).Savepoint) }

// Release implements [sqldb.Conn].
func (r *restingConn) Release() error { return r.use((*conn).Release) }

// RollbackToSavepoint implements [sqldb.Conn].
func (r *restingConn) RollbackToSavepoint() error { return r.use((*conn).RollbackToSavepoint) }

// Rollback implements [sqldb.Conn]. A connection at rest has no transaction.
func (r *restingConn) Rollback() error { return r.ifOpen((*conn).Rollback) }

// Checkpoint implements [sqldb.Conn]. One at rest has no log: the last connection to be
// closed empties it.
func (r *restingConn) Checkpoint() error { return r.ifOpen((*conn).Checkpoint) }

// InTx implements [sqldb.Conn].
func (r *restingConn) InTx() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.conn != nil && r.conn.InTx()
}

// Close implements [sqldb.Conn].
func (r *restingConn) Close() (err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.conn != nil {
		err = r.conn.Close()
	}
	if r.reader != nil {
		err = errors.Join(err, r.reader.Close())
	}
	r.conn, r.reader = nil, nil
	return err
}

func (r *restingConn) ifOpen(do func(*conn) error) error {
	r.mu.Lock()
	c := r.conn
	if c == nil {
		r.mu.Unlock()
		return nil
	}
	r.uses++
	r.mu.Unlock()
	defer r.end()
	return do(c)
}

// restingConns are the connections of a store of an image.
type restingConns struct {
	mu     sync.Mutex
	all    []*restingConn
	writer *restingConn // whose reader no view has got
}

// connect adds a connection, which open opens when it is used.
func (r *restingConns) connect(write bool, open func(write bool) (*conn, error)) *restingConn {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case write:
		r.writer = r.add(func() (*conn, error) { return open(true) })
		r.writer.reader = r.add(func() (*conn, error) { return open(false) })
		return r.writer
	case r.writer != nil:
		w := r.writer
		r.writer = nil
		w.mu.Lock()
		defer w.mu.Unlock()
		reader := w.reader
		w.reader = nil
		return reader
	}
	return r.add(func() (*conn, error) { return open(false) })
}

func (r *restingConns) add(open func() (*conn, error)) *restingConn {
	c := &restingConn{open: open}
	r.all = append(r.all, c)
	return c
}

// rest closes the connections that are not in use. It reports whether all are closed, so
// that the file has everything.
func (r *restingConns) rest() (closed bool, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	closed = true
	for _, c := range r.all {
		is, failed := c.rest()
		closed, err = closed && is, errors.Join(err, failed)
	}
	return closed, err
}
