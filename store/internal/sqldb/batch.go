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
	kept []*change
	ran  int
	made changing
}

// run runs one change; one that fails is undone and answered at once.
func (b *batch) run(c *change) {
	if err := b.begin(); err != nil {
		c.answer(err)
		return
	}
	made := &changing{db: b.w.db, conn: b.w.conn, under: &b.made}
	err := c.call(&tx{db: b.w.db, ctx: c.ctx, source: made, change: made})
	if err == nil {
		err = b.keep(c, made)
	} else if undoErr := b.undo(); undoErr != nil {
		b.retry(undoErr)
	}
	if err != nil && !errors.Is(err, errAbandoned) {
		c.answer(err)
	}
}

// begin opens the transaction for the first change, a savepoint for a later one.
func (b *batch) begin() error {
	if b.open {
		return b.w.conn.Exec("savepoint change")
	}
	err := b.w.conn.BeginWrite()
	b.open = err == nil
	return err
}

// keep makes the change part of the batch.
func (b *batch) keep(c *change, made *changing) error {
	if len(b.kept) > 0 {
		if err := b.w.conn.Exec("release change"); err != nil {
			return err
		}
	}
	b.kept = append(b.kept, c)
	made.merge()
	return nil
}

// undo takes back the change that has just failed, and nothing else.
func (b *batch) undo() error {
	conn := b.w.conn
	if len(b.kept) == 0 {
		b.open = false
		return conn.Rollback()
	}
	if !conn.InTx() {
		return errors.New("sqldb: the failure of one change ended the transaction of others")
	}
	if err := conn.Exec("rollback to change"); err != nil {
		return err
	}
	return conn.Exec("release change")
}

// retry runs the changes of a lost transaction again, each in one of its own.
func (b *batch) retry(cause error) {
	lost := b.kept
	*b = batch{w: b.w, ran: b.ran, made: changing{db: b.w.db, conn: b.w.conn}}
	_ = b.w.conn.Rollback()
	for _, c := range lost {
		alone := batch{w: b.w, made: changing{db: b.w.db, conn: b.w.conn}}
		alone.run(c)
		alone.finish(cause)
	}
}

// finish makes the batch durable, lets everybody know, then answers.
func (b *batch) finish(cause error) {
	if !b.open {
		return
	}
	began := time.Now()
	err := b.commit()
	if err != nil {
		_ = b.w.conn.Rollback()
		err = fmt.Errorf("commit: %w", errors.Join(err, cause))
	}
	b.w.db.stats.committed(len(b.kept), time.Since(began), err)
	for _, c := range b.kept {
		c.answer(err)
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
	if err := b.w.conn.Commit(); err != nil {
		db.epochs.failed()
		return err
	}
	b.made.publish(version)
	db.version = version
	db.epochs.ended(version)
	return nil
}
