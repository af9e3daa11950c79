package sqldb

import (
	"context"
	"errors"
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

// keepOne puts a pin back that is not lent, and returns the others.
func (ps *pins) keepOne(free []pinned) []pinned {
	for i, p := range free {
		if !p.lent {
			ps.add(p)
			return append(free[:i], free[i+1:]...)
		}
	}
	return free
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
// past: a view that takes long must not keep it.
func (v *view) give(p pinned) {
	es, ps := &v.db.epochs, &v.epoch.pins
	switch {
	case !p.InTx():
		es.dropPin(v.epoch, p)
	case p.lent && es.now() != v.epoch:
		ps.count.Add(-1)
		es.readers.release(p.Conn)
	default:
		ps.free <- p
	}
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
