package passwd

import (
	"sync"
	"time"
)

// idleWorker is the gate's last worker, which computes only without other load.
// While it is idle it holds a slot. All methods of a nil idleWorker do nothing.
type idleWorker struct {
	turns       *Turns
	processDone func() int64 // nil: always idle

	mu       sync.Mutex
	idle     bool // it holds a slot
	due      bool // it becomes idle when the next worker is done
	gateDone int64
	otherMax int64     // the largest processDone() - gateDone so far
	loadedAt time.Time // when there was other load last
}

const (
	// idleAfter is how long there must be no other load before the last core is used.
	idleAfter = 100 * time.Millisecond
	// lag is how many requests a worker may have computed that processDone does not
	// count yet: a request is finished a moment after its computation.
	lag = 4
)

func newIdleWorker(t *Turns) *idleWorker {
	t.free--
	return &idleWorker{turns: t, idle: true}
}

// update measures the other load, and lets the worker compute or makes it idle. It
// reports whether there is known to be no other load.
func (w *idleWorker) update(now time.Time) (alone bool) {
	if w == nil || w.processDone == nil {
		return false
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	other := w.processDone() - w.gateDone
	if other > w.otherMax {
		w.otherMax, w.loadedAt = other, now
	}
	w.otherMax = min(w.otherMax, other+lag*int64(w.turns.workers))
	alone = now.Sub(w.loadedAt) >= idleAfter
	w.due = !alone && !w.idle
	if alone && w.idle {
		w.idle = false
		w.turns.Give()
	}
	return alone
}

// countCall notes that one call of the gate has ended.
func (w *idleWorker) countCall() {
	if w == nil {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.gateDone++
}

// reclaim takes over the slot of a worker that is done, if the idle worker is due.
func (w *idleWorker) reclaim() bool {
	if w == nil {
		return false
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	taken := w.due && !w.idle
	if taken {
		w.idle, w.due = true, false
	}
	return taken
}
