// Package edge is the layer between the network and the dialects: request ids, a
// log line and metrics for each request, limits, refusals under load, and the
// program's own endpoints. What it must refuse, it lets the dialect word.
package edge

import (
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/netip"
	"runtime/debug"
	"strings"
	"sync"
	"time"

	"github.com/dragoman-gateway/dragoman/dialects"
	"github.com/dragoman-gateway/dragoman/dialects/gateway/unknown"
)

// Config configures a Handler. Dialects, Log and Metrics are required.
type Config struct {
	// Dialects serve the requests; the last one serves paths that none owns.
	Dialects dialects.Mux
	// Hosts are the host names, as [HostName] returns them, on which one dialect has
	// every path.
	Hosts map[string]dialects.Dialect
	// Mounts are paths below which one dialect has every path, on all other hosts.
	Mounts []Mount
	// Admin serves the paths under [Prefix]; nil leaves them to the dialects.
	Admin http.Handler
	// Log gets one line for each request.
	Log     *slog.Logger
	Metrics *Metrics
	// MaxRequests bounds the requests in progress, of which half may wait for their
	// bodies, and others that wait do not count; 0 means no limit.
	MaxRequests int64
	// MaxClientRequests bounds those of one client; 0 means no limit.
	MaxClientRequests int64
	// MaxCallerRequests bounds those of one caller, whom the dialect tells by
	// [dialects.Limiters]; 0 means no limit.
	MaxCallerRequests int64
	// MaxBodies bounds the bytes of request bodies that are held at once, and
	// MaxClientBodies those of one client; 0 means no limit.
	MaxBodies, MaxClientBodies int64
	// MaxAnswer bounds the bytes of an answer that is held as a whole. MaxAnswers bounds
	// the bytes of answers that are held until the clients have read them, and
	// MaxClientAnswers those of one client; 0 means no limit.
	MaxAnswer, MaxAnswers, MaxClientAnswers int64
	// ReadTimeout bounds the time to receive each [readStep] of a body that is not held;
	// 0 means no limit.
	ReadTimeout time.Duration
	// ClientLimiter bounds the rate of each client, whoever it says it is; nil
	// allows all.
	ClientLimiter dialects.Limiter
	// Unknown counts requests that a dialect has no operation for; nil does not.
	Unknown *unknown.Requests
	// Observe returns the observer of a request, which it may change; nil observes nothing.
	Observe func(*http.Request) (*http.Request, Observer)
	// WriteTimeout bounds the time to send each [writeStep] of a response; 0 is
	// no limit.
	WriteTimeout time.Duration
	// TrustedProxies are the peers whose X-Forwarded-For, X-Forwarded-Host,
	// X-Forwarded-Proto and X-Forwarded-Prefix, or Forwarded, are used.
	TrustedProxies []netip.Prefix
	// Audited adds a [dialects.RequestInfo] to the context of each request.
	Audited bool
	// Now is the time of the Date header; nil leaves it to the server. Durations are
	// always the system's.
	Now func() time.Time
	// Rand is the randomness of request ids; nil is the system's.
	Rand io.Reader
}

// Prefix begins the paths of the program's own endpoints.
const Prefix = "/_dragoman/"

// retryAfterBusy is the Retry-After of a gateway with too many requests.
const retryAfterBusy = time.Second

// Handler is the edge. It is safe for concurrent use.
type Handler struct {
	cfg       Config
	ids       idSource
	clients   *shares[netip.Addr] // of the requests in progress
	callers   *shares[string]     // of those that were authenticated
	bodies    *bodies
	answers   *answers
	responses sync.Pool
}

// New returns the handler in front of the dialects.
func New(cfg Config) *Handler {
	return (&Handler{
		ids: newIDSource(cfg.Rand), clients: newShares[netip.Addr](0), callers: newShares[string](0),
		bodies: &bodies{clients: newShares[netip.Addr](0)}, answers: newAnswers(),
	}).With(cfg)
}

// With returns a handler with other settings, for the requests from now on. Those in
// progress count for it too, and its limits hold for both. The randomness stays h's.
func (h *Handler) With(cfg Config) *Handler {
	n := &Handler{cfg: cfg, ids: h.ids, clients: h.clients, callers: h.callers, bodies: h.bodies, answers: h.answers}
	n.clients.limit.Store(cfg.MaxClientRequests)
	n.callers.limit.Store(cfg.MaxCallerRequests)
	n.bodies.limit.Store(cfg.MaxBodies)
	n.bodies.clients.limit.Store(cfg.MaxClientBodies)
	n.answers.most.Store(cfg.MaxAnswer)
	n.answers.limit.Store(cfg.MaxAnswers)
	n.answers.clients.limit.Store(cfg.MaxClientAnswers)
	n.responses.New = func() any { return new(response) }
	return n
}

