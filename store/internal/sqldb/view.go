package sqldb

import (
	"context"
	"time"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/store/internal/cache"
)

// view is how a view reads: one state, from memory where it can.
type view struct {
	db    *DB
	epoch *epoch
}

// query asks the database for the epoch's state: through a pin if one is free,
// else through a connection of the readers' pool, if that still sees the state.
func (v *view) query(ctx context.Context, sql string, args []any, scan func(Row) error) error {
	defer v.db.stats.read(time.Now())
	p, c, err := v.take(ctx, v.db.readers.slots)
	if c != nil {
		var done bool
		if done, p, err = v.through(c, sql, args, scan); done {
			return err
		}
		if p.Conn == nil {
			p, _, err = v.take(ctx, nil)
		}
	}
	if err != nil {
		return err
	}
	defer v.give(p)
	return p.Query(sql, args, scan)
}

// through asks through a connection that is not a pin. In a store of one process
// any sees the epoch's state, as long as there was no commit; else it may become
// a pin.
func (v *view) through(c Conn, sql string, args []any, scan func(Row) error) (done bool, p pinned, err error) {
	still := func() bool { return v.db.epochs.still(v.epoch) }
	if !v.db.epochs.shared && still() {
		if done, err = c.Glance(sql, args, still, scan); done || err != nil {
			v.db.readers.give(c)
			return true, p, err
		}
	}
	return false, v.pin(c), nil
}

func (v *view) get(k cache.Key) (cache.Value, bool) {
	return v.db.cache.Get(k, v.epoch.number)
}

func (v *view) keep(k cache.Key, val cache.Value) { v.db.cache.Fill(k, val, v.epoch.number) }

func (v *view) scope(kindKey) scope { return 0 }

func (v *view) remember(k kindKey, s scope) { v.db.names.keep(k, s) }

func (v *view) private() bool { return false }

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
	t.view.db.epochs.part(t.view.epoch)
}
