package dialecttest

import (
	"context"
	"errors"
	"sync"

	"github.com/dragoman-gateway/dragoman/core"
)

// internals is what a broken store says; no answer may repeat a word of it.
const internals = "pq: disk quota of tenant zebra exceeded in /var/lib/zebra.db"

var errBroken = errors.New(internals)

// faulty is a sound store that can be told to break. It is the real one with a
// switch, not a double: until told otherwise it only passes calls on.
type faulty struct {
	core.Store
	mu     sync.Mutex
	mode   mode
	writes int // left until one fails, in mode failWrite
	failed bool
	before func() // runs once, before the next update
}

type mode uint8

const (
	sound mode = iota
	failAll
	busyAll
	panicAll
	failWrite
)

// set switches the mode. For failWrite, n says which write fails, from 1.
func (f *faulty) set(m mode, n int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.mode, f.writes, f.failed = m, n, false
}

// fired reports whether the write that had to fail was reached.
func (f *faulty) fired() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.failed
}

func (f *faulty) breakdown() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	switch f.mode {
	case failAll:
		return errBroken
	case busyAll:
		return core.ErrBusy
	case panicAll:
		panic(internals)
	}
	return nil
}

// write fails the one write that is to fail.
func (f *faulty) write() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.mode != failWrite {
		return nil
	}
	if f.writes--; f.writes != 0 {
		return nil
	}
	f.failed = true
	return errBroken
}

// View implements core.Store.
func (f *faulty) View(ctx context.Context, fn func(core.StoreTx) error) error {
	if err := f.breakdown(); err != nil {
		return err
	}
	return f.Store.View(ctx, fn)
}

// beforeUpdate runs do before the next update.
func (f *faulty) beforeUpdate(do func()) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.before = do
}

// Update implements core.Store.
func (f *faulty) Update(ctx context.Context, fn func(core.StoreTx) error) error {
	f.mu.Lock()
	before := f.before
	f.before = nil
	f.mu.Unlock()
	if before != nil {
		before()
	}
	if err := f.breakdown(); err != nil {
		return err
	}
	return f.Store.Update(ctx, func(tx core.StoreTx) error { return fn(&faultyTx{tx, f}) })
}
