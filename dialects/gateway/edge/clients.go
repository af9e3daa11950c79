package edge

import (
	"context"
	"net"
	"net/netip"
	"sync"
	"sync/atomic"

	"github.com/dragoman-gateway/dragoman/core/passwd"
)

// clientBits is how much of an IPv6 address names a client: a site usually has a
// whole /64 network.
const clientBits = 64

// clientAt returns the client at an address; the zero Addr, which has no bounds, for
// none, as of a socket file.
func clientAt(address string) netip.Addr {
	addr, ok := hopAddr(address)
	if !ok || addr.Is4() {
		return addr
	}
	return netip.PrefixFrom(addr, clientBits).Masked().Addr()
}

// ConnContext is for http.Server: requests of the connection wait for a password
// hash in turn with those of other clients.
func ConnContext(ctx context.Context, c net.Conn) context.Context {
	return withClient(ctx, clientAt(c.RemoteAddr().String()))
}

func withClient(ctx context.Context, client netip.Addr) context.Context {
	if !client.IsValid() {
		return ctx
	}
	return passwd.WithClient(ctx, client.String())
}

// shares bounds how much of something each client holds. All is counted, also without a
// limit, so that one can be set later. It is safe for concurrent use.
type shares[Client comparable] struct {
	limit atomic.Int64 // of each client; 0 means no limit

	mu   sync.Mutex
	held map[Client]int64
}

func newShares[Client comparable](limit int64) *shares[Client] {
	s := &shares[Client]{held: map[Client]int64{}}
	s.limit.Store(limit)
	return s
}

// take adds n to what the client holds, unless it would exceed the limit. The zero
// Client has no limit.
func (s *shares[Client]) take(client Client, n int64) bool {
	if client == *new(Client) {
		return true
	}
	limit := s.limit.Load()
	s.mu.Lock()
	defer s.mu.Unlock()
	if limit > 0 && s.held[client]+n > limit {
		return false
	}
	s.held[client] += n
	return true
}

// add adds n to what the client holds, whatever the limit.
func (s *shares[Client]) add(client Client, n int64) {
	if client == *new(Client) {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.held[client] += n
}

// full reports whether the client holds as much as the limit.
func (s *shares[Client]) full(client Client) bool {
	limit := s.limit.Load()
	if limit <= 0 || client == *new(Client) {
		return false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.held[client] >= limit
}

// give returns n that the client took.
func (s *shares[Client]) give(client Client, n int64) {
	if client == *new(Client) {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.held[client] -= n; s.held[client] <= 0 {
		delete(s.held, client)
	}
}
