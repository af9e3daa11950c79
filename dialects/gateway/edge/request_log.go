package edge

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"time"

	"github.com/dragoman-gateway/dragoman/dialects"
)

// logRequest writes one line for each request. It never sees a query string, a
// header or a body, since keys and passwords travel in all three; nor a path,
// since a mistaken client puts them there too.
func (h *Handler) logRequest(res *response, r *http.Request, took time.Duration) {
	level := res.level()
	if !h.cfg.Log.Enabled(context.Background(), level) {
		return
	}
	attrs := []slog.Attr{
		slog.String("dialect", res.dialect.Name()),
		slog.String("operation", res.operationName()),
		slog.String("method", logged(r.Method)),
		slog.Int("status", res.answered()),
		slog.Float64("duration_ms", float64(took.Microseconds())/1000),
		slog.Int64("bytes", res.bytes),
		slog.String("request_id", res.id),
		slog.String("remote", r.RemoteAddr),
	}
	if res.err != nil && level >= slog.LevelWarn {
		// The cause of a refusal may quote the request; only our own failures are logged.
		attrs = append(attrs, slog.String("error", res.err.Error()))
	}
	h.cfg.Log.LogAttrs(context.Background(), level, "request", attrs...)
}

// maxLoggedMethod is how much of a method is logged: any token is one, of any length.
const maxLoggedMethod = 32

func logged(method string) string {
	if len(method) > maxLoggedMethod {
		return method[:maxLoggedMethod] + "..."
	}
	return method
}

// level is ERROR for the program's own failures, WARN for refusals under load, else INFO.
func (r *response) level() slog.Level {
	switch status := r.answered(); {
	case status == http.StatusServiceUnavailable, status == http.StatusTooManyRequests:
		return slog.LevelWarn
	case errors.Is(r.err, dialects.ErrAsOriginal):
		return slog.LevelInfo
	case status >= http.StatusInternalServerError, r.err != nil && status == http.StatusOK:
		return slog.LevelError
	}
	return slog.LevelInfo
}
