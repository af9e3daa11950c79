package sqldb

import (
	"context"
	"errors"
	"sync"

	"github.com/dragoman-gateway/dragoman/core"
)

// DB is a [core.Store] on an engine.
type DB struct {
	engine  Engine
	names   *names
	readers *pool
	writer  *writer

	mu      sync.Mutex
	idle    sync.Cond
	running int
	closed  bool
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
	db := &DB{engine: e, names: newNames(), readers: newPool(e)}
	db.idle.L = &db.mu
	db.writer = newWriter(db, conn)
	return db, nil
}

// View runs fn on one consistent state, which is that of its first read.
func (db *DB) View(ctx context.Context, fn func(core.StoreTx) error) error {
	if err := db.enter(); err != nil {
		return err
	}
	defer db.leave()
	t := &tx{db: db, ctx: ctx}
	defer t.end()
	return fn(t)
}

// Update runs fn in the writer's next batch.
func (db *DB) Update(ctx context.Context, fn func(core.StoreTx) error) error {
	if err := db.enter(); err != nil {
		return err
	}
	defer db.leave()
	return db.writer.do(ctx, newChange(ctx, fn))
}

func (db *DB) enter() error {
	db.mu.Lock()
	defer db.mu.Unlock()
	if db.closed {
		return ErrClosed
	}
	db.running++
	return nil
}

func (db *DB) leave() {
	db.mu.Lock()
	defer db.mu.Unlock()
	if db.running--; db.running == 0 && db.closed {
		db.idle.Broadcast()
	}
}

// Close waits for what is running and releases everything.
func (db *DB) Close() error {
	db.mu.Lock()
	already := db.closed
	db.closed = true
	for db.running > 0 {
		db.idle.Wait()
	}
	db.mu.Unlock()
	if already {
		return nil
	}
	return errors.Join(db.writer.close(), db.readers.close(), db.engine.Close())
}