// ServeHTTP implements http.Handler.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	r = h.applyForwarded(r)
	if h.cfg.Admin != nil && strings.HasPrefix(r.URL.Path, Prefix) && h.ofHost(r) == nil {
		h.cfg.Admin.ServeHTTP(w, r)
		return
	}
	dialect, r := h.place(r)
	res := h.begin(w, r, dialect)
	defer h.end(res, r)
	if h.cfg.Observe != nil {
		r, res.observed = h.cfg.Observe(r)
	}
	m := h.cfg.Metrics
	m.inFlight.Add(1)
	defer m.inFlight.Add(-1)
	if !m.places.take(h.cfg.MaxRequests) {
		h.refuseBusy(res, r)
		return
	}
	held := &place{of: &m.places, limit: h.cfg.MaxRequests}
	defer held.give()
	client := clientAt(r.RemoteAddr)
	if h.answers.clients.full(client) || !h.clients.take(client, 1) {
		h.refuseBusy(res, r)
		return
	}
	defer h.clients.give(client, 1)
	if after, ok := h.inRate(client); !ok {
		res.dialect.Refuse(res, r, dialects.Refusal{Status: http.StatusTooManyRequests, RetryAfter: after})
		return
	}
	if h.cfg.Audited {
		r = r.WithContext(dialects.WithRequestInfo(r.Context(), dialects.RequestInfo{
			ID: res.id, Address: r.RemoteAddr, Dialect: res.dialect.Name(), Operation: res.operationName,
		}))
	}
	r, end := h.bodies.count(inflate(held.body(r)), client, func() { h.extendRead(w) })
	defer end()
	res.asked, res.turn = true, answerTurn{of: h.answers, ctx: r.Context(), client: client}
	res.dialect.ServeHTTP(res, r)
}

// extendRead gives a request the time for its next part.
func (h *Handler) extendRead(w http.ResponseWriter) {
	if h.cfg.ReadTimeout == 0 {
		return
	}
	part, control := time.Now().Add(h.cfg.ReadTimeout), http.NewResponseController(w)
	_ = control.SetReadDeadline(part)
	if h.cfg.WriteTimeout > 0 {
		_ = control.SetWriteDeadline(part.Add(h.cfg.WriteTimeout))
	}
}

func (h *Handler) refuseBusy(res *response, r *http.Request) {
	h.cfg.Metrics.busy.Inc()
	res.dialect.Refuse(res, r, dialects.Refusal{Status: http.StatusServiceUnavailable, RetryAfter: retryAfterBusy})
}

// inRate reports whether the client may make one more request now, and if not, when.
func (h *Handler) inRate(client netip.Addr) (retryAfter time.Duration, ok bool) {
	if h.cfg.ClientLimiter == nil || !client.IsValid() {
		return 0, true
	}
	return h.cfg.ClientLimiter.Allow(client.String())
}

// noSniff keeps browsers from guessing the type of an answer. It never changes.
var noSniff = []string{"nosniff"}

func (h *Handler) begin(w http.ResponseWriter, r *http.Request, dialect dialects.Dialect) *response {
	res := h.responses.Get().(*response)
	res.ResponseWriter = w
	res.dialect = dialect
	res.handler = h
	res.timeout = h.cfg.WriteTimeout
	res.start = time.Now()
	res.id = h.ids.identify(w.Header(), r.Header)
	w.Header()["X-Content-Type-Options"] = noSniff
	if h.cfg.Now != nil {
		w.Header().Set("Date", h.cfg.Now().UTC().Format(http.TimeFormat))
	}
	return res
}

// end logs and counts the request. It runs deferred, so that a panic does not
// lose the log line.
func (h *Handler) end(res *response, r *http.Request) {
	var abort bool
	if v := recover(); v != nil {
		abort = h.refuseAfterPanic(res, r, v)
	}
	res.turn.end()
	for _, caller := range res.callers {
		h.callers.give(caller, 1)
	}
	took := time.Since(res.start)
	h.cfg.Metrics.observe(res.dialect.Name(), res.operationName(), res.answered(), took)
	h.logRequest(res, r, took)
	if res.isUnknown() {
		h.noteUnknown(res, r)
	}
	if res.observed != nil {
		res.observed.Ended(res.seen(r, took))
	}
	*res = response{callers: res.callers[:0]} // its room
	h.responses.Put(res)
	if abort {
		panic(http.ErrAbortHandler)
	}
}

// refuseAfterPanic answers 500 in the dialect's form. It reports whether the
// connection must be cut instead, because a response has begun.
func (h *Handler) refuseAfterPanic(res *response, r *http.Request, v any) (abort bool) {
	if v == http.ErrAbortHandler {
		return true
	}
	h.cfg.Metrics.panics.Inc()
	res.err = fmt.Errorf("panic: %v\n%s", v, debug.Stack())
	if res.status != 0 {
		return true
	}
	defer func() { abort = abort || recover() != nil }()
	res.dialect.Refuse(res, r, dialects.Refusal{Status: http.StatusInternalServerError})
	return false
}
