package sqldb

import "time"

// writer is the one goroutine that writes. It takes the updates that are queued,
// without waiting for more, and commits them together. Each runs after a savepoint, so
// that a failure undoes nothing else, and is answered when all are on disk.
type writer struct {
	db    *DB
	conn  Conn
	queue *queue
	done  chan struct{}
}

// maxBatch and maxBatchTime bound how many updates share a commit, and after how long no
// more do: the first one is not answered before the last one has run.
const (
	maxBatch     = 1024
	maxBatchTime = 50 * time.Millisecond
)

func newWriter(db *DB, conn Conn) *writer {
	w := &writer{db: db, conn: conn, queue: newQueue(), done: make(chan struct{})}
	go w.loop()
	return w
}

func (w *writer) loop() {
	defer close(w.done)
	for c := w.queue.wait(); c != nil; c = w.queue.wait() {
		w.batch(c)
		w.db.stats.failed(w.conn.Checkpoint())
	}
}

// batch runs the update and those queued after it, and commits them.
func (w *writer) batch(first *change) {
	b := w.newBatch(0)
	began := time.Now()
	for c := first; c != nil; c = w.queue.next() {
		b.run(c)
		if b.ran++; b.ran == maxBatch || time.Since(began) > maxBatchTime {
			break
		}
	}
	b.finish()
}

// close ends the writer when the queue is empty.
func (w *writer) close() error {
	w.queue.close()
	<-w.done
	return w.conn.Close()
}
