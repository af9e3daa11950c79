package sqldb

import (
	"errors"
	"fmt"
	"maps"
	"time"
)

// batch is the updates that share a transaction.
type batch struct {
	w    *writer
	open bool
	// outcomes are the updates that have run and wait for the commit. Failed ones wait,
	// too: they may have failed because of an earlier one, which is not certain to be
	// kept before the commit.
	outcomes []outcome
	kept     int // how many of them are in the transaction
	ran      int
	attempt  int
	made     *writeSet
}

// outcome is how an update ended; nil is success.
type outcome struct {
	c   *change
	err error
}

func (w *writer) newBatch(attempt int) batch {
	return batch{w: w, attempt: attempt, made: newWriteSet(w.db, w.conn, nil)}
}

// errGone says that a transaction ended while an update ran in it.
var errGone = errors.New("sqldb: the transaction ended before its commit")

// run runs one update. One that fails is undone. Its caller may give up until the
// transaction has begun, which can take as long as that of another process.
func (b *batch) run(c *change) {
	if err := b.begin(); err != nil {
		b.restart(c, err)
		return
	}
	if !c.claim() {
		b.takeBack()
		return
	}
	made := newWriteSet(b.w.db, b.w.conn, b.made)
	c.turn <- &tx{db: b.w.db, ctx: c.ctx, source: made, change: made}
	err := <-c.ran
	if err == nil {
		err = c.ctx.Err()
	}
	switch {
	case !b.w.conn.InTx():
		b.restart(c, errors.Join(errGone, err, b.w.conn.Release()))
		return
	case err == nil:
		if err := b.keep(c, made); err != nil {
			b.restart(c, err)
		}
		return
	}
	b.takeBack()
	b.refuse(c, err)
}

// takeBack undoes the update that has just failed.
func (b *batch) takeBack() {
	if err := b.undo(); err != nil {
		b.restart(nil, err)
	}
}

// refuse ends an update that failed: at once, if nothing is in the transaction that
// may be the cause. The caller of an abandoned one does not wait for the answer.
func (b *batch) refuse(c *change, err error) {
	switch {
	case errors.Is(err, errAbandoned):
	case b.kept == 0:
		c.answer(err)
	default:
		b.outcomes = append(b.outcomes, outcome{c, err})
	}
}

// begin opens the transaction for the first update, a savepoint for a later one.
func (b *batch) begin() error {
	if b.open {
		return b.w.conn.Savepoint()
	}
	err := b.w.conn.BeginWrite()
	if err == nil && b.w.db.engine.Shared() {
		err = b.w.db.catchUpWriter()
	}
	b.open = err == nil
	return err
}

// keep makes the update part of the batch.
func (b *batch) keep(c *change, made *writeSet) error {
	if b.kept > 0 {
		if err := b.w.conn.Release(); err != nil {
			return err
		}
	}
	b.kept++
	b.outcomes = append(b.outcomes, outcome{c: c})
	made.merge()
	return nil
}

// undo undoes the update that has just failed, and nothing else.
func (b *batch) undo() error {
	if b.kept > 0 {
		return b.w.conn.RollbackToSavepoint()
	}
	b.open = false
	return b.w.conn.Rollback()
}

// restart starts the batch over when its transaction is lost: the updates that have
// run in it run again, and so does the last one unless it is the cause.
func (b *batch) restart(last *change, cause error) {
	lost := b.changes()
	ran := b.ran
	_ = b.w.conn.Rollback()
	*b = b.w.newBatch(b.attempt + 1)
	b.ran = ran
	if last != nil && b.w.db.engine.Cause(cause) == CauseConflict {
		lost = append(lost, last)
	} else if last != nil && last.claim() {
		b.refuse(last, cause)
	}
	b.rerun(lost, cause)
}

func (b *batch) changes() (list []*change) {
	for _, e := range b.outcomes {
		list = append(list, e.c)
	}
	return list
}

// maxAttempts is how often a batch is tried whose transaction conflicts with others.
const maxAttempts = 8

func (b *batch) rerun(changes []*change, cause error) {
	if b.attempt < maxAttempts {
		time.Sleep(time.Millisecond << b.attempt)
		for _, c := range changes {
			b.run(c)
		}
		return
	}
	for _, c := range changes {
		if c.claim() {
			b.refuse(c, cause)
		}
	}
}

// finish commits the batch, publishes its changes, then answers.
func (b *batch) finish() {
	if !b.open {
		return
	}
	began := time.Now()
	err := b.commit()
	b.open = false
	b.w.db.stats.committed(b.kept, time.Since(began), err)
	if err != nil {
		b.failed(fmt.Errorf("commit: %w", err))
		return
	}
	for _, e := range b.outcomes {
		e.c.answer(e.err)
	}
}

// failed continues after a commit that failed: with all updates together after a
// conflict, with each alone when one of them may be the cause. If it is unknown
// whether the commit was kept, nothing may run again.
func (b *batch) failed(err error) {
	_ = b.w.conn.Rollback()
	cause := b.w.db.engine.Cause(err)
	switch {
	case cause == CauseConflict:
		next := b.w.newBatch(b.attempt + 1)
		next.rerun(b.changes(), err)
		next.finish()
	case cause == CauseLost || len(b.outcomes) == 1:
		for _, e := range b.outcomes {
			e.c.answer(err)
		}
	default:
		for _, c := range b.changes() {
			alone := b.w.newBatch(b.attempt)
			alone.run(c)
			alone.finish()
		}
	}
}

// commit ends the transaction, and brings memory to the new state.
func (b *batch) commit() error {
	db := b.w.db
	if !b.made.wrote {
		return b.w.conn.Rollback()
	}
	version := db.base.Version + 1
	if err := b.made.flush(version); err != nil {
		return err
	}
	db.beginPublish(b.made, version)
	err := b.w.conn.Commit()
	state := db.endPublish(err == nil)
	if err != nil {
		return err
	}
	maps.Copy(db.next, b.made.next)
	if state != nil {
		db.base = state
	}
	return nil
}
