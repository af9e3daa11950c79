package main

import (
	"context"
	"fmt"
	"runtime"
	"time"
)

// measure compares the operation with its baselines.
func (a *environment) measure(ctx context.Context, op operation) (*comparison, error) {
	m := &comparison{op: op, rounds: a.cmd.Rounds, length: a.cmd.Time / time.Duration(a.cmd.Rounds)}
	defer m.close()
	if err := a.add(ctx, m); err != nil {
		return nil, err
	}
	runtime.GC() // garbage of earlier operations must not be collected during this one
	return m, m.run(ctx)
}

// add adds the operation and its baselines to the comparison.
func (a *environment) add(ctx context.Context, m *comparison) error {
	if err := a.addOperation(ctx, m, m.op, a.target, baseline{name: m.op.name}); err != nil {
		return err
	}
	if a.second != nil {
		if err := a.addOperation(ctx, m, m.op, a.second, baseline{name: "second"}); err != nil {
			return fmt.Errorf("the second gateway: %w", err)
		}
	}
	if a.cmd.VS != "" {
		t, err := a.cmd.traffic(a.conns(m.op))
		if err != nil {
			return err
		}
		m.add(baseline{name: t.addr}, t, t.server)
		if err := t.warmUp(ctx, 1); err != nil {
			return fmt.Errorf("%s: %w", a.cmd.VS, err)
		}
	}
	if !a.cmd.Floor {
		return nil
	}
	for _, r := range m.op.baselines {
		if err := a.addBaseline(ctx, m, r); err != nil {
			return fmt.Errorf("the baseline %s: %w", r.name, err)
		}
	}
	return nil
}

func (m *comparison) add(r baseline, c workload, server process) {
	m.series = append(m.series, series{goal: r, workload: c, server: server})
}

func (a *environment) conns(op operation) int {
	if op.conns > 0 {
		return op.conns
	}
	return a.cmd.Connections
}

// addOperation warms up the operation and adds it.
func (a *environment) addOperation(ctx context.Context, m *comparison, op operation, w *target, r baseline) error {
	asked := op.in(w)
	t := w.newTraffic(asked, a.conns(op))
	other, found := byName(op.background)
	if !found {
		m.add(r, t, w.server)
		return t.warmUp(ctx, asked.warmUp)
	}
	background := other.in(w)
	b := &withBackground{traffic: t, other: w.newTraffic(background, a.conns(other))}
	m.add(r, b, w.server)
	if err := b.other.warmUp(ctx, background.warmUp); err != nil {
		return err
	}
	return t.warmUp(ctx, asked.warmUp)
}

func (a *environment) addBaseline(ctx context.Context, m *comparison, r baseline) (err error) {
	switch r.name {
	case floorBaseline:
		m.add(r, a.floorTraffic(floorPath, m.op), a.floor.process())
	case largeBaseline:
		m.add(r, a.floorTraffic(floorLargePath, m.op), a.floor.process())
	case hashBaseline:
		m.add(r, newHashLoop(), self())
	case commitBaseline:
		return a.addStoreLoop(ctx, m, r, 1)
	case writerBaseline:
		return a.addStoreLoop(ctx, m, r, a.conns(m.op))
	default:
		op, found := byName(r.name)
		if !found {
			return fmt.Errorf("unknown operation")
		}
		return a.addOperation(ctx, m, op, a.target, r)
	}
	return nil
}

func (a *environment) floorTraffic(path string, op operation) *traffic {
	request := "GET " + path + " HTTP/1.1\r\nHost: " + a.floor.addr + "\r\n\r\n"
	return &traffic{addr: a.floor.addr, server: a.floor.process(), request: fixed(request), picks: 1, status: 200, conns: a.conns(op)}
}

func (a *environment) addStoreLoop(ctx context.Context, m *comparison, r baseline, series int) error {
	l, err := newStoreLoop(ctx, a.folder, series)
	if err != nil {
		return err
	}
	m.add(r, l, self())
	return nil
}
