package sqldb

import (
	"context"
	"sync"
	"time"
)

// Where other processes write too, a view must know of every commit that was
// acknowledged, by whomever, before it began. So before each view the log of
// states is read: by one check at a time, for all views that came before it
// started. Its transaction becomes the epoch's pin.

// checker lets views begin in an epoch that is no older than they are.
type checker struct {
	db *DB

	mu      sync.Mutex
	next    *check // the one that has not started
	running bool
}

// check is one look at the log, and the views that wait for it.
type check struct {
	waiting int
	done    chan struct{}
	epoch   *epoch // in which waiting views have been counted
	err     error
}

// join lets a view begin, until epochs.part.
func (ck *checker) join(ctx context.Context) (*epoch, error) {
	if err := ck.db.epochs.enter(); err != nil {
		return nil, err
	}
	c := ck.enrol()
	select {
	case <-c.done:
	case <-ctx.Done():
		go func() { // the place is taken, and must be given back
			<-c.done
			ck.gone(c)
		}()
		return nil, ctx.Err()
	}
	if c.err != nil {
		ck.db.epochs.leave()
		return nil, c.err
	}
	return c.epoch, nil
}

func (ck *checker) gone(c *check) {
	if c.err != nil {
		ck.db.epochs.leave()
		return
	}
	ck.db.epochs.part(c.epoch)
}

// enrol waits in the next check, and runs it if none is running.
func (ck *checker) enrol() *check {
	ck.mu.Lock()
	if ck.next == nil {
		ck.next = &check{done: make(chan struct{})}
	}
	c := ck.next
	c.waiting++
	lead := !ck.running
	if lead {
		ck.running, ck.next = true, nil
	}
	ck.mu.Unlock()
	if lead {
		ck.run(c)
	}
	return c
}

// run runs a check and has the next one run, if anybody waits for it.
func (ck *checker) run(c *check) {
	began := time.Now()
	c.epoch, c.err = ck.look(c.waiting)
	ck.db.stats.checks.add(time.Since(began))
	close(c.done)
	ck.mu.Lock()
	defer ck.mu.Unlock()
	n := ck.next
	ck.next, ck.running = nil, n != nil
	if n != nil {
		go ck.run(n)
	}
}

// look brings memory up to date and counts the waiting views in.
func (ck *checker) look(waiting int) (*epoch, error) {
	es := &ck.db.epochs
	for {
		conn, err := es.takeSpare()
		if err != nil {
			return nil, err
		}
		version, err := ck.db.catchUp(conn)
		if err != nil {
			_ = conn.Close()
			return nil, err
		}
		if e := es.attach(conn, version, waiting); e != nil {
			return e, nil
		}
	}
}

// catchUp begins a transaction, and brings memory to the state that it sees.
func (db *DB) catchUp(conn Conn) (version uint64, err error) {
	if err := conn.BeginRead(); err != nil {
		return 0, err
	}
	from := db.epochs.now().version
	log, err := readLog(conn, from)
	if err != nil {
		return 0, err
	}
	db.follow(from, log)
	return log[len(log)-1].version, nil
}

// attach pins the current epoch by a transaction that sees its state, and counts
// views in. It returns nil if the state is not that epoch's any more.
func (es *epochs) attach(conn Conn, version uint64, views int) *epoch {
	es.mu.Lock()
	e := es.current
	fits := e.version == version
	if fits {
		e = es.mended(e)
		e.views += views
		if e.pins.none() {
			e.pins.add(pinned{Conn: conn})
			conn = nil
		}
	}
	es.mu.Unlock()
	if conn != nil {
		es.giveSpare(conn)
	}
	if !fits {
		return nil
	}
	return e
}

// mended is the epoch, or if it has lost its pins, another of the same state.
func (es *epochs) mended(e *epoch) *epoch {
	select {
	case <-e.pins.lost:
		es.current = es.newEpoch(e.version, e.number)
	default:
	}
	return es.current
}
