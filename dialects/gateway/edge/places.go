package edge

import (
	"io"
	"net/http"
	"sync"

	"github.com/dragoman-gateway/dragoman/core"
)

// maxWaiting is how many requests may wait for their bodies, for each that may be in
// progress.
const maxWaiting = 4

// places bounds the requests in progress. Those that wait for their bodies count for no
// more than half of the limit: slow bodies leave the other half to requests that have all
// they need. It is safe for concurrent use.
type places struct {
	mu sync.Mutex
	// working and waiting are the requests in progress.
	working, waiting int64
}

// fits reports whether the requests in progress are within the limit; 0 means no limit.
func (p *places) fits(limit int64) bool {
	return limit <= 0 || p.working+min(p.waiting, max(1, limit/2)) <= limit
}

// take adds a request, unless there are too many.
func (p *places) take(limit int64) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.working++
	if !p.fits(limit) {
		p.working--
		return false
	}
	return true
}

// wait says that a request waits for its body, unless too many do.
func (p *places) wait(limit int64) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if limit > 0 && p.waiting >= maxWaiting*limit {
		return false
	}
	p.waiting++
	p.working--
	return true
}

// resume says that a request waits no longer. It removes the request if there are too many.
func (p *places) resume(limit int64) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.waiting--
	p.working++
	if !p.fits(limit) {
		p.working--
		return false
	}
	return true
}

// place is that of one request.
type place struct {
	of    *places
	limit int64
	lost  bool // it is not counted any more
}

// body returns r with a body that counts as waited for while it is read.
func (p *place) body(r *http.Request) *http.Request {
	if r.Body == nil || r.Body == http.NoBody {
		return r
	}
	r = r.WithContext(r.Context())
	r.Body = awaitedBody{r.Body, p}
	return r
}

// give ends the request.
func (p *place) give() {
	if p.lost {
		return
	}
	p.of.mu.Lock()
	defer p.of.mu.Unlock()
	p.of.working--
}

// awaitedBody is a body whose rest the client may send late. Reading fails with
// [core.ErrBusy] where too many requests are in progress.
type awaitedBody struct {
	io.ReadCloser
	place *place
}

// Read implements io.Reader.
func (b awaitedBody) Read(p []byte) (int, error) {
	if b.place.lost || !b.place.of.wait(b.place.limit) {
		return 0, core.ErrBusy
	}
	n, err := b.ReadCloser.Read(p)
	if !b.place.of.resume(b.place.limit) {
		b.place.lost = true
		return 0, core.ErrBusy
	}
	return n, err
}
