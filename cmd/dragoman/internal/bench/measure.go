package bench

import (
	"context"
	"fmt"
	"runtime"
	"time"
)

// measure plays the operation's match.
func (a *arena) measure(ctx context.Context, op operation) (*match, error) {
	m := &match{op: op, rounds: a.cmd.Rounds, length: a.cmd.Time / time.Duration(a.cmd.Rounds)}
	defer m.close()
	if err := a.enter(ctx, m); err != nil {
		return nil, err
	}
	runtime.GC() // what earlier operations left is not to be cleared in the middle of this one
	return m, m.run(ctx)
}

// enter brings the operation and its rivals into the match.
func (a *arena) enter(ctx context.Context, m *match) error {
	if err := a.enterOperation(ctx, m, m.op, a.world, rival{name: m.op.name}); err != nil {
		return err
	}
	if a.second != nil {
		if err := a.enterOperation(ctx, m, m.op, a.second, rival{name: "second"}); err != nil {
			return fmt.Errorf("the second gateway: %w", err)
		}
	}
	if a.cmd.VS != "" {
		t, err := a.cmd.traffic(a.conns(m.op))
		if err != nil {
			return err
		}
		m.enter(rival{name: t.addr}, t, t.server)
		if err := t.rehearse(ctx, 1); err != nil {
			return fmt.Errorf("%s: %w", a.cmd.VS, err)
		}
	}
	if !a.cmd.Floor {
		return nil
	}
	for _, r := range m.op.rivals {
		if err := a.enterRival(ctx, m, r); err != nil {
			return fmt.Errorf("the rival %s: %w", r.name, err)
		}
	}
	return nil
}

func (m *match) enter(r rival, c contender, server process) {
	m.sides = append(m.sides, side{goal: r, contender: c, server: server})
}

func (a *arena) conns(op operation) int {
	if op.conns > 0 {
		return op.conns
	}
	return a.cmd.Connections
}

// enterOperation rehearses the operation in the world.
func (a *arena) enterOperation(ctx context.Context, m *match, op operation, w *world, r rival) error {
	asked := op.in(w)
	t := w.newTraffic(asked, a.conns(op))
	other, found := byName(op.beside)
	if !found {
		m.enter(r, t, w.server)
		return t.rehearse(ctx, asked.rehearse)
	}
	beside := other.in(w)
	b := &besides{traffic: t, other: w.newTraffic(beside, a.conns(other))}
	m.enter(r, b, w.server)
	if err := b.other.rehearse(ctx, beside.rehearse); err != nil {
		return err
	}
	return t.rehearse(ctx, asked.rehearse)
}

func (a *arena) enterRival(ctx context.Context, m *match, r rival) (err error) {
	switch r.name {
	case floorRival:
		m.enter(r, a.floorTraffic(floorPath, m.op), a.floor.process())
	case largeRival:
		m.enter(r, a.floorTraffic(floorLargePath, m.op), a.floor.process())
	case hashRival:
		m.enter(r, newHashLoop(), self())
	case commitRival:
		return a.enterStore(ctx, m, r, 1)
	case writerRival:
		return a.enterStore(ctx, m, r, a.conns(m.op))
	default:
		op, found := byName(r.name)
		if !found {
			return fmt.Errorf("there is no such operation")
		}
		return a.enterOperation(ctx, m, op, a.world, r)
	}
	return nil
}

func (a *arena) floorTraffic(path string, op operation) *traffic {
	request := "GET " + path + " HTTP/1.1\r\nHost: " + a.floor.addr + "\r\n\r\n"
	return &traffic{addr: a.floor.addr, server: a.floor.process(), request: fixed(request), picks: 1, status: 200, conns: a.conns(op)}
}

func (a *arena) enterStore(ctx context.Context, m *match, r rival, sides int) error {
	l, err := newStoreLoop(ctx, a.folder, sides)
	if err != nil {
		return err
	}
	m.enter(r, l, self())
	return nil
}
