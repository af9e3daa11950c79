package postgres

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/dragoman-gateway/dragoman/store/internal/sqldb"
)

// engine is one database.
type engine struct {
	options
	name   string           // of this process, for the tokens of its commits
	notify func(lost error) // see sqldb.Options; may be nil
	// compatible says that the server lacks settings for plans: it is another engine.
	compatible atomic.Bool

	mu   sync.Mutex
	down time.Time // since when the server cannot be reached; zero if it can
	last time.Time // the last try to reach it
	why  error
}

func newEngine(o options) *engine {
	return &engine{options: o, name: strings.ToLower(rand.Text())}
}

// Connect opens a connection.
func (e *engine) Connect(ctx context.Context, write bool) (sqldb.Conn, error) {
	c, err := e.dial(ctx)
	if !write {
		return &reader{e: e, c: c}, wrap(err)
	}
	w := &writer{e: e, c: c}
	w.reset()
	return w, wrap(err)
}

// Readers is how many connections views may use.
func (e *engine) Readers() int { return e.pool }

// Shared is true: any number of processes may use a database.
func (e *engine) Shared() bool { return true }

// CacheBytes is how much memory objects may take.
func (e *engine) CacheBytes() int64 { return e.cache }

// Find is PostgreSQL's name of the function.
func (e *engine) Find() string { return "strpos" }

// Scrub leaves former versions of rows to the server, which removes them in time.
func (e *engine) Scrub(sqldb.Conn) error { return nil }

// Close has nothing to release.
func (e *engine) Close() error { return nil }

const (
	// pause is the time between two tries to connect.
	pause = 50 * time.Millisecond
	// known is how long others rely on a failed try to connect.
	known = time.Second
	// minRetry is how long the outcome of a commit is asked for at least.
	minRetry = 2 * time.Second
)

// dial opens a connection in pipeline mode.
func (e *engine) dial(ctx context.Context) (*conn, error) {
	pg, err := e.connect(ctx)
	if err != nil {
		return nil, err
	}
	return newConn(pg, e.readTimeout()), nil
}

// connect opens a connection. While the server cannot be reached it tries again
// for as long as the DSN says, counted from when the server was lost; from then
// on calls fail fast until one succeeds.
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

// givenUp returns the error of another call's recent try, if the time for trying
// again is over.
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
	if !e.down.IsZero() && e.notify != nil {
		e.notify(nil)
	}
	e.down, e.why = time.Time{}, nil
}

// lost notes that the server was not reached. It reports whether to try again.
func (e *engine) lost(err error) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	if !isLost(err) {
		return false
	}
	e.last, e.why = time.Now(), err
	if e.down.IsZero() {
		e.down = e.last
		if e.notify != nil {
			e.notify(err)
		}
	}
	return time.Since(e.down) < e.retry
}

// try tries to connect once. It fails with a lostError if another try may succeed.
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
	if err := e.tune(ctx, c); err != nil {
		return nil, errors.Join(&lostError{err}, c.Close(ctx))
	}
	return c, nil
}

// settings make the server plan as a store needs it: every query is answered in
// the order of one index, whatever its values and however many rows there are. A
// plan is made once, and again when the tables were analyzed (see analyze.go).
const settings = `set plan_cache_mode = force_generic_plan;
	set enable_seqscan = off; set enable_bitmapscan = off; set enable_hashjoin = off; set jit = off`

func (e *engine) tune(ctx context.Context, c *pgconn.PgConn) error {
	err := c.Exec(ctx, settings).Close()
	if refusalOf(err) != nil {
		e.compatible.Store(true)
		return nil // it plans by itself
	}
	return err
}

// hopeless reports whether trying again soon cannot help: the server was reached
// and refuses.
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
