package passwd

import (
	"context"
	"errors"
	"runtime"
	"sync/atomic"
	"time"
)

// ErrBusy says that the gate's queue is full: try again later.
var ErrBusy = errors.New("passwd: too many passwords are being checked")

// Gate keeps password hashing from starving everything else: at most a fixed
// number of computations run at once, at most a fixed number wait, and beside
// other work a worker rests after each computation (see restAfter).
type Gate struct {
	slots   chan struct{} // holds one token for each worker that runs or rests
	spare   *spare        // nil if no worker is kept back
	queue   int64
	running atomic.Int64
	waiting atomic.Int64
	refused atomic.Int64
}

// GateStats is what a Gate is doing, and how often it refused since the start.
type GateStats struct {
	Running, Waiting int
	Refused          int64 // how often Do failed with ErrBusy
}

// NewGate lets workers computations run at once (<= 0: GOMAXPROCS, of which the
// last one only while there is nothing else to do, see [Gate.ObserveLoad]) and queue
// wait (< 0: none). A worker on every core left reads 6 % of their speed in
// trials, one core kept free 42 %. Who comes while all workers rest has to wait
// too, so leave room in the queue.
func NewGate(workers, queue int) *Gate {
	kept := workers <= 0
	if kept {
		workers = runtime.GOMAXPROCS(0)
	}
	g := &Gate{slots: make(chan struct{}, workers), queue: int64(max(queue, 0))}
	if kept && workers > 1 {
		g.spare = newSpare(g.slots)
	}
	return g
}

// Beside tells the gate how to see other work: others counts what the process
// has done so far, such as requests answered, those that computed included.
// While that grows faster than the gate's own count, the last core is left to
// it; without Beside, always. Call it before the first Do.
func (g *Gate) ObserveLoad(others func() int64) {
	if g.spare != nil {
		g.spare.others = others
	}
}

// Do runs fn in the calling goroutine as soon as it may, in order of arrival.
// It fails at once with ErrBusy if the queue is full, and with ctx's error if
// that ends first; in both cases fn has not run.
func (g *Gate) Do(ctx context.Context, fn func()) error {
	defer g.spare.count()
	g.spare.review(time.Now())
	if err := g.enter(ctx); err != nil {
		return err
	}
	start := newStopwatch(g.running.Add(1))
	defer func() { g.leave(start.rest(g.running.Add(-1))) }()
	fn()
	return nil
}

func (g *Gate) enter(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	select {
	case g.slots <- struct{}{}:
		return nil
	default:
		return g.wait(ctx)
	}
}

// wait queues for a slot. A channel serves its senders in order, and hands a
// freed slot to the first of them, so that no newcomer can overtake.
func (g *Gate) wait(ctx context.Context) error {
	defer g.waiting.Add(-1)
	if g.waiting.Add(1) > g.queue {
		g.refused.Add(1)
		return ErrBusy
	}
	select {
	case g.slots <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// leave frees the slot after the rest, for which the caller need not wait.
// Nobody rests for the collector's sake, whose time looks like other work.
func (g *Gate) leave(rest time.Duration) {
	alone := g.spare.review(time.Now())
	if alone || rest < shortestRest {
		g.free()
		return
	}
	time.AfterFunc(rest, g.free)
}

// free gives up a slot, to the spare worker's keeper if that wants it.
func (g *Gate) free() {
	if !g.spare.keep() {
		<-g.slots
	}
}

// Stats is a snapshot; its numbers are not taken at one instant.
func (g *Gate) Stats() GateStats {
	waiting := min(g.waiting.Load(), g.queue)
	return GateStats{Running: int(g.running.Load()), Waiting: int(waiting), Refused: g.refused.Load()}
}
