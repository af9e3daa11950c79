package edge

import (
	"net"
	"sync"
	"sync/atomic"
)

// Listener holds back connections beyond a limit: they wait in the kernel's
// queue until another one ends.
type Listener struct {
	net.Listener
	slots chan struct{}
	done  chan struct{}
	once  sync.Once
	open  atomic.Int64
	held  atomic.Int64
}

// LimitListener lets at most limit connections of l be open; 0 is no limit.
func LimitListener(l net.Listener, limit int) *Listener {
	ll := &Listener{Listener: l, done: make(chan struct{})}
	if limit > 0 {
		ll.slots = make(chan struct{}, limit)
	}
	return ll
}

// Open is how many connections are open.
func (l *Listener) Open() int64 { return l.open.Load() }

// Held is how often accepting had to wait until another connection ended.
func (l *Listener) Held() int64 { return l.held.Load() }

// Accept implements net.Listener.
func (l *Listener) Accept() (net.Conn, error) {
	if !l.reserve() {
		return nil, net.ErrClosed
	}
	c, err := l.Listener.Accept()
	if err != nil {
		l.free()
		return nil, err
	}
	l.open.Add(1)
	return &limitedConn{lazyConn: newLazyConn(c), listener: l}, nil
}

// reserve waits for a place; there is none any more in a closed listener.
func (l *Listener) reserve() bool {
	select {
	case l.slots <- struct{}{}:
		return true
	default:
	}
	if l.slots == nil {
		return true
	}
	l.held.Add(1)
	select {
	case l.slots <- struct{}{}:
		return true
	case <-l.done:
		return false
	}
}

// Close implements net.Listener.
func (l *Listener) Close() error {
	l.once.Do(func() { close(l.done) })
	return l.Listener.Close()
}

func (l *Listener) free() {
	if l.slots != nil {
		<-l.slots
	}
}

type limitedConn struct {
	*lazyConn
	listener *Listener
	once     sync.Once
}

// net/http closes the writing half of a connection whose request it did not read
// to the end, if it can: else the client may lose the answer that says so.
var _ interface{ CloseWrite() error } = (*limitedConn)(nil)

// Close implements net.Conn.
func (c *limitedConn) Close() error {
	c.once.Do(func() {
		c.listener.open.Add(-1)
		c.listener.free()
	})
	return c.lazyConn.Close()
}
