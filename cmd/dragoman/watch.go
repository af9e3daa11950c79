package main

import (
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/dragoman-gateway/dragoman/cmd/dragoman/internal/metrics"
	"github.com/dragoman-gateway/dragoman/core/passwd"
	"github.com/dragoman-gateway/dragoman/store"
)

// metricsPage shows all metrics as they are when somebody asks.
func (g *gateway) metricsPage() http.Handler {
	return promhttp.HandlerFor(g.engine.registry, promhttp.HandlerOpts{})
}

// watch shows the metrics of everything but the requests, which the edge counts.
func (g *gateway) watch() {
	r := g.engine.registry
	metrics.Gauge(r, "dragoman_connections_open", "Connections open.", func() float64 { return float64(g.listeners[0].Open()) })
	metrics.Counter(r, "dragoman_log_lines_dropped_total", "Log lines dropped because the log's output was stuck.",
		func() float64 { return float64(g.log.sink.Dropped()) })
	watchHashes(r, g.engine.gate)
	watchStore(r, g.engine.store)
}

func watchHashes(r prometheus.Registerer, gate *passwd.Gate) {
	metrics.Gauge(r, "dragoman_hash_running", "Password hashes being computed.", func() float64 { return float64(gate.Stats().Running) })
	metrics.Gauge(r, "dragoman_hash_waiting", "Password hashes waiting their turn.", func() float64 { return float64(gate.Stats().Waiting) })
	metrics.Counter(r, "dragoman_hash_refused_total", "Password hashes refused because too many waited.",
		func() float64 { return float64(gate.Stats().Refused) })
}

// watchStore shows what the store tells of itself, if it does.
func watchStore(r prometheus.Registerer, s any) {
	told, ok := s.(interface{ Stats() store.Stats })
	if !ok {
		return
	}
	stats := told.Stats
	metrics.Gauge(r, "dragoman_store_queue", "Updates waiting for the writer.", func() float64 { return float64(stats().Queue) })
	metrics.Counter(r, "dragoman_store_updates_total", "Updates committed.", func() float64 { return float64(stats().Updates) })
	metrics.Counter(r, "dragoman_store_commits_total", "Commits; several updates may share one.", func() float64 { return float64(stats().Batches) })
	metrics.Counter(r, "dragoman_store_failures_total", "Commits that failed.", func() float64 { return float64(stats().Failures) })
	durations(r, "dragoman_store_commit_duration_seconds", "Time of a commit.", func() store.Durations { return stats().Commits })
	durations(r, "dragoman_store_read_duration_seconds", "Time of a question to the database.", func() store.Durations { return stats().Reads })
	metrics.Gauge(r, "dragoman_store_cache_entries", "Objects kept in memory.", func() float64 { return float64(stats().Cache.Entries) })
	metrics.Gauge(r, "dragoman_store_cache_bytes", "Memory that they take, about.", func() float64 { return float64(stats().Cache.Bytes) })
	metrics.Counter(r, "dragoman_store_cache_hits_total", "Objects found in memory.", func() float64 { return float64(stats().Cache.Hits) })
	metrics.Counter(r, "dragoman_store_cache_misses_total", "Objects not found in memory.", func() float64 { return float64(stats().Cache.Misses) })
	metrics.Counter(r, "dragoman_store_cache_evictions_total", "Objects that had to make room.", func() float64 { return float64(stats().Cache.Evictions) })
}

func durations(r prometheus.Registerer, name, help string, of func() store.Durations) {
	metrics.Histogram(r, name, help, func() ([]time.Duration, []uint64, time.Duration) {
		d := of()
		return d.Bounds[:], d.Counts[:], d.Sum
	})
}
