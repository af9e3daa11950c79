package edge

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"github.com/dragoman-gateway/dragoman/dialects/gateway/unknown"
)

// isUnknown reports whether the dialect has no operation for the request. A refusal
// for missing credentials says nothing: some dialects look at them first.
func (r *response) isUnknown() bool {
	if !r.asked || r.operation != "" {
		return false
	}
	switch r.answered() {
	case http.StatusNotFound, http.StatusMethodNotAllowed, http.StatusGone, http.StatusNotImplemented:
		return true
	}
	return false
}

// noteUnknown counts and logs a request that the dialect has no operation for.
func (h *Handler) noteUnknown(res *response, r *http.Request) {
	name := res.dialect.Name()
	h.cfg.Metrics.unknown.WithLabelValues(name).Inc()
	if h.cfg.Unknown != nil {
		h.cfg.Unknown.Note(name, r.Method, r.URL.Path, time.Now())
	}
	if h.cfg.Log.Enabled(context.Background(), slog.LevelDebug) {
		h.cfg.Log.Debug("no operation for this request", "dialect", name, "method", unknown.Method(r.Method), "path", unknown.Path(r.URL.Path),
			"status", res.answered(), "request_id", res.id)
	}
}
