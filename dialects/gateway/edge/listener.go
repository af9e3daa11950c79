package edge

import (
	"container/list"
	"errors"
	"net"
	"net/http"
	"net/netip"
	"sync"
	"sync/atomic"
)

// Listener limits the number of open connections. For one beyond the limit, the one
// that has been idle for the longest is closed, as far as [Listener.State] tells the
// listener; without any, it waits until another one closes. Those of a client beyond its
// own limit are closed.
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

	mu    sync.Mutex
	idle  list.List     // of *limitedConn, from the longest idle
	idled chan struct{} // one of them has become idle
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
	ll := &Listener{
		Listener: l, clients: newShares[netip.Addr](0), done: make(chan struct{}), idled: make(chan struct{}, 1),
	}
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
	for {
		c, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		client := l.clientOf(c)
		if !l.clients.take(client, 1) {
			l.refused.Add(1)
			_ = c.Close()
			continue
		}
		if !l.acquire() {
			l.clients.give(client, 1)
			_ = c.Close()
			return nil, net.ErrClosed
		}
		l.open.Add(1)
		return &limitedConn{Conn: c, listener: l, client: client}, nil
	}
}

// State is for [http.Server.ConnState]. A connection is idle while no request of it has
// been read: between requests, and before the header of the first one is whole. So the
// clients that hold connections without asking anything lose them to those that do,
// however many addresses they have. Connections of trusted proxies stay.
func (l *Listener) State(c net.Conn, state http.ConnState) {
	if secure, ok := c.(interface{ NetConn() net.Conn }); ok {
		c = secure.NetConn()
	}
	conn, ok := c.(*limitedConn)
	if !ok || conn.client == (netip.Addr{}) {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	conn.forget()
	if (state == http.StateNew || state == http.StateIdle) && !conn.closed {
		conn.idle = l.idle.PushBack(conn)
		select {
		case l.idled <- struct{}{}:
		default:
		}
	}
}

// closeIdle closes the connection that has been idle for the longest, if there is one.
func (l *Listener) closeIdle() {
	l.mu.Lock()
	longest := l.idle.Front()
	l.mu.Unlock()
	if longest != nil {
		_ = longest.Value.(*limitedConn).Close()
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
	for {
		l.closeIdle()
		select {
		case l.slots <- struct{}{}:
			return true
		case <-l.idled:
		case <-l.done:
			return false
		}
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

	// Guarded by the listener's mu.
	idle   *list.Element // nil if it is not idle
	closed bool
}

// forget takes the connection from the idle ones. The listener's mu is held.
func (c *limitedConn) forget() {
	if c.idle != nil {
		c.listener.idle.Remove(c.idle)
		c.idle = nil
	}
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
		c.listener.mu.Lock()
		c.forget()
		c.closed = true
		c.listener.mu.Unlock()
		c.listener.open.Add(-1)
		c.listener.clients.give(c.client, 1)
		c.listener.release()
	})
	return c.Conn.Close()
}
