package sqldb

import (
	"context"
	"crypto/rand"
	"errors"
	"sync/atomic"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/store/internal/cache"
	"github.com/dragoman-gateway/dragoman/store/internal/snapshot"
)

// DB is a [core.Store] on an engine.
type DB struct {
	engine  Engine
	names   *names
	secrets *secrets
	cache   *cache.Cache
	readers *pool
	writer  *writer
	stats   meter
	notes   noteBook // unless the database is shared

	// state is the current one, which only one goroutine at a time may set, when memory
	// shows it. While committing, a later one may be visible in the database.
	state      atomic.Pointer[snapshot.State]
	committing atomic.Bool
	publisher  publisher
	checker    checker
	lifetime   lifetime
	name       string // of this process; see writeSet.commit

	// The writer's own: the state that it builds on, how many commits it has tried,
	// and the next numbers of sequences as far as it knows them.
	base    *snapshot.State
	commits int64
	next    map[sequence]int64
}

// ErrClosed is what a closed store fails with.
var ErrClosed = &core.Error{Kind: core.Internal, Err: errors.New("sqldb: the store is closed")}

// New makes a store of an engine whose schema is up to date, and seals what is not
// sealed with the first of the keys. It takes the engine over and closes it, also when
// it fails.
func New(ctx context.Context, e Engine, o Options) (*DB, error) {
	conn, err := e.Connect(ctx, true)
	if err != nil {
		return nil, errors.Join(err, e.Close())
	}
	kept, err := prepareSecrets(ctx, e, conn, o)
	if err != nil {
		return nil, errors.Join(err, conn.Close(), e.Close())
	}
	last, err := lastCommit(conn)
	if err != nil {
		return nil, errors.Join(err, conn.Close(), e.Close())
	}
	db := &DB{
		engine: e, names: newNames(), secrets: kept, cache: cache.New(e.CacheBytes()), name: rand.Text(),
		base: &snapshot.State{Version: last.Version, Commit: last.Name, Number: 1},
		next: map[sequence]int64{},
	}
	db.readers = newPool(e, &db.stats)
	db.state.Store(db.base)
	db.lifetime.idle.L = &db.lifetime.mu
	db.checker.db = db
	db.writer = newWriter(db, conn)
	return db, nil
}

// Update runs fn in the writer's next batch.
func (db *DB) Update(ctx context.Context, fn func(core.StoreTx) error) error {
	if err := db.lifetime.enter(); err != nil {
		return err
	}
	defer db.lifetime.leave()
	if err := ctx.Err(); err != nil {
		return err
	}
	c := newChange(ctx, fn)
	db.writer.queue.add(c)
	return c.wait()
}

// Close waits for what is running and releases everything.
func (db *DB) Close() error {
	if !db.lifetime.close() {
		return nil
	}
	return errors.Join(db.writer.close(), db.checker.close(), db.readers.close(), db.engine.Close())
}
