package sqldb

import (
	"context"
)

// writer is the one goroutine that writes. It takes the updates that are queued,
// without waiting for more, and commits them together. Each runs after a savepoint, so
// that a failure undoes nothing else, and is answered when all are on disk.
type writer struct {
	db    *DB
	conn  Conn
	queue chan *change
	done  chan struct{}
}

// maxBatch bounds how many updates share a commit, and so how long one waits.
const maxBatch = 1024

func newWriter(db *DB, conn Conn) *writer {
	w := &writer{db: db, conn: conn, queue: make(chan *change, maxBatch), done: make(chan struct{})}
	go w.loop()
	return w
}

func (w *writer) loop() {
	defer close(w.done)
	for c := range w.queue {
		w.batch(c)
		w.db.stats.failed(w.conn.Checkpoint())
	}
}

// next returns another queued update, nil if there is none.
func (w *writer) next() *change {
	select {
	case c := <-w.queue:
		return c
	default:
		return nil
	}
}

// batch runs the update and those queued after it, and commits them.
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

// do queues an update and waits for its end.
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

// close ends the writer when the queue is empty.
func (w *writer) close() error {
	close(w.queue)
	<-w.done
	return w.conn.Close()
}
