package edge

import (
	"errors"
	"net"
	"sync"
	"sync/atomic"
)

// Listener limits the number of open connections. Those beyond the limit wait in
// the kernel's queue until another one closes.
type Listener struct {
	net.Listener
	slots chan struct{} // nil without a limit
	done  chan struct{}
	once  sync.Once
	open  atomic.Int64
	held  atomic.Int64
}

// LimitListener returns a Listener that accepts from l while fewer than limit
// connections are open; 0 is no limit.
func LimitListener(l net.Listener, limit int) *Listener {
	ll := &Listener{Listener: l, done: make(chan struct{})}
	if limit > 0 {
		ll.slots = make(chan struct{}, limit)
	}
	return ll
}

// Open returns the number of open connections.
func (l *Listener) Open() int64 { return l.open.Load() }

// Held returns how often Accept had to wait until another connection closed.
func (l *Listener) Held() int64 { return l.held.Load() }

// Accept implements net.Listener.
func (l *Listener) Accept() (net.Conn, error) {
	if !l.acquire() {
		return nil, net.ErrClosed
	}
	c, err := l.Listener.Accept()
	if err != nil {
		l.release()
		return nil, err
	}
	l.open.Add(1)
	return &limitedConn{Conn: c, listener: l}, nil
}

// acquire waits for a slot. It reports false if the listener was closed meanwhile.
func (l *Listener) acquire() bool {
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

func (l *Listener) release() {
	if l.slots != nil {
		<-l.slots
	}
}

type limitedConn struct {
	net.Conn
	listener *Listener
	once     sync.Once
}

// CloseWrite lets net/http close the writing half of a connection whose request
// it did not read to the end: otherwise the client may lose the response.
func (c *limitedConn) CloseWrite() error {
	if half, ok := c.Conn.(interface{ CloseWrite() error }); ok {
		return half.CloseWrite()
	}
	return errors.ErrUnsupported
}

// Close implements net.Conn.
func (c *limitedConn) Close() error {
	c.once.Do(func() {
		c.listener.open.Add(-1)
		c.listener.release()
	})
	return c.Conn.Close()
}
