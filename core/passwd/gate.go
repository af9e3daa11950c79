package passwd

import (
	"context"
	"errors"
	"runtime"
	"sync/atomic"
)

// ErrBusy says that the gate's queue is full: try again later.
var ErrBusy = errors.New("passwd: too many passwords are being checked")

// Gate keeps password hashing from starving everything else: at most a fixed
// number of computations run at once, at most a fixed number wait.
type Gate struct {
	slots            chan struct{} // holds one token for each running computation
	queue            int64
	waiting, refused atomic.Int64
}

// GateStats is what a Gate is doing, and how often it refused since the start.
type GateStats struct {
	Running, Waiting int
	Refused          int64
}

// NewGate lets workers computations run (<= 0: GOMAXPROCS) and queue wait (< 0: none).
func NewGate(workers, queue int) *Gate {
	if workers <= 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	return &Gate{slots: make(chan struct{}, workers), queue: int64(max(queue, 0))}
}

// Do runs fn in the calling goroutine as soon as it may, in order of arrival.
// It fails at once with ErrBusy if the queue is full, and with ctx's error if
// that ends first; in both cases fn has not run.
func (g *Gate) Do(ctx context.Context, fn func()) error {
	if err := g.enter(ctx); err != nil {
		return err
	}
	defer func() { <-g.slots }()
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

// Stats is a snapshot; its numbers are not taken at one instant.
func (g *Gate) Stats() GateStats {
	waiting := min(g.waiting.Load(), g.queue)
	return GateStats{Running: len(g.slots), Waiting: int(waiting), Refused: g.refused.Load()}
}
