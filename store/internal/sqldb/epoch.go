package sqldb

import (
	"sync"
	"sync/atomic"
)

// epoch is one committed state of the store. A view belongs to the epoch in which
// it began, and to no other: what it takes from memory and what it asks the
// database must be of that state, also when commits come in between.
//
// Views that find everything in memory never touch the database. One that must
// ask it, and comes too late for just any connection, uses the epoch's pins:
// connections whose transactions began while the state was the database's.
type epoch struct {
	version uint64 // the state's number in the database
	number  uint64 // and in the cache, where it never goes back
	// tick is the store's count of commits while the epoch is the current one
	// and no commit is under way.
	tick  atomic.Uint64
	views int // guarded by epochs.mu
	pins  pins
}

// epochs is the current epoch and the way from one to the next.
type epochs struct {
	engine  Engine
	readers *pool
	shared  bool
	// ticks counts the beginnings and the ends of commits: it is odd while one
	// is under way.
	ticks atomic.Uint64

	mu      sync.Mutex
	idle    sync.Cond
	current *epoch
	running int
	closed  bool
	spare   []Conn // for pins
}

func (es *epochs) init(e Engine, readers *pool, version uint64) {
	es.engine, es.readers, es.shared, es.idle.L = e, readers, e.Shared(), &es.mu
	es.current = es.newEpoch(version, version)
}

func (es *epochs) newEpoch(version, number uint64) *epoch {
	e := &epoch{version: version, number: number}
	e.pins.init(es.engine.Readers())
	return e
}

// enter lets somebody begin, until leave.
func (es *epochs) enter() error {
	es.mu.Lock()
	defer es.mu.Unlock()
	if es.closed {
		return ErrClosed
	}
	es.running++
	return nil
}

// leave lets a closed store go when the last has left.
func (es *epochs) leave() {
	es.mu.Lock()
	defer es.mu.Unlock()
	es.left()
}

func (es *epochs) left() {
	if es.running--; es.running == 0 && es.closed {
		es.idle.Broadcast()
	}
}

// join lets a view begin in the current epoch, until part.
func (es *epochs) join() (*epoch, error) {
	es.mu.Lock()
	defer es.mu.Unlock()
	if es.closed {
		return nil, ErrClosed
	}
	es.running++
	es.current.views++
	return es.current, nil
}

func (es *epochs) part(e *epoch) {
	es.mu.Lock()
	e.views--
	es.left()
	unused := e.views == 0 && (e != es.current || es.shared)
	var free []pinned
	if unused {
		free = e.pins.drain()
	}
	es.mu.Unlock()
	es.release(free)
}

// release gives back the connections of pins.
func (es *epochs) release(free []pinned) {
	for _, p := range free {
		if p.lent {
			es.readers.release(p.Conn)
		} else {
			es.giveSpare(p.Conn)
		}
	}
}

// giveSpare ends the transaction on the connection and keeps it for another pin.
func (es *epochs) giveSpare(c Conn) {
	if c.Rollback() != nil {
		_ = c.Close()
		return
	}
	es.mu.Lock()
	defer es.mu.Unlock()
	if es.closed && es.running == 0 || len(es.spare) >= es.engine.Readers() {
		_ = c.Close()
		return
	}
	es.spare = append(es.spare, c)
}

func (es *epochs) takeSpare() (Conn, error) {
	es.mu.Lock()
	if n := len(es.spare); n > 0 {
		c := es.spare[n-1]
		es.spare = es.spare[:n-1]
		es.mu.Unlock()
		return c, nil
	}
	es.mu.Unlock()
	return es.engine.Connect(background, false)
}

func (es *epochs) now() *epoch {
	es.mu.Lock()
	defer es.mu.Unlock()
	return es.current
}

// advance makes a new state the current epoch. One that is past keeps one pin at
// most, and none without views.
func (es *epochs) advance(version, number uint64) {
	next := es.newEpoch(version, number)
	es.mu.Lock()
	if es.ticks.Load()%2 == 1 {
		es.ticks.Add(1)
	}
	next.tick.Store(es.ticks.Load())
	old := es.current
	es.current = next
	free := old.pins.drain()
	if old.views > 0 {
		free = old.pins.keepOne(free)
	}
	es.mu.Unlock()
	es.release(free)
}

// still tells whether no commit has begun since the epoch became the current one.
func (es *epochs) still(e *epoch) bool { return es.ticks.Load() == e.tick.Load() }

// close waits for all who have begun, and lets nobody begin; it tells whether it
// is the first to do so.
func (es *epochs) close() bool {
	es.mu.Lock()
	defer es.mu.Unlock()
	first := !es.closed
	es.closed = true
	for es.running > 0 {
		es.idle.Wait()
	}
	return first
}

// closeConns closes the connections of pins, after close.
func (es *epochs) closeConns() {
	es.release(es.current.pins.drain())
	for _, c := range es.spare {
		_ = c.Close()
	}
	es.spare = nil
}
