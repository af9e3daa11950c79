package main

import (
	"net/http"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/dragoman-gateway/dragoman/core/passwd"
	"github.com/dragoman-gateway/dragoman/store"
)

// newRegistry returns a registry with the metrics of the process and of Go's runtime.
func newRegistry() *prometheus.Registry {
	r := prometheus.NewRegistry()
	r.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return r
}

// metricsHandler serves all metrics as they are at the time of the request.
func (g *gateway) metricsHandler() http.Handler {
	return promhttp.HandlerFor(g.services.registry, promhttp.HandlerOpts{})
}

// registerMetrics registers all metrics but those of requests, which the edge counts.
func (g *gateway) registerMetrics() {
	r := registrar{g.services.registry}
	l := g.listeners[0]
	r.gauge("dragoman_connections_open", "Open connections.", l.Open)
	r.counter("dragoman_connections_held_back_total", "Connections that had to wait until another one closed.", l.Held)
	r.counter("dragoman_connections_refused_total", "Connections closed because their address had too many.", l.Refused)
	r.counter("dragoman_log_lines_dropped_total", "Log lines dropped because the log's output was blocked.", g.log.out.Dropped)
	if g.certs != nil {
		r.MustRegister(g.certs.Collector())
	}
	r.hashes(g.services.gate)
	r.credentials(g.services.credentials)
	if s, ok := g.services.store.Store.(interface{ Stats() store.Stats }); ok {
		r.store(s.Stats)
		r.cache(s.Stats)
	}
}

// registrar registers metrics whose values are read when they are collected.
type registrar struct{ prometheus.Registerer }

func (r registrar) gauge(name, help string, value func() int64) {
	r.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: help}, func() float64 { return float64(value()) }))
}

func (r registrar) counter(name, help string, value func() int64) {
	r.MustRegister(prometheus.NewCounterFunc(prometheus.CounterOpts{Name: name, Help: help}, func() float64 { return float64(value()) }))
}

func (r registrar) durations(name, help string, value func() store.Durations) {
	r.MustRegister(durationCollector{prometheus.NewDesc(name, help, nil, nil), value})
}

// durationCollector shows a store's histogram. The store counts by itself, since
// it knows nothing of Prometheus.
type durationCollector struct {
	desc  *prometheus.Desc
	value func() store.Durations
}

// Describe implements prometheus.Collector.
func (c durationCollector) Describe(to chan<- *prometheus.Desc) { to <- c.desc }

// Collect implements prometheus.Collector.
func (c durationCollector) Collect(to chan<- prometheus.Metric) {
	d := c.value()
	total := uint64(0)
	buckets := map[float64]uint64{}
	for i, n := range d.Counts {
		total += n
		if i < len(d.Bounds) {
			buckets[d.Bounds[i].Seconds()] = total
		}
	}
	to <- prometheus.MustNewConstHistogram(c.desc, total, d.Sum.Seconds(), buckets)
}

func (r registrar) hashes(gate *passwd.Gate) {
	r.gauge("dragoman_hash_running", "Password hashes being computed.", func() int64 { return int64(gate.Stats().Running) })
	r.gauge("dragoman_hash_waiting", "Password hashes waiting to be computed.", func() int64 { return int64(gate.Stats().Waiting) })
	r.counter("dragoman_hash_refused_total", "Password hashes refused because the queue was full.",
		func() int64 { return gate.Stats().Refused })
}

func (r registrar) credentials(cache *passwd.CredentialCache) {
	r.counter("dragoman_credential_hits_total", "Passwords found in the credential cache, which need no hash.",
		func() int64 { return int64(cache.Stats().Hits) })
	r.counter("dragoman_credential_misses_total", "Passwords not found in the credential cache.",
		func() int64 { return int64(cache.Stats().Misses) })
}

func (r registrar) store(stats func() store.Stats) {
	r.gauge("dragoman_store_queue", "Updates waiting for the writer.", func() int64 { return int64(stats().Queue) })
	r.counter("dragoman_store_updates_total", "Updates committed.", func() int64 { return int64(stats().Updates) })
	r.counter("dragoman_store_commits_total", "Commits; several updates may share one.", func() int64 { return int64(stats().Batches) })
	r.counter("dragoman_store_failures_total", "Commits that failed.", func() int64 { return int64(stats().Failures) })
	r.durations("dragoman_store_commit_duration_seconds", "Duration of a commit.", func() store.Durations { return stats().Commits })
	r.durations("dragoman_store_read_duration_seconds", "Duration of a database query.", func() store.Durations { return stats().Reads })
	r.durations("dragoman_store_check_duration_seconds", "Duration of the check for commits by other processes.",
		func() store.Durations { return stats().Checks })
	r.gauge("dragoman_store_readers", "Read connections in the pool.", func() int64 { return int64(stats().Readers) })
	r.gauge("dragoman_store_readers_in_use", "Read connections in use.", func() int64 { return int64(stats().Reading) })
	r.gauge("dragoman_store_reads_waiting", "Queries waiting for a connection.", func() int64 { return int64(stats().Waiting) })
}

func (r registrar) cache(stats func() store.Stats) {
	r.gauge("dragoman_store_cache_entries", "Objects in the cache.", func() int64 { return stats().Cache.Entries })
	r.gauge("dragoman_store_cache_bytes", "Approximate memory used by the cache.", func() int64 { return stats().Cache.Bytes })
	r.gauge("dragoman_store_cache_limit_bytes", "Upper bound for the memory used by the cache.", func() int64 { return stats().Cache.Limit })
	r.counter("dragoman_store_cache_hits_total", "Objects found in the cache.", func() int64 { return int64(stats().Cache.Hits) })
	r.counter("dragoman_store_cache_misses_total", "Objects not found in the cache.", func() int64 { return int64(stats().Cache.Misses) })
	r.counter("dragoman_store_cache_evictions_total", "Objects evicted from the cache.", func() int64 { return int64(stats().Cache.Evictions) })
}
