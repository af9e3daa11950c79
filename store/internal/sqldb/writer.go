package sqldb

import (
	"context"
	"errors"
	"fmt"
)

// writer is the one goroutine that writes. It takes the changes that are queued,
// never waiting for more, and commits them together: each runs behind a
// savepoint of its own, so that one that fails takes nothing else with it, and
// is answered when all are on disk.
type writer struct {
	db    *DB
	conn  Conn
	queue chan *change
	ended chan struct{}
}

// maxBatch bounds how many changes share a commit, and so how long one waits.
const maxBatch = 1024

func newWriter(db *DB, conn Conn) *writer {
	w := &writer{db: db, conn: conn, queue: make(chan *change, maxBatch), ended: make(chan struct{})}
	go w.loop()
	return w
}

func (w *writer) loop() {
	defer close(w.ended)
	for c := range w.queue {
		w.batch(c)
	}
}

// next returns another queued change, nil if there is none.
func (w *writer) next() *change {
	select {
	case c := <-w.queue:
		return c
	default:
		return nil
	}
}

// batch runs the change and those queued behind it, and commits them.
func (w *writer) batch(first *change) {
	b := batch{w: w}
	for c := first; c != nil; c = w.next() {
		if c.claim() {
			b.run(c)
		}
		if b.ran++; b.ran == maxBatch {
			break
		}
	}
	b.commit()
}

// batch is the changes that share a transaction.
type batch struct {
	w    *writer
	open bool
	kept []*change
	ran  int
}

// run runs one change; one that fails is undone and answered at once.
func (b *batch) run(c *change) {
	if err := b.begin(); err != nil {
		c.answer(err)
		return
	}
	t := &tx{db: b.w.db, ctx: c.ctx, conn: b.w.conn, write: true}
	err := c.call(t)
	if err == nil {
		err = b.keep(c)
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
func (b *batch) keep(c *change) error {
	if len(b.kept) > 0 {
		if err := b.w.conn.Exec("release change"); err != nil {
			return err
		}
	}
	b.kept = append(b.kept, c)
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
	*b = batch{w: b.w, ran: b.ran}
	_ = b.w.conn.Rollback()
	for _, c := range lost {
		alone := batch{w: b.w}
		alone.run(c)
		alone.finish(cause)
	}
}

// commit makes the batch durable, then answers.
func (b *batch) commit() { b.finish(nil) }

func (b *batch) finish(cause error) {
	if !b.open {
		return
	}
	b.open = false
	err := b.w.conn.Commit()
	if err != nil {
		_ = b.w.conn.Rollback()
		err = fmt.Errorf("commit: %w", errors.Join(err, cause))
	}
	for _, c := range b.kept {
		c.answer(err)
	}
	b.kept = nil
}

// do queues a change and waits for its end.
func (w *writer) do(ctx context.Context, c *change) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	select {
	case w.queue <- c:
	case <-ctx.Done():
		return ctx.Err()
	}
	return c.wait()
}

// close ends the writer when it has done what is queued.
func (w *writer) close() error {
	close(w.queue)
	<-w.ended
	return w.conn.Close()
}
