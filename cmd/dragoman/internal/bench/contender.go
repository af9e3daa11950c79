package bench

import (
	"context"
	"errors"
	"sync"
	"time"
)

// contender is what is measured: an operation or one of its rivals.
type contender interface {
	// round works for that long and tells what came of it.
	round(ctx context.Context, length time.Duration) (*tally, error)
	close()
}

// newTraffic is a contender that asks so of a world.
func (w *world) newTraffic(a ask, conns int) *traffic {
	return &traffic{addr: w.addr, server: w.server, request: a.request, picks: a.picks, inTurn: a.inTurn, status: a.status, conns: conns}
}

// besides is traffic that is measured while other traffic goes on.
type besides struct {
	*traffic
	other    *traffic
	disturbs tally // what came of the other
}

// round sends both. The other's own end may be later: its requests take longer.
func (b *besides) round(ctx context.Context, length time.Duration) (sum *tally, err error) {
	var other *tally
	var otherErr error
	var wg sync.WaitGroup
	wg.Go(func() { other, otherErr = b.other.round(ctx, length) })
	sum, err = b.traffic.round(ctx, length)
	wg.Wait()
	if err = errors.Join(err, otherErr); err == nil {
		b.disturbs.add(other)
	}
	return sum, err
}

func (b *besides) close() {
	b.traffic.close()
	b.other.close()
}

// loop is a contender without a network: goroutines that do the same thing over
// and over. Its work is this process's.
type loop struct {
	workers int
	work    func(worker int, turn uint64) error
	end     func() error
	turns   []uint64
}

func newLoop(workers int, work func(worker int, turn uint64) error) *loop {
	return &loop{workers: workers, work: work, turns: make([]uint64, workers)}
}

func (l *loop) round(ctx context.Context, length time.Duration) (*tally, error) {
	tallies, errs := make([]tally, l.workers), make([]error, l.workers)
	own, start := self().cpu(), time.Now()
	var wg sync.WaitGroup
	for i := range l.workers {
		wg.Go(func() { errs[i] = l.run(ctx, i, start, length, &tallies[i]) })
	}
	wg.Wait()
	sum := &tally{}
	for i := range tallies {
		sum.add(&tallies[i])
	}
	sum.took = time.Since(start)
	sum.cpu = self().cpu() - own
	return sum, errors.Join(errs...)
}

func (l *loop) run(ctx context.Context, i int, start time.Time, length time.Duration, t *tally) error {
	for now := time.Now(); now.Sub(start) < length && ctx.Err() == nil; {
		if err := l.work(i, l.turns[i]); err != nil {
			return err
		}
		l.turns[i]++
		end := time.Now()
		t.latency.record(end.Sub(now))
		t.done++
		now = end
	}
	return ctx.Err()
}

func (l *loop) close() {
	if l.end != nil {
		_ = l.end()
	}
}
