package edge_test

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/dragoman-gateway/dragoman/dialects"
	"github.com/dragoman-gateway/dragoman/dialects/gateway/edge"
)

// nullWriter costs nothing, so that the numbers are the edge's.
type nullWriter struct{ header http.Header }

func (w *nullWriter) Header() http.Header         { return w.header }
func (w *nullWriter) WriteHeader(int)             {}
func (w *nullWriter) Write(p []byte) (int, error) { return len(p), nil }

// BenchmarkEdge is the whole edge around a handler that does nothing: id, two
// clocks, routing, metrics and log line.
func BenchmarkEdge(b *testing.B) {
	for _, form := range []struct {
		name string
		json bool
	}{{"text", false}, {"json", true}} {
		b.Run(form.name, func(b *testing.B) { benchmarkEdge(b, form.json) })
	}
}

func benchmarkEdge(b *testing.B, json bool) {
	out := edge.NewAsyncWriter(io.Discard)
	defer out.Close()
	log := slog.New(slog.NewTextHandler(out.Buffered(), nil))
	if json {
		log = slog.New(slog.NewJSONHandler(out.Buffered(), nil))
	}
	body := make([]byte, 645)
	h := edge.New(edge.Config{
		Dialects: dialects.Mux{echoDialect{"last", "/", func(w http.ResponseWriter, _ *http.Request) {
			dialects.NoteOperation(w, "users.show")
			_, _ = w.Write(body)
		}}},
		Log:         log,
		Metrics:     edge.NewMetrics(prometheus.NewRegistry()),
		MaxRequests: 1024,
	})
	r := httptest.NewRequest("GET", "/users/1", nil)
	w := &nullWriter{header: http.Header{}}
	b.ReportAllocs()
	for b.Loop() {
		clear(w.header)
		h.ServeHTTP(w, r)
	}
}
