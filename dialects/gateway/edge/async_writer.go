package edge

import (
	"io"
	"sync"
	"time"
)

const (
	flushEvery = 100 * time.Millisecond
	flushAbove = 64 << 10
	// maxPending bounds what waits for an output that accepts no more lines.
	// Lines beyond it are dropped and counted: requests do not wait for the log.
	maxPending = 4 << 20
)

// AsyncWriter buffers log lines and writes them in the background, so that a
// request does not pay for the system call. Close writes what is left. It is safe
// for concurrent use.
type AsyncWriter struct {
	out      io.Writer
	mu       sync.Mutex
	pending  []byte
	unused   []byte // the other buffer
	dropped  int64
	closing  bool
	wake     chan struct{} // lines are pending
	flushNow chan struct{} // do not wait for more
	done     chan struct{}
}

// NewAsyncWriter returns an AsyncWriter that writes to out.
func NewAsyncWriter(out io.Writer) *AsyncWriter {
	w := &AsyncWriter{out: out, wake: make(chan struct{}, 1), flushNow: make(chan struct{}, 1), done: make(chan struct{})}
	go w.run()
	return w
}

// Write takes whole lines and flushes them without delay. It never fails.
func (w *AsyncWriter) Write(p []byte) (int, error) {
	w.append(p)
	signal(w.flushNow)
	return len(p), nil
}

// Buffered returns a writer whose lines may wait up to 100 ms for others, so that
// they share one system call.
func (w *AsyncWriter) Buffered() io.Writer { return bufferedWriter{w} }

type bufferedWriter struct{ to *AsyncWriter }

// Write implements io.Writer.
func (b bufferedWriter) Write(p []byte) (int, error) {
	b.to.append(p)
	return len(p), nil
}

func (w *AsyncWriter) append(p []byte) {
	w.mu.Lock()
	defer w.mu.Unlock()
	before := len(w.pending)
	if before > maxPending || w.closing {
		w.dropped++
		return
	}
	w.pending = append(w.pending, p...)
	if before == 0 {
		signal(w.wake)
	}
	if before < flushAbove && len(w.pending) >= flushAbove {
		signal(w.flushNow)
	}
}

// Dropped returns the number of lines that were lost because the output accepted none.
func (w *AsyncWriter) Dropped() int64 {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.dropped
}

// Close writes what is pending and stops. Later lines are dropped.
func (w *AsyncWriter) Close() error {
	w.mu.Lock()
	already := w.closing
	w.closing = true
	w.mu.Unlock()
	if !already {
		close(w.wake)
		signal(w.flushNow)
	}
	<-w.done
	return nil
}

func (w *AsyncWriter) run() {
	defer close(w.done)
	for range w.wake {
		w.waitForMore()
		w.flush()
	}
	w.flush()
}

// waitForMore waits for more lines to share the write, but not when many are pending.
func (w *AsyncWriter) waitForMore() {
	timer := time.NewTimer(flushEvery)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-w.flushNow:
	}
}

func (w *AsyncWriter) flush() {
	w.mu.Lock()
	lines := w.pending
	w.pending, w.unused = w.unused[:0], nil
	w.mu.Unlock()
	if len(lines) > 0 {
		// A failing log output cannot be reported anywhere.
		_, _ = w.out.Write(lines)
	}
	w.mu.Lock()
	w.unused = lines[:0]
	w.mu.Unlock()
}

func signal(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}
