package sqldb

import (
	"context"
	"errors"
	"time"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/store/internal/cache"
	"github.com/dragoman-gateway/dragoman/store/internal/snapshot"
)

// maxViewRuns is how often the function of a view runs on any connections. If a
// commit always comes in between, it runs once more in a transaction of its own.
const maxViewRuns = 2

// errMoved says that a view has met another state than the one it began with.
var errMoved = &core.Error{Kind: core.Internal, Err: errors.New("sqldb: the state has changed; the view runs again")}

// View runs fn on one consistent state, again if the state changes meanwhile.
func (db *DB) View(ctx context.Context, fn func(core.StoreTx) error) error {
	if err := db.lifetime.enter(); err != nil {
		return err
	}
	defer db.lifetime.leave()
	for range maxViewRuns {
		if db.engine.Shared() {
			if err := db.checker.wait(ctx); err != nil {
				return err
			}
		}
		if moved, err := db.view(ctx, db.state.Load(), nil, fn); !moved {
			return err
		}
	}
	return db.viewAlone(ctx, fn)
}

// Snapshot runs fn once, in a transaction.
func (db *DB) Snapshot(ctx context.Context, fn func(core.StoreTx) error) error {
	if err := db.lifetime.enter(); err != nil {
		return err
	}
	defer db.lifetime.leave()
	return db.viewAlone(ctx, fn)
}

// viewAlone runs fn in a transaction, whose state does not change. It does not
// hold up writers.
func (db *DB) viewAlone(ctx context.Context, fn func(core.StoreTx) error) error {
	c, err := db.readers.take(ctx)
	if err != nil {
		return err
	}
	defer db.readers.release(c)
	if err := c.BeginRead(); err != nil {
		return err
	}
	last, err := lastCommit(c)
	if err != nil {
		return err
	}
	state := db.state.Load()
	if !state.Same(last.Version, last.Name) {
		state = nil
	}
	_, err = db.view(ctx, state, c, fn)
	return err
}

// view runs fn once; it reports whether the result is void.
func (db *DB) view(ctx context.Context, s *snapshot.State, c Conn, fn func(core.StoreTx) error) (moved bool, err error) {
	t := &viewTx{view: view{db: db, state: s, conn: c}}
	t.tx = tx{db: db, ctx: ctx, source: &t.view}
	defer func() { t.tx.over = true }()
	err = fn(&t.tx)
	return t.view.moved, err
}

// viewTx is a transaction and its source in one allocation.
type viewTx struct {
	tx   tx
	view view
}

// view is the source of a view: memory where that has the state, else the database.
type view struct {
	db    *DB
	state *snapshot.State // nil: memory has another one
	conn  Conn            // with a transaction on the state; nil: any connection is asked
	moved bool            // the state has changed; nothing more is read
	// While a query runs, what it reads waits until the state is known.
	querying bool
	read     []cache.Change
}

func (v *view) query(ctx context.Context, sql string, args []any, scan func(Row) error) error {
	defer v.db.stats.read(time.Now())
	if v.moved {
		return errMoved
	}
	v.querying = true
	err := v.ask(ctx, sql, args, scan)
	v.querying = false
	for _, o := range v.read {
		if !v.moved {
			v.keep(o.Key, o.Value)
		}
	}
	v.read = v.read[:0]
	return err
}

func (v *view) ask(ctx context.Context, sql string, args []any, scan func(Row) error) error {
	if v.conn != nil {
		return v.conn.Query(sql, args, scan)
	}
	c, err := v.db.readers.take(ctx)
	if err != nil {
		return err
	}
	defer v.db.readers.give(c)
	last := snapshot.Commit{Version: v.state.Version, Name: v.state.Commit}
	if v.db.engine.Shared() {
		err = c.QueryThen(sql, args, scan, selectLast, scanLast(&last))
	} else {
		err = c.Query(sql, args, scan)
	}
	if err != nil && !errors.Is(err, stop{}) {
		return err
	}
	// The database's states follow each other. If the state is the view's after the
	// query, the query saw it.
	if !v.db.engine.Shared() && !v.db.unchanged(v.state) || v.db.engine.Shared() && err != nil {
		var lastErr error
		if last, lastErr = lastCommit(c); lastErr != nil {
			return lastErr
		}
	}
	if !v.state.Same(last.Version, last.Name) {
		v.moved, err = true, errMoved
	}
	return err
}

func (v *view) get(k cache.Key) (cache.Value, bool) {
	if v.state == nil {
		return nil, false
	}
	return v.db.cache.Get(k, v.state.Number)
}

func (v *view) keep(k cache.Key, val cache.Value) {
	switch {
	case v.querying:
		v.read = append(v.read, cache.Change{Key: k, Value: val})
	case v.state != nil:
		v.db.cache.Add(k, val, v.state.Number)
	}
}

func (v *view) remember(k kindKey, s scope) { v.db.names.keep(k, s) }
