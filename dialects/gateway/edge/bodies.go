package edge

import (
	"io"
	"net/http"
	"net/netip"
	"sync/atomic"

	"github.com/dragoman-gateway/dragoman/core"
)

// smallBody is how many bytes of a body are not counted. The bounds on requests
// bound those.
const smallBody = 64 << 10

// bodies bounds the bytes of request bodies that are held at once, by all clients and
// by each. It is safe for concurrent use.
type bodies struct {
	limit   atomic.Int64 // of all; 0 means no limit
	clients *shares[netip.Addr]
	held    atomic.Int64
}

func (b *bodies) take(client netip.Addr, n int64) bool {
	if held, limit := b.held.Add(n), b.limit.Load(); limit > 0 && held > limit || !b.clients.take(client, n) {
		b.held.Add(-n)
		return false
	}
	return true
}

func (b *bodies) give(client netip.Addr, n int64) {
	b.held.Add(-n)
	b.clients.give(client, n)
}

// countedBody counts what is read of a body. Reading fails with [core.ErrBusy] where
// too much is held.
type countedBody struct {
	io.ReadCloser
	bodies  *bodies
	client  netip.Addr
	counted int64
	// progress is called after each readStep that was released.
	progress func()
	released int64
}

// readStep is how much of a large body has to arrive within the read timeout, in bytes.
const readStep = 1 << 20

// count returns r with a body that is counted, if it may be large, and what to call
// when the request has ended.
func (b *bodies) count(r *http.Request, client netip.Addr, progress func()) (counted *http.Request, end func()) {
	if r.Body == nil || r.Body == http.NoBody || r.ContentLength >= 0 && r.ContentLength <= smallBody {
		return r, func() {}
	}
	body := &countedBody{ReadCloser: r.Body, bodies: b, client: client, progress: progress}
	r = r.WithContext(r.Context())
	r.Body = body
	return r, func() { b.give(client, body.counted) }
}

// Read implements io.Reader.
func (c *countedBody) Read(p []byte) (int, error) {
	n, err := c.ReadCloser.Read(p)
	if n == 0 {
		return n, err
	}
	if !c.bodies.take(c.client, int64(n)) {
		return 0, core.ErrBusy
	}
	c.counted += int64(n)
	return n, err
}

// Release counts out n bytes that were read and are not held any more.
func (c *countedBody) Release(n int64) {
	n = min(n, c.counted)
	c.counted -= n
	c.bodies.give(c.client, n)
	if c.released += n; c.released >= readStep {
		c.released = 0
		c.progress()
	}
}
