package sqldb

import (
	"errors"
	"fmt"
	"time"
)

// batch is the changes that share a transaction.
type batch struct {
	w    *writer
	open bool
	// ended are the changes that have ended and wait for the commit, also those
	// that failed: they may have failed for what an earlier one did, which is not
	// true before it is committed.
	ended   []ending
	kept    int // how many of them are in the transaction
	ran     int
	attempt int
	made    changing
}

// ending is how a change ended; nil is well.
type ending struct {
	c   *change
	err error
}

func (w *writer) newBatch(attempt int) batch {
	return batch{w: w, attempt: attempt, made: changing{db: w.db, conn: w.conn}}
}

// errGone says that a transaction ended while a change was made in it.
var errGone = errors.New("sqldb: the transaction ended before its commit")

// run runs one change; one that fails is undone and answered at once. Its caller
// may give up as long as the transaction has not begun, which can take the time
// of another process's.
func (b *batch) run(c *change) {
	if err := b.begin(); err != nil {
		b.restart(c, err)
		return
	}
	if !c.claim() {
		b.takeBack()
		return
	}
	made := &changing{db: b.w.db, conn: b.w.conn, under: &b.made}
	err := c.call(&tx{db: b.w.db, ctx: c.ctx, source: made, change: made})
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

// takeBack undoes the change that has just failed.
func (b *batch) takeBack() {
	if err := b.undo(); err != nil {
		b.restart(nil, err)
	}
}

// refuse ends a change that failed: at once, if nothing is in the transaction
// that it may have failed for. Nobody is there to hear of one that was abandoned.
func (b *batch) refuse(c *change, err error) {
	switch {
	case errors.Is(err, errAbandoned):
	case b.kept == 0:
		c.answer(err)
	default:
		b.ended = append(b.ended, ending{c, err})
	}
}

// begin opens the transaction for the first change, a savepoint for a later one.
func (b *batch) begin() error {
	if b.open {
		return b.w.conn.Savepoint()
	}
	err := b.w.conn.BeginWrite()
	if err == nil && b.w.db.epochs.shared {
		err = b.w.db.lead()
	}
	b.open = err == nil
	return err
}

// keep makes the change part of the batch.
func (b *batch) keep(c *change, made *changing) error {
	if b.kept > 0 {
		if err := b.w.conn.Release(); err != nil {
			return err
		}
	}
	b.kept++
	b.ended = append(b.ended, ending{c: c})
	made.merge()
	return nil
}

// undo takes back the change that has just failed, and nothing else.
func (b *batch) undo() error {
	if b.kept > 0 {
		return b.w.conn.Undo()
	}
	b.open = false
	return b.w.conn.Rollback()
}

// restart begins the batch anew when its transaction is lost: the changes that
// have ended in it run again, and so does the last one, unless it is to blame.
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
	for _, e := range b.ended {
		list = append(list, e.c)
	}
	return list
}

// maxAttempts is how often a batch is tried whose transaction is in the way of others'.
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

// finish makes the batch durable, lets everybody know, then answers.
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
	for _, e := range b.ended {
		e.c.answer(e.err)
	}
}

// failed goes on after a commit that was not kept: together when others were in
// the way, each alone when one of them may be to blame. When nobody knows
// whether the commit was kept nothing may run again.
func (b *batch) failed(err error) {
	_ = b.w.conn.Rollback()
	cause := b.w.db.engine.Cause(err)
	switch {
	case cause == CauseConflict:
		next := b.w.newBatch(b.attempt + 1)
		next.rerun(b.changes(), err)
		next.finish()
	case cause == CauseLost || len(b.ended) == 1:
		for _, e := range b.ended {
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

// commit ends the transaction. Between the two ticks of the epochs its outcome
// is not settled; before the second, memory is brought to the new state.
func (b *batch) commit() error {
	db := b.w.db
	if !b.made.wrote {
		return b.w.conn.Rollback()
	}
	version := db.version + 1
	if err := b.made.flush(version); err != nil {
		return err
	}
	if err := db.epochs.ending(); err != nil {
		return err
	}
	db.expect(&b.made, version)
	err := b.w.conn.Commit()
	db.settled(err == nil)
	if err != nil {
		db.epochs.failed()
		return err
	}
	for s, n := range b.made.next {
		db.next[s] = n
	}
	db.version, db.number = version, db.epochs.now().number
	return nil
}
