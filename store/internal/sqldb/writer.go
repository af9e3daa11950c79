package sqldb

import (
	"context"
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
		w.db.stats.failed(w.conn.Tidy())
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
	b := w.newBatch(0)
	for c := first; c != nil; c = w.next() {
		b.run(c)
		if b.ran++; b.ran == maxBatch {
			break
		}
	}
	b.finish()
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
