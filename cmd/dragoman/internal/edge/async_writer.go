package edge

import (
	"io"
	"sync"
	"time"
)

const (
	flushEvery = 100 * time.Millisecond
	flushAbove = 64 << 10
	// maxPending is what may wait for an output that has stopped taking lines.
	// Beyond it lines are dropped and counted: requests do not wait for the log.
	maxPending = 4 << 20
)

// Sink gathers log lines and writes them out in the background, so that a
// request does not pay for the system call. Close writes what is left.
type Sink struct {
	out     io.Writer
	mu      sync.Mutex
	pending []byte
	spare   []byte
	dropped int64
	closing bool
	wake    chan struct{} // something is pending
	hurry   chan struct{} // do not wait for more
	done    chan struct{}
}

// NewSink starts a Sink in front of out.
func NewSink(out io.Writer) *Sink {
	s := &Sink{out: out, wake: make(chan struct{}, 1), hurry: make(chan struct{}, 1), done: make(chan struct{})}
	go s.run()
	return s
}

// Write takes whole lines and does not hold them back: what is not of a request
// is rare, and somebody waits for it. It never fails.
func (s *Sink) Write(p []byte) (int, error) {
	s.append(func(buf []byte) []byte { return append(buf, p...) })
	signal(s.hurry)
	return len(p), nil
}

// append lets add put its line behind the pending ones.
func (s *Sink) append(add func([]byte) []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	before := len(s.pending)
	if before > maxPending || s.closing {
		s.dropped++
		return
	}
	s.pending = add(s.pending)
	if before == 0 {
		signal(s.wake)
	}
	if before < flushAbove && len(s.pending) >= flushAbove {
		signal(s.hurry)
	}
}

// Dropped counts the lines that were lost because the output took none.
func (s *Sink) Dropped() int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.dropped
}

// Close writes what is pending and stops. Later lines are dropped.
func (s *Sink) Close() error {
	s.mu.Lock()
	already := s.closing
	s.closing = true
	s.mu.Unlock()
	if !already {
		close(s.wake)
		signal(s.hurry)
	}
	<-s.done
	return nil
}

func (s *Sink) run() {
	defer close(s.done)
	for range s.wake {
		s.linger()
		s.flush()
	}
	s.flush()
}

// linger waits for more lines to share the write, but not when many wait already.
func (s *Sink) linger() {
	timer := time.NewTimer(flushEvery)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-s.hurry:
	}
}

func (s *Sink) flush() {
	s.mu.Lock()
	lines := s.pending
	s.pending, s.spare = s.spare[:0], nil
	s.mu.Unlock()
	if len(lines) > 0 {
		// An output that fails leaves nobody to tell.
		_, _ = s.out.Write(lines)
	}
	s.mu.Lock()
	s.spare = lines[:0]
	s.mu.Unlock()
}

func signal(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}
