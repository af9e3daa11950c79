package sqldb

import (
	"context"
	"errors"
	"time"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/store/internal/cache"
)

// view is how a view reads: one state, from memory where it can.
type view struct {
	db    *DB
	epoch *epoch
	own   Conn // a connection in a transaction on the epoch's state, once needed
}

// query asks the database for the epoch's state. As long as there was no commit,
// any connection sees that.
func (v *view) query(ctx context.Context, sql string, args []any, scan func(Row) error) error {
	defer v.db.stats.read(time.Now())
	if v.own == nil {
		done, err := v.quickly(ctx, sql, args, scan)
		if done || err != nil {
			return err
		}
	}
	if err := v.settle(ctx); err != nil {
		return err
	}
	if v.own != nil {
		return v.own.Query(sql, args, scan)
	}
	p := v.epoch.pin.Load()
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.conn.Query(sql, args, scan)
}

// quickly asks in the way that takes the fewest turns, if it is open.
func (v *view) quickly(ctx context.Context, sql string, args []any, scan func(Row) error) (bool, error) {
	if !v.db.epochs.shared {
		if v.epoch.pin.Load() != nil || !v.db.epochs.still(v.epoch) {
			return false, nil
		}
		return v.glance(ctx, sql, args, scan)
	}
	p := v.epoch.pin.Load()
	if p == nil || !p.mu.TryLock() {
		return false, nil
	}
	defer p.mu.Unlock()
	return true, p.conn.Query(sql, args, scan)
}

// glance asks without a transaction; it tells whether no commit came in between.
func (v *view) glance(ctx context.Context, sql string, args []any, scan func(Row) error) (bool, error) {
	c, err := v.db.readers.take(ctx)
	if err != nil {
		return false, err
	}
	done, err := c.Glance(sql, args, func() bool { return v.db.epochs.still(v.epoch) }, scan)
	if err != nil && !errors.Is(err, stop{}) && v.db.engine.Cause(err) == CauseLost {
		v.db.readers.discard(c)
		return done, err
	}
	v.db.readers.give(c)
	return done, err
}

// settle makes sure that there is a transaction on the epoch's state: one of the
// view's own if it can still have it, else the pin.
func (v *view) settle(ctx context.Context) error {
	if v.own != nil {
		return nil
	}
	c, err := v.db.readers.take(ctx)
	if err != nil {
		return err
	}
	version, err := beginAt(c)
	if err != nil {
		v.db.readers.discard(c)
		return err
	}
	if version == v.epoch.version {
		v.own = c
		return nil
	}
	v.db.readers.release(c)
	if v.epoch.pin.Load() == nil {
		return errForeign
	}
	return nil
}

func (v *view) get(k cache.Key) (cache.Value, bool) {
	return v.db.cache.Get(k, v.epoch.number)
}

func (v *view) keep(k cache.Key, val cache.Value) { v.db.cache.Fill(k, val, v.epoch.number) }

func (v *view) scope(kindKey) scope { return 0 }

func (v *view) remember(k kindKey, s scope) { v.db.names.keep(k, s) }

func (v *view) private() bool { return false }

// end gives back what the view holds.
func (v *view) end() {
	if v.own != nil {
		v.db.readers.release(v.own)
		v.own = nil
	}
	v.db.epochs.part(v.epoch)
}

// View runs fn on one consistent state: that of now.
func (db *DB) View(ctx context.Context, fn func(core.StoreTx) error) error {
	e, err := db.join(ctx)
	if err != nil {
		return err
	}
	t := &viewTx{view: view{db: db, epoch: e}}
	t.tx = tx{db: db, ctx: ctx, source: &t.view}
	defer t.end()
	return fn(&t.tx)
}

func (db *DB) join(ctx context.Context) (*epoch, error) {
	if db.epochs.shared {
		return db.checker.join(ctx)
	}
	return db.epochs.join()
}

// viewTx is a transaction and its source in one piece of memory.
type viewTx struct {
	tx   tx
	view view
}

func (t *viewTx) end() {
	t.tx.over = true
	t.view.end()
}
