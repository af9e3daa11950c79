package edge

import (
	"context"
	"net/http"
	"sync/atomic"
	"time"
)

// readyWithin is how long the store may take to show that it is there.
const readyWithin = 2 * time.Second

// Own answers for the program itself: /_dragoman/health (the process runs),
// /_dragoman/ready (it can serve: the store answers, and it is not about to
// stop) and /_dragoman/metrics.
type Own struct {
	mux      http.ServeMux
	reach    func(context.Context) error
	draining atomic.Bool
}

// NewOwn makes the endpoints. page shows the metrics, reach tells whether the
// store answers.
func NewOwn(page http.Handler, reach func(context.Context) error) *Own {
	o := &Own{reach: reach}
	o.mux.HandleFunc("GET "+Prefix+"health", func(w http.ResponseWriter, _ *http.Request) { say(w, http.StatusOK, "ok") })
	o.mux.HandleFunc("GET "+Prefix+"ready", o.ready)
	o.mux.Handle("GET "+Prefix+"metrics", page)
	return o
}

// Drain makes ready say no from now on, so that nobody sends new work.
func (o *Own) Drain() { o.draining.Store(true) }

// ServeHTTP implements http.Handler.
func (o *Own) ServeHTTP(w http.ResponseWriter, r *http.Request) { o.mux.ServeHTTP(w, r) }

func (o *Own) ready(w http.ResponseWriter, r *http.Request) {
	if o.draining.Load() {
		say(w, http.StatusServiceUnavailable, "draining")
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), readyWithin)
	defer cancel()
	if err := o.reach(ctx); err != nil {
		say(w, http.StatusServiceUnavailable, "store unreachable")
		return
	}
	say(w, http.StatusOK, "ready")
}

func say(w http.ResponseWriter, status int, word string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write([]byte(word + "\n"))
}
