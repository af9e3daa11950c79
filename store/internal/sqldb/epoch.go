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
// ask it first tries a connection of its own, which is of use if it sees the
// epoch's state. When it is too late for that there is the epoch's pin: a
// connection whose transaction the writer began before the commit that ended
// the epoch.
type epoch struct {
	version uint64 // the number of the state, as the database knows it
	// tick is the store's count of commits while the epoch is the current one
	// and no commit is under way.
	tick  atomic.Uint64
	views int // guarded by epochs.mu
	pin   atomic.Pointer[pin]
}

// pin is a connection that sees an epoch's state, shared by the views that need it.
type pin struct {
	mu   sync.Mutex
	conn Conn
}

// epochs is the current epoch and the way from one to the next.
type epochs struct {
	engine Engine
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

func (es *epochs) init(e Engine, version uint64) {
	es.engine, es.idle.L = e, &es.mu
	es.current = &epoch{version: version}
}

// enter lets an update begin, until leave.
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
	p := es.unpin(e)
	es.left()
	es.mu.Unlock()
	es.release(p)
}

// unpin takes the pin of an epoch that is past and has no more views.
func (es *epochs) unpin(e *epoch) *pin {
	if e == es.current || e.views > 0 {
		return nil
	}
	return e.pin.Swap(nil)
}

// release gives back the connection of a pin.
func (es *epochs) release(p *pin) {
	if p == nil {
		return
	}
	if p.conn.Rollback() != nil {
		_ = p.conn.Close()
		return
	}
	es.mu.Lock()
	defer es.mu.Unlock()
	if es.closed {
		_ = p.conn.Close()
		return
	}
	es.spare = append(es.spare, p.conn)
}

// ending pins the current epoch and says that a commit is under way.
func (es *epochs) ending() error {
	e := es.now()
	if e.pin.Load() == nil {
		p, err := es.newPin(e)
		if err != nil {
			return err
		}
		e.pin.Store(p)
	}
	es.ticks.Add(1)
	return nil
}

func (es *epochs) now() *epoch {
	es.mu.Lock()
	defer es.mu.Unlock()
	return es.current
}

// newPin begins a transaction on the epoch's state. The writer calls it, so that
// no commit can come in between.
func (es *epochs) newPin(e *epoch) (*pin, error) {
	conn, err := es.spareConn()
	if err != nil {
		return nil, err
	}
	version, err := beginAt(conn)
	if err == nil && version != e.version {
		err = errForeign
	}
	if err != nil {
		_ = conn.Close()
		return nil, err
	}
	return &pin{conn: conn}, nil
}

func (es *epochs) spareConn() (Conn, error) {
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

// ended says that the commit was kept, and makes the next epoch the current one.
func (es *epochs) ended(version uint64) {
	next := &epoch{version: version}
	es.mu.Lock()
	next.tick.Store(es.ticks.Add(1))
	old := es.current
	es.current = next
	p := es.unpin(old)
	es.mu.Unlock()
	es.release(p)
}

// failed says that the commit was not kept: the epoch goes on.
func (es *epochs) failed() {
	es.mu.Lock()
	defer es.mu.Unlock()
	es.current.tick.Store(es.ticks.Add(1))
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
	if p := es.current.pin.Swap(nil); p != nil {
		_ = p.conn.Close()
	}
	for _, c := range es.spare {
		_ = c.Close()
	}
	es.spare = nil
}
