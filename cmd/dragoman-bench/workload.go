package main

import (
	"context"
	"errors"
	"sync"
	"time"
)

// workload is what is measured: an operation or one of its baselines.
type workload interface {
	// round runs for the length and returns the results.
	round(ctx context.Context, length time.Duration) (*counts, error)
	close()
}

// newTraffic returns the workload of sending the requests to a target.
func (w *target) newTraffic(a requestSpec, conns int) *traffic {
	return &traffic{addr: w.addr, server: w.server, request: a.request, picks: a.picks, inTurn: a.inTurn, status: a.status, conns: conns}
}

// withBackground is traffic that is measured while other traffic runs.
type withBackground struct {
	*traffic
	other            *traffic
	backgroundCounts counts // of the other traffic
}

// round runs both. The other may end later: its requests take longer.
func (b *withBackground) round(ctx context.Context, length time.Duration) (sum *counts, err error) {
	var other *counts
	var otherErr error
	var wg sync.WaitGroup
	wg.Go(func() { other, otherErr = b.other.round(ctx, length) })
	sum, err = b.traffic.round(ctx, length)
	wg.Wait()
	if err = errors.Join(err, otherErr); err == nil {
		b.backgroundCounts.add(other)
	}
	return sum, err
}

func (b *withBackground) close() {
	b.traffic.close()
	b.other.close()
}

// loop is a workload without a network: goroutines in this process that repeat one
// piece of work.
type loop struct {
	workers int
	work    func(worker int, turn uint64) error
	end     func() error
	turns   []uint64
}

func newLoop(workers int, work func(worker int, turn uint64) error) *loop {
	return &loop{workers: workers, work: work, turns: make([]uint64, workers)}
}

func (l *loop) round(ctx context.Context, length time.Duration) (*counts, error) {
	all, errs := make([]counts, l.workers), make([]error, l.workers)
	own, start := self().cpu(), time.Now()
	var wg sync.WaitGroup
	for i := range l.workers {
		wg.Go(func() { errs[i] = l.run(ctx, i, start, length, &all[i]) })
	}
	wg.Wait()
	sum := &counts{}
	for i := range all {
		sum.add(&all[i])
	}
	sum.took = time.Since(start)
	sum.cpu = self().cpu() - own
	return sum, errors.Join(errs...)
}

func (l *loop) run(ctx context.Context, i int, start time.Time, length time.Duration, t *counts) error {
	for now := time.Now(); (t.done == 0 || now.Sub(start) < length) && ctx.Err() == nil; {
		if err := l.work(i, l.turns[i]); err != nil {
			return err
		}
		l.turns[i]++
		end := time.Now()
		t.record(end.Sub(now))
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
