package passwd

import (
	"sync"
	"time"
)

// A spare is the gate's last worker, which computes only while there is nothing
// else to do. Kept back, its token lies in the slots as if it computed.
type spare struct {
	slots  chan struct{}
	others func() int64 // nil: always kept back

	mu     sync.Mutex
	kept   bool      // its token is in the slots
	wanted bool      // it is to be kept back as soon as a worker is done
	done   int64     // calls of the gate that have ended
	seen   int64     // others less done, at most so far
	busy   time.Time // when there was other work last
}

// quiet is how long there must be no other work before the last core is used.
const quiet = 100 * time.Millisecond

func newSpare(slots chan struct{}) *spare {
	slots <- struct{}{}
	return &spare{slots: slots, kept: true}
}

// lag is by how many computations others may fall behind done, per worker: a
// request is counted a moment after its computation.
const lag = 4

// review looks for other work, and keeps the worker back or lets it go. It
// tells whether computing is known to be all there is to do.
func (s *spare) review(now time.Time) (alone bool) {
	if s == nil || s.others == nil {
		return false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	foreign := s.others() - s.done
	if foreign > s.seen {
		s.seen, s.busy = foreign, now
	}
	s.seen = min(s.seen, foreign+lag*int64(cap(s.slots)))
	alone = now.Sub(s.busy) >= quiet
	s.wanted = !alone && !s.kept
	if alone && s.kept {
		s.kept = false
		<-s.slots
	}
	return alone
}

// count notes that one call of the gate has ended.
func (s *spare) count() {
	if s == nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.done++
}

// keep takes over the token of a worker that is done, if the spare is wanted.
func (s *spare) keep() bool {
	if s == nil {
		return false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	taken := s.wanted && !s.kept
	if taken {
		s.kept, s.wanted = true, false
	}
	return taken
}
