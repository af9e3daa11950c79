package edge

import (
	"context"
	"net/http"
	"sync/atomic"
	"time"
)

// readyTimeout bounds how long a readiness check waits for the store.
const readyTimeout = 2 * time.Second

// AdminHandler serves the program's own endpoints: /_dragoman/health (the process
// runs), /_dragoman/ready (it can serve: the store answers and the program is not
// stopping) and /_dragoman/metrics.
type AdminHandler struct {
	mux        http.ServeMux
	checkStore func(context.Context) error
	draining   atomic.Bool
}

// NewAdminHandler returns a handler that serves metrics as they are and reports
// ready while checkStore succeeds.
func NewAdminHandler(metrics http.Handler, checkStore func(context.Context) error) *AdminHandler {
	a := &AdminHandler{checkStore: checkStore}
	a.mux.HandleFunc("GET "+Prefix+"health", func(w http.ResponseWriter, _ *http.Request) { writeWord(w, http.StatusOK, "ok") })
	a.mux.HandleFunc("GET "+Prefix+"ready", a.ready)
	a.mux.Handle("GET "+Prefix+"metrics", metrics)
	return a
}

// Mount adds a handler for the paths below a name that ends in a slash. It must be
// called before the handler serves.
func (a *AdminHandler) Mount(name string, h http.Handler) { a.mux.Handle(Prefix+name, h) }

// Drain makes /_dragoman/ready answer 503 from now on, so that load balancers
// send no new work.
func (a *AdminHandler) Drain() { a.draining.Store(true) }

// ServeHTTP implements http.Handler.
func (a *AdminHandler) ServeHTTP(w http.ResponseWriter, r *http.Request) { a.mux.ServeHTTP(w, r) }

func (a *AdminHandler) ready(w http.ResponseWriter, r *http.Request) {
	if a.draining.Load() {
		writeWord(w, http.StatusServiceUnavailable, "draining")
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), readyTimeout)
	defer cancel()
	if err := a.checkStore(ctx); err != nil {
		writeWord(w, http.StatusServiceUnavailable, "store unreachable or not writable")
		return
	}
	writeWord(w, http.StatusOK, "ready")
}

func writeWord(w http.ResponseWriter, status int, word string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write([]byte(word + "\n"))
}
