package sqldb

import (
	"context"
	"errors"
	"slices"
	"sync/atomic"

	"github.com/dragoman-gateway/dragoman/core"
)

// pins are connections that see an epoch's state. A view takes one for each
// question and gives it back at once.
type pins struct {
	free  chan pinned
	count atomic.Int32 // also those in use
	lost  chan struct{}
}

// pinned is a pin's connection. One that is lent belongs to the pool of readers.
type pinned struct {
	Conn
	lent bool
}

func (ps *pins) init(most int) {
	ps.free, ps.lost = make(chan pinned, most+1), make(chan struct{})
}

// add makes a connection a pin. Only the epoch that is not past may get one.
func (ps *pins) add(p pinned) {
	ps.count.Add(1)
	ps.free <- p
}

// none tells whether there never was a pin, or none is left.
func (ps *pins) none() bool { return ps.count.Load() == 0 }

// drain takes the pins that are not in use.
func (ps *pins) drain() (free []pinned) {
	for {
		select {
		case p := <-ps.free:
			ps.count.Add(-1)
			free = append(free, p)
		default:
			return free
		}
	}
}

// keepOne puts a pin back, rather one that is not lent, and returns the others.
func (ps *pins) keepOne(free []pinned) []pinned {
	if len(free) == 0 {
		return nil
	}
	i := max(0, slices.IndexFunc(free, func(p pinned) bool { return !p.lent }))
	ps.add(free[i])
	return slices.Delete(free, i, i+1)
}

// errPinLost says that a connection was lost that alone saw an epoch's state.
var errPinLost = &core.Error{Kind: core.Busy, Op: "ask the database", Err: errors.New("sqldb: the connection to the view's state is lost")}

// take returns a pin that is free, or a connection of the readers' pool when one
// of its slots is, whichever comes first.
func (v *view) take(ctx context.Context, slots chan struct{}) (p pinned, c Conn, err error) {
	ps := &v.epoch.pins
	select {
	case p = <-ps.free:
		return p, nil, nil
	default:
	}
	v.db.stats.waiting.Add(1)
	defer v.db.stats.waiting.Add(-1)
	select {
	case p = <-ps.free:
	case slots <- struct{}{}:
		c, err = v.db.readers.conn()
	case <-ps.lost:
		err = errPinLost
	case <-ctx.Done():
		err = ctx.Err()
	}
	return p, c, err
}

// pin makes a pin of a connection, if it still sees the state.
func (v *view) pin(c Conn) pinned {
	version, err := beginAt(c)
	switch {
	case err != nil:
		v.db.readers.discard(c)
	case version != v.epoch.version:
		v.db.readers.release(c)
	default:
		v.epoch.pins.count.Add(1)
		return pinned{c, true}
	}
	return pinned{}
}

// give puts a pin back. One that is lent goes back to its pool when the epoch is
// past: a view that takes long must not keep it, unless it has no other.
func (v *view) give(p pinned) {
	es := &v.db.epochs
	switch {
	case !p.InTx():
		es.dropPin(v.epoch, p)
	case p.lent && es.spares(v.epoch):
		es.readers.release(p.Conn)
	default:
		v.epoch.pins.free <- p
	}
}

// spares tells whether an epoch that is past can do with one pin less.
func (es *epochs) spares(e *epoch) bool {
	es.mu.Lock()
	defer es.mu.Unlock()
	if e == es.current || e.pins.count.Load() < 2 {
		return false
	}
	e.pins.count.Add(-1)
	return true
}

// dropPin forgets a pin whose connection is lost. If it was the last, those who
// wait for one are told.
func (es *epochs) dropPin(e *epoch, p pinned) {
	if p.lent {
		es.readers.discard(p.Conn)
	} else {
		_ = p.Close()
	}
	es.mu.Lock()
	defer es.mu.Unlock()
	if e.pins.count.Add(-1) > 0 {
		return
	}
	select {
	case <-e.pins.lost:
	default:
		close(e.pins.lost)
	}
}
