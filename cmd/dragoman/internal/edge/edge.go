// Package edge is what stands between the network and the dialects: request
// ids, the log line and the metrics of each request, limits, refusals when the
// machine is too busy, and the program's own endpoints. It answers for no
// dialect itself; what it must refuse, it asks the dialect to refuse.
package edge

import (
	"fmt"
	"net/http"
	"net/netip"
	"runtime/debug"
	"sync"
	"time"

	"github.com/dragoman-gateway/dragoman/dialects"
)

// Config is what a Handler is made of. Log and Metrics are required.
type Config struct {
	// Dialects answer the requests; the last one answers what none owns.
	Dialects dialects.Mux
	// Own answers for the paths under [Prefix]; nil leaves them to the dialects.
	Own     http.Handler
	Log     *RequestLog
	Metrics *Metrics
	// MaxRequests is how many requests may be worked on at once; 0 is no limit.
	MaxRequests int64
	// WriteTimeout is how long each [writeStep] of an answer may take to go out;
	// 0 is for ever.
	WriteTimeout time.Duration
	// TrustedProxies are the peers whose X-Forwarded-For is believed.
	TrustedProxies []netip.Prefix
}

// Prefix begins the paths of the program's own endpoints.
const Prefix = "/_dragoman/"

// retryAfterBusy is when a client that met a full gateway should come again.
const retryAfterBusy = time.Second

// Handler is the edge. It is safe for concurrent use.
type Handler struct {
	cfg       Config
	ids       idSource
	responses sync.Pool
}

// New makes the edge in front of the dialects.
func New(cfg Config) *Handler {
	h := &Handler{cfg: cfg, ids: newIDSource()}
	h.responses.New = func() any { return new(response) }
	return h
}

// ServeHTTP implements http.Handler.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if h.cfg.Own != nil && isOwn(r.URL.Path) {
		h.cfg.Own.ServeHTTP(w, r)
		return
	}
	h.believeProxy(r)
	res := h.begin(w, r)
	defer h.end(res, r)
	m := h.cfg.Metrics
	defer m.inFlight.Add(-1)
	if n := m.inFlight.Add(1); n > h.cfg.MaxRequests && h.cfg.MaxRequests > 0 {
		m.Busy.Add(1)
		res.dialect.Refuse(res, r, dialects.Refusal{Status: http.StatusServiceUnavailable, RetryAfter: retryAfterBusy})
		return
	}
	res.dialect.ServeHTTP(res, r)
}

func isOwn(path string) bool {
	return len(path) >= len(Prefix) && path[:len(Prefix)] == Prefix
}

func (h *Handler) begin(w http.ResponseWriter, r *http.Request) *response {
	res := h.responses.Get().(*response)
	res.ResponseWriter = w
	res.dialect = h.cfg.Dialects.For(r.URL.Path)
	res.timeout = h.cfg.WriteTimeout
	res.start = time.Now()
	res.id = h.ids.identify(w.Header(), r.Header)
	return res
}

// end accounts for the request. It runs deferred, so it also meets a panic,
// which must not take the line in the log with it.
func (h *Handler) end(res *response, r *http.Request) {
	var abort bool
	if v := recover(); v != nil {
		abort = h.refuseAfterPanic(res, r, v)
	}
	end := time.Now()
	took := end.Sub(res.start)
	name, operation, status := res.dialect.Name(), res.operationName(), res.answered()
	h.cfg.Metrics.observe(name, operation, status, took)
	h.cfg.Log.request(line{
		at: end, took: took, dialect: name, operation: operation, method: r.Method,
		status: status, bytes: res.bytes, id: res.id, remote: r.RemoteAddr, err: res.err,
	})
	*res = response{}
	h.responses.Put(res)
	if abort {
		panic(http.ErrAbortHandler)
	}
}

// refuseAfterPanic answers 500 in the dialect's form. It tells whether the
// connection must be cut instead, because an answer is under way already.
func (h *Handler) refuseAfterPanic(res *response, r *http.Request, v any) (abort bool) {
	if v == http.ErrAbortHandler {
		return true
	}
	h.cfg.Metrics.Panics.Add(1)
	res.err = fmt.Errorf("panic: %v\n%s", v, debug.Stack())
	if res.status != 0 {
		return true
	}
	defer func() { abort = abort || recover() != nil }()
	res.dialect.Refuse(res, r, dialects.Refusal{Status: http.StatusInternalServerError})
	return false
}
