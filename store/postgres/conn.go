package postgres

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/dragoman-gateway/dragoman/store/internal/sqldb"
)

// conn is one connection to the server. It is in pipeline mode from its first
// statement to its end: statements are queued, sent together and answered
// together, up to a Sync. After a statement that fails, the server skips the
// others up to the Sync.
type conn struct {
	pg           *pgconn.PgConn
	pipeline     *pgconn.Pipeline
	statements   statements
	row          row
	pendingSyncs int           // Syncs whose results have not been read
	timeout      time.Duration // 0 is no timeout
	err          error         // why the connection is closed
}

func newConn(pg *pgconn.PgConn, timeout time.Duration) *conn {
	return &conn{pg: pg, pipeline: pg.StartPipeline(context.Background()), timeout: timeout}
}

// closed reports whether the connection is of no more use.
func (c *conn) closed() bool { return c == nil || c.err != nil }

// add queues a statement.
func (c *conn) add(sql string, args []any) error {
	if c.err != nil {
		return c.err
	}
	values, err := encode(args)
	if err != nil {
		return c.abort(err)
	}
	c.statements.send(c.pipeline, sql, args, values)
	return nil
}

// flush sends the queue. The server starts to work on it.
func (c *conn) flush() error {
	if c.err != nil {
		return c.err
	}
	c.extendDeadline()
	return c.lost(c.pipeline.Flush())
}

func (c *conn) sync() error {
	c.statements.sync()
	c.pipeline.SendPipelineSync()
	return c.flush()
}

// sendAsync sends the queue and a Sync. The next round trip reads the results.
func (c *conn) sendAsync() {
	if c.err == nil && c.sync() == nil {
		c.pendingSyncs++
	}
}

// results is what the statements of a round trip return. Only the rows of the
// last one are read, or those of the last two.
type results struct {
	statements int                   // how many were queued since the last Sync
	scan       func(sqldb.Row) error // nil reads no rows
	// then is another query behind that of scan, and scanThen reads its rows.
	then     string
	scanThen func(sqldb.Row) error
	// disposable says that the connection holds no transaction: it is closed
	// rather than that many rows are read which scan does not want.
	disposable bool

	done    int   // statements that have run
	rows    int   // rows that were read
	refused bool  // the server refused a statement
	err     error // the server's error, or that of scan
}

// scanOf returns what reads the rows of a statement, nil if nothing does.
func (r *results) scanOf(statement int) func(sqldb.Row) error {
	switch {
	case r.then != "" && statement == r.statements-1:
		return r.scanThen
	case r.then != "" && statement == r.statements-2, r.then == "" && statement == r.statements-1:
		return r.scan
	}
	return nil
}

// roundTrip sends the queue and a Sync, and reads the results. It fails with
// r.err, or with a lostError when the connection is lost.
func (c *conn) roundTrip(r *results) error {
	if err := c.sync(); err != nil {
		return err
	}
	for ; c.pendingSyncs > 0 && c.err == nil; c.pendingSyncs-- {
		c.read(&results{})
	}
	if c.err == nil {
		c.read(r)
	}
	if c.err != nil {
		return c.err
	}
	return r.err
}

// errNoResults says that the server has sent less than it was asked for.
var errNoResults = errors.New("postgres: results are missing")

// read reads results up to a Sync, or until the connection is lost.
func (c *conn) read(r *results) {
	for {
		got, err := c.pipeline.GetResults()
		switch got := got.(type) {
		case *pgconn.StatementDescription:
			c.statements.prepared(got)
		case *pgconn.ResultReader:
			err = c.readRows(got, r)
		case *pgconn.PipelineSync:
			c.statements.synced()
			return
		case nil:
			if err == nil {
				err = c.abort(errNoResults)
			}
		}
		switch {
		case c.err != nil:
			return
		case c.pg.IsClosed():
			c.lost(err)
			return
		case err != nil:
			r.refused, r.err = true, err
		}
	}
}

const (
	// rowsPerDeadline is how many rows the timeout is for.
	rowsPerDeadline = 1000
	// maxUnwanted is how many rows are read after scan has failed before a new
	// connection is cheaper.
	maxUnwanted = 10_000
)

// errUnwanted is why a connection was closed in the middle of a result.
var errUnwanted = errors.New("postgres: the remaining rows are not wanted")

// readRows reads the result of one statement. Rows after the failure of scan are
// skipped.
func (c *conn) readRows(rows *pgconn.ResultReader, r *results) error {
	scan := r.scanOf(r.done)
	for n, skipped := 1, 0; rows.NextRow(); n++ {
		if n%rowsPerDeadline == 0 {
			c.extendDeadline()
		}
		switch {
		case scan != nil && r.err == nil:
			r.rows++
			c.row = rows.Values()
			r.err = scan(&c.row)
		case r.disposable:
			if skipped++; skipped > maxUnwanted {
				r.done++
				return c.abort(errUnwanted)
			}
		}
	}
	_, err := rows.Close()
	if err == nil {
		r.done++
	}
	return err
}

func (c *conn) extendDeadline() {
	if c.timeout > 0 {
		_ = c.pg.Conn().SetDeadline(time.Now().Add(c.timeout)) // a closed connection fails at once anyway
	}
}

// lost notes that pgconn has closed the connection, unless err is nil.
func (c *conn) lost(err error) error {
	if err != nil && c.err == nil {
		c.err = &lostError{err}
	}
	return c.err
}

// abort closes the connection because of err.
func (c *conn) abort(err error) error {
	_ = c.close()
	return c.lost(err)
}

// close closes the connection, which a silent server cannot delay for long.
func (c *conn) close() error {
	if c.closed() {
		return nil
	}
	_ = c.pg.Conn().SetDeadline(time.Now().Add(time.Second))
	return c.pg.Close(context.Background())
}
