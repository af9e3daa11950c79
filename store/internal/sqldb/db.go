package sqldb

import (
	"context"
	"crypto/rand"
	"errors"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/store/internal/cache"
)

// DB is a [core.Store] on an engine.
type DB struct {
	engine  Engine
	names   *names
	cache   *cache.Cache
	readers *pool
	writer  *writer
	epochs  epochs
	checker checker
	stats   meter

	name     string // of this process; see changing.writer
	follower follower

	// The writer's own: the number of the committed state, and what it knows of
	// the sequences.
	version uint64
	number  uint64 // of that state in the cache
	commits int64  // how many were tried
	next    map[sequence]int64
}

// ErrClosed is what a closed store fails with.
var ErrClosed = &core.Error{Kind: core.Internal, Err: errors.New("sqldb: the store is closed")}

// New makes a store of an engine whose schema is up to date. It takes the engine
// over and closes it, also when it fails.
func New(ctx context.Context, e Engine) (*DB, error) {
	conn, err := e.Connect(ctx, true)
	if err != nil {
		return nil, errors.Join(err, e.Close())
	}
	version, err := versionOf(conn)
	if err != nil {
		return nil, errors.Join(err, conn.Close(), e.Close())
	}
	db := &DB{
		engine: e, names: newNames(), cache: cache.New(e.CacheBytes()), readers: newPool(e), name: rand.Text(),
		version: version, number: version, next: map[sequence]int64{},
	}
	db.epochs.init(e, db.readers, version)
	db.checker.db = db
	db.writer = newWriter(db, conn)
	return db, nil
}

// Update runs fn in the writer's next batch.
func (db *DB) Update(ctx context.Context, fn func(core.StoreTx) error) error {
	if err := db.epochs.enter(); err != nil {
		return err
	}
	defer db.epochs.leave()
	return db.writer.do(ctx, newChange(ctx, fn))
}

// Close waits for what is running and releases everything.
func (db *DB) Close() error {
	if !db.epochs.close() {
		return nil
	}
	err := db.writer.close()
	db.epochs.closeConns()
	return errors.Join(err, db.readers.close(), db.engine.Close())
}
