package postgres

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/dragoman-gateway/dragoman/store/internal/sqldb"
)

// engine is one database.
type engine struct {
	options
	name  string         // of this process, for the tokens of its commits
	first *pgconn.PgConn // the connection of the start, for the writer

	mu   sync.Mutex
	down time.Time // since when the server cannot be reached; zero: it can
	last time.Time // when that was tried last
	why  error
}

func newEngine(o options) *engine {
	return &engine{options: o, name: strings.ToLower(rand.Text())}
}

// start reaches the server and brings the schema up.
func (e *engine) start(ctx context.Context, s schema) (err error) {
	if e.first, err = e.connect(ctx); err != nil {
		return err
	}
	if err := s.prepare(ctx, e.first); err != nil {
		return errors.Join(err, e.Close())
	}
	return nil
}

// Connect opens a connection.
func (e *engine) Connect(ctx context.Context, write bool) (sqldb.Conn, error) {
	if !write {
		l, err := e.dial(ctx)
		return &reader{e: e, l: l}, told(err)
	}
	l, err := e.firstLink(ctx)
	w := &writer{e: e, l: l}
	w.reset()
	return w, told(err)
}

// firstLink is the connection of the start, or a new one if that was taken.
func (e *engine) firstLink(ctx context.Context) (*link, error) {
	c := e.first
	if c == nil {
		return e.dial(ctx)
	}
	e.first = nil
	return e.link(ctx, c)
}

// Readers is how many connections views may use.
func (e *engine) Readers() int { return e.pool }

// Shared is true: any number of processes may use a database.
func (e *engine) Shared() bool { return true }

// CacheBytes is how much memory objects may take.
func (e *engine) CacheBytes() int64 { return e.cache }

// Find is PostgreSQL's name of the function.
func (e *engine) Find() string { return "strpos" }

// Close releases the connection of the start, if nobody took it.
func (e *engine) Close() error {
	if e.first == nil {
		return nil
	}
	return e.first.Close(context.Background())
}

const (
	// pause is what is waited between two tries to connect.
	pause = 50 * time.Millisecond
	// known is how long a failed try to connect speaks for others.
	known = time.Second
	// minRetry is how long an unknown commit is asked for at least.
	minRetry = 2 * time.Second
)

// dial opens a connection.
func (e *engine) dial(ctx context.Context) (*link, error) {
	c, err := e.connect(ctx)
	if err != nil {
		return nil, err
	}
	return e.link(ctx, c)
}

// link goes on with a connection by itself.
func (e *engine) link(ctx context.Context, c *pgconn.PgConn) (*link, error) {
	l, err := newLink(ctx, c, e.patience())
	if err != nil {
		return nil, &lostError{err}
	}
	return l, nil
}

// connect opens a connection. While the server cannot be reached it is tried
// again for as long as the DSN says, counted from when it was lost; then calls
// fail fast until somebody's try succeeds.
func (e *engine) connect(ctx context.Context) (*pgconn.PgConn, error) {
	for {
		if err := e.givenUp(); err != nil {
			return nil, err
		}
		c, err := e.try(ctx)
		if err == nil {
			e.reached()
			return c, nil
		}
		if !e.lost(err) {
			return nil, err
		}
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// givenUp returns the failure of somebody who has just tried, if the time for
// trying again is over.
func (e *engine) givenUp() error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.down.IsZero() || time.Since(e.down) < e.retry || time.Since(e.last) > known {
		return nil
	}
	return e.why
}

func (e *engine) reached() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.down, e.why = time.Time{}, nil
}

// lost notes that the server was not reached; it tells whether to try again.
func (e *engine) lost(err error) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	if !isLost(err) {
		return false
	}
	e.last, e.why = time.Now(), err
	if e.down.IsZero() {
		e.down = e.last
	}
	return time.Since(e.down) < e.retry
}

// try tries to connect once. It fails with a lostError when another try may go
// better.
func (e *engine) try(ctx context.Context) (*pgconn.PgConn, error) {
	c, err := pgconn.ConnectConfig(ctx, &e.config.Config)
	if err != nil {
		if hopeless(ctx, err) {
			return nil, err
		}
		return nil, &lostError{err}
	}
	if encoding := c.ParameterStatus("server_encoding"); encoding != "UTF8" {
		return nil, errors.Join(fmt.Errorf("the database keeps texts as %s, not UTF8", encoding), c.Close(ctx))
	}
	if err := tune(ctx, c); err != nil {
		return nil, errors.Join(&lostError{err}, c.Close(ctx))
	}
	return c, nil
}

// settings make the server plan as a store needs it: every query is answered in
// the order of one index, whatever its values and however many rows there are. A
// plan is made once, when the tables may still be empty, and stays good.
const settings = `set plan_cache_mode = force_generic_plan;
	set enable_seqscan = off; set enable_bitmapscan = off; set enable_hashjoin = off; set jit = off`

func tune(ctx context.Context, c *pgconn.PgConn) error {
	err := c.Exec(ctx, settings).Close()
	if refusalOf(err) != nil {
		return nil // an engine that does not know these has its own ways
	}
	return err
}

// hopeless tells whether trying again soon cannot help: the server was reached
// and refuses, or its name is not known.
func hopeless(ctx context.Context, err error) bool {
	if ctx.Err() != nil {
		return true
	}
	if e := refusalOf(err); e != nil {
		class := e.Code[:min(2, len(e.Code))]
		return class != "57" && class != "53" && class != "08"
	}
	return false
}
