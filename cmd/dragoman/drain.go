package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/coreos/go-systemd/v22/daemon"
)

// drain lets go of the clients, refuses new connections and waits for requests in
// progress.
func (s *server) drain() error {
	s.notify(daemon.SdNotifyStopping)
	limits := s.limits()
	s.log.Info("draining", "timeout", limits.DrainTimeout.String())
	s.draining.Store(true)
	s.gateway.Admin().Drain()
	time.Sleep(limits.DrainDelay)
	ctx, cancel := context.WithTimeout(context.Background(), limits.DrainTimeout)
	defer cancel()
	for _, l := range s.listeners {
		_ = l.Close()
	}
	s.connections.awaitAnswers(ctx)
	var late error
	for _, server := range s.servers {
		late = errors.Join(late, shutdown(ctx, server))
	}
	s.log.Info("stopped")
	return late
}

// shutdown waits for the requests of a server whose listener is closed. The server closes
// that again if it has not noticed, which is not an error.
func shutdown(ctx context.Context, s *http.Server) error {
	if err := s.Shutdown(ctx); err != nil && !errors.Is(err, net.ErrClosed) {
		return errors.Join(fmt.Errorf("requests cut off after --drain-timeout: %w", err), s.Close())
	}
	return nil
}

// closing lets each answer while the program stops end its connection. A client that is
// told so sends its next request on a new one; if the connection were just closed, the
// request that it may be sending would be lost.
func (s *server) closing(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if s.draining.Load() {
			w.Header().Set("Connection", "close")
		}
		h.ServeHTTP(w, r)
	})
}

// silentAfter is how long a new connection may send nothing before it counts as unused.
const silentAfter = 5 * time.Second

// connections knows which connections have, or may have sent, a request without an
// answer. [http.Server.Shutdown] drops a request that it reads after its call, so it is
// called when there are none. It is safe for concurrent use.
type connections struct {
	mu      sync.Mutex
	pending map[net.Conn]time.Time // when a new one is to be taken for unused; zero for others
}

// note is for [http.Server.ConnState].
func (c *connections) note(conn net.Conn, state http.ConnState) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch state {
	case http.StateNew:
		if c.pending == nil {
			c.pending = map[net.Conn]time.Time{}
		}
		c.pending[conn] = time.Now().Add(silentAfter)
	case http.StateActive:
		c.pending[conn] = time.Time{}
	default:
		delete(c.pending, conn)
	}
}

// awaitAnswers returns when all requests are answered, or ctx ends.
func (c *connections) awaitAnswers(ctx context.Context) {
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for c.waiting(time.Now()) {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

func (c *connections) waiting(now time.Time) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, unused := range c.pending {
		if unused.IsZero() || now.Before(unused) {
			return true
		}
	}
	return false
}
