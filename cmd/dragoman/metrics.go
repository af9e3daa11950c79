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
	s := shown{g.engine.registry}
	l := g.listeners[0]
	s.gauge("dragoman_connections_open", "Connections open.", l.Open)
	s.counter("dragoman_connections_held_back_total", "Times that a connection had to wait until another one ended.", l.Held)
	s.counter("dragoman_log_lines_dropped_total", "Log lines dropped because the log's output was stuck.", g.log.sink.Dropped)
	s.hashes(g.engine.gate)
	s.credentials(g.engine.memory)
	if told, ok := g.engine.store.(interface{ Stats() store.Stats }); ok {
		s.store(told.Stats)
		s.cache(told.Stats)
	}
}

// shown is what the metrics are shown by.
type shown struct{ prometheus.Registerer }

func (s shown) gauge(name, help string, value func() int64) {
	metrics.Gauge(s, name, help, func() float64 { return float64(value()) })
}

func (s shown) counter(name, help string, value func() int64) {
	metrics.Counter(s, name, help, func() float64 { return float64(value()) })
}

func (s shown) durations(name, help string, value func() store.Durations) {
	metrics.Histogram(s, name, help, func() ([]time.Duration, []uint64, time.Duration) {
		d := value()
		return d.Bounds[:], d.Counts[:], d.Sum
	})
}

func (s shown) hashes(gate *passwd.Gate) {
	s.gauge("dragoman_hash_running", "Password hashes being computed.", func() int64 { return int64(gate.Stats().Running) })
	s.gauge("dragoman_hash_waiting", "Password hashes waiting their turn.", func() int64 { return int64(gate.Stats().Waiting) })
	s.counter("dragoman_hash_refused_total", "Password hashes refused because too many waited.",
		func() int64 { return gate.Stats().Refused })
}

func (s shown) credentials(memory *passwd.CredentialCache) {
	s.counter("dragoman_credential_hits_total", "Passwords that were remembered and cost no hash.",
		func() int64 { return int64(memory.Stats().Hits) })
	s.counter("dragoman_credential_misses_total", "Passwords that were not remembered.",
		func() int64 { return int64(memory.Stats().Misses) })
}

func (s shown) store(stats func() store.Stats) {
	s.gauge("dragoman_store_queue", "Updates waiting for the writer.", func() int64 { return int64(stats().Queue) })
	s.counter("dragoman_store_updates_total", "Updates committed.", func() int64 { return int64(stats().Updates) })
	s.counter("dragoman_store_commits_total", "Commits; several updates may share one.", func() int64 { return int64(stats().Batches) })
	s.counter("dragoman_store_failures_total", "Commits that failed.", func() int64 { return int64(stats().Failures) })
	s.durations("dragoman_store_commit_duration_seconds", "Time of a commit.", func() store.Durations { return stats().Commits })
	s.durations("dragoman_store_read_duration_seconds", "Time of a question to the database.", func() store.Durations { return stats().Reads })
	s.durations("dragoman_store_check_duration_seconds", "Time of a look whether another process has written.",
		func() store.Durations { return stats().Checks })
	s.gauge("dragoman_store_readers", "Connections that reads may share.", func() int64 { return int64(stats().Readers) })
	s.gauge("dragoman_store_readers_in_use", "Those that are in use.", func() int64 { return int64(stats().Reading) })
	s.gauge("dragoman_store_reads_waiting", "Questions waiting for a connection.", func() int64 { return int64(stats().Waiting) })
}

func (s shown) cache(stats func() store.Stats) {
	s.gauge("dragoman_store_cache_entries", "Objects kept in memory.", func() int64 { return stats().Cache.Entries })
	s.gauge("dragoman_store_cache_bytes", "Memory that they take, about.", func() int64 { return stats().Cache.Bytes })
	s.gauge("dragoman_store_cache_limit_bytes", "Memory that they may take.", func() int64 { return stats().Cache.Limit })
	s.counter("dragoman_store_cache_hits_total", "Objects found in memory.", func() int64 { return int64(stats().Cache.Hits) })
	s.counter("dragoman_store_cache_misses_total", "Objects not found in memory.", func() int64 { return int64(stats().Cache.Misses) })
	s.counter("dragoman_store_cache_evictions_total", "Objects that had to make room.", func() int64 { return int64(stats().Cache.Evictions) })
}
