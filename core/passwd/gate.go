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

// Gate limits password hashing so that other requests keep their speed: at most a
// fixed number of computations run at once and at most a fixed number wait. Under
// other load a worker backs off after each computation; see backoffAfter.
type Gate struct {
	turns   *Turns      // a slot is taken by each worker that computes or backs off
	idle    *idleWorker // nil if every worker may always compute
	running atomic.Int64
	refused atomic.Int64
}

// GateStats is what a Gate is doing, and how often it refused since the start.
type GateStats struct {
	Running, Waiting int
	Refused          int64 // how often Do failed with ErrBusy
}

// NewGate allows workers computations at once and queue callers to wait (< 0: none).
// workers <= 0 stands for GOMAXPROCS, the last of which computes only without other
// load; see [Gate.ObserveLoad]. With a worker on every core, reads had 6 % of their
// speed in measurements; with one core left free, 42 %. While all workers back off,
// every caller has to wait, so the queue needs room.
func NewGate(workers, queue int) *Gate {
	byCores := workers <= 0
	if byCores {
		workers = runtime.GOMAXPROCS(0)
	}
	g := &Gate{turns: NewTurns(workers, queue)}
	if byCores && workers > 1 {
		g.idle = newIdleWorker(g.turns)
	}
	return g
}

// ObserveLoad tells the gate how to measure other load: done counts what the
// process has finished, such as requests, including those that computed. While done
// grows faster than the gate's own count, the last core is left free; without
// ObserveLoad, always. It must be called before the first Do.
func (g *Gate) ObserveLoad(done func() int64) {
	if g.idle != nil {
		g.idle.processDone = done
	}
}

// Do runs fn in the calling goroutine as soon as the limits allow: in order of
// arrival within a client, and in turn between clients; see [WithClient]. It fails
// with ErrBusy if the queue is full, or is filled by others while fn waits, and with
// ctx's error if ctx ends before fn starts; in all cases fn has not run.
func (g *Gate) Do(ctx context.Context, fn func()) error {
	defer g.idle.countCall()
	g.idle.update(time.Now())
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := g.turns.Take(ctx); err != nil {
		if err == ErrBusy {
			g.refused.Add(1)
		}
		return err
	}
	running, began, cpu := g.running.Add(1), time.Now(), processCPU()
	defer func() {
		running = max(running, g.running.Add(-1)+1) // this one included
		g.release(backoffAfter(time.Since(began), processCPU()-cpu, running))
	}()
	fn()
	return nil
}

// release frees the slot after the backoff, for which the caller does not wait.
// Without other load there is no backoff: what was measured is the garbage collector.
func (g *Gate) release(backoff time.Duration) {
	alone := g.idle.update(time.Now())
	if alone || backoff < shortestBackoff {
		g.free()
		return
	}
	time.AfterFunc(backoff, g.free)
}

// free gives up a slot, or leaves it to the idle worker.
func (g *Gate) free() {
	if !g.idle.reclaim() {
		g.turns.Give()
	}
}

// Stats returns the counts, which are not read at one instant.
func (g *Gate) Stats() GateStats {
	return GateStats{Running: int(g.running.Load()), Waiting: g.turns.queued(), Refused: g.refused.Load()}
}
