package edge

import (
	"errors"
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
)

// Listener limits the number of open connections. Those beyond the limit wait in
// the kernel's queue until another one closes; those of a client beyond its own limit
// are closed.
type Listener struct {
	net.Listener
	proxies atomic.Pointer[[]netip.Prefix]
	slots   chan struct{} // nil without a limit
	clients *shares[netip.Addr]
	done    chan struct{}
	once    sync.Once
	open    atomic.Int64
	held    atomic.Int64
	refused atomic.Int64
}

// ListenerConfig configures a Listener; 0 means no limit.
type ListenerConfig struct {
	// Connections bounds the open connections.
	Connections int
	// ClientConnections bounds those of one client, but not of a trusted proxy.
	ClientConnections int
	TrustedProxies    []netip.Prefix
}

// LimitListener returns a Listener that accepts from l.
func LimitListener(l net.Listener, cfg ListenerConfig) *Listener {
	ll := &Listener{Listener: l, clients: newShares[netip.Addr](0), done: make(chan struct{})}
	ll.Reconfigure(cfg)
	if cfg.Connections > 0 {
		ll.slots = make(chan struct{}, cfg.Connections)
	}
	return ll
}

// Reconfigure replaces the bounds of the clients and the trusted proxies for connections
// from now on. The bound of all connections stays.
func (l *Listener) Reconfigure(cfg ListenerConfig) {
	l.clients.limit.Store(int64(cfg.ClientConnections))
	l.proxies.Store(&cfg.TrustedProxies)
}

// Open returns the number of open connections.
func (l *Listener) Open() int64 { return l.open.Load() }

// Held returns how often Accept had to wait until another connection closed.
func (l *Listener) Held() int64 { return l.held.Load() }

// Refused returns how many connections of clients with too many were closed.
func (l *Listener) Refused() int64 { return l.refused.Load() }

// Accept implements net.Listener.
func (l *Listener) Accept() (net.Conn, error) {
	if !l.acquire() {
		return nil, net.ErrClosed
	}
	for {
		c, err := l.Listener.Accept()
		if err != nil {
			l.release()
			return nil, err
		}
		client := l.clientOf(c)
		if l.clients.take(client, 1) {
			l.open.Add(1)
			return &limitedConn{Conn: c, listener: l, client: client}, nil
		}
		l.refused.Add(1)
		_ = c.Close()
	}
}

// clientOf returns whose connection c is; the zero Addr for a trusted proxy, which
// has those of many clients.
func (l *Listener) clientOf(c net.Conn) netip.Addr {
	address := c.RemoteAddr().String()
	if peer, ok := hopAddr(address); ok && trusted(*l.proxies.Load(), peer) {
		return netip.Addr{}
	}
	return clientAt(address)
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
	client   netip.Addr
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
		c.listener.clients.give(c.client, 1)
		c.listener.release()
	})
	return c.Conn.Close()
}
