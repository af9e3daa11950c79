package gateway

import (
	"net/http"
	"sync"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/dragoman-gateway/dragoman/core/passwd"
	"github.com/dragoman-gateway/dragoman/dialects/internal/turns"
	"github.com/dragoman-gateway/dragoman/store"
)

// newRegistry returns a registry with the metrics of the process and of Go's runtime.
func newRegistry() *prometheus.Registry {
	r := prometheus.NewRegistry()
	r.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return r
}

// metricsHandler serves all metrics as they are at the time of the request.
func (g *Gateway) metricsHandler() http.Handler {
	if g.registry == nil {
		return http.NotFoundHandler()
	}
	return inTurn(g.registry, turns.New())
}

// inTurn serves the metrics. Collecting them takes a while, and strangers can ask unless the
// program's own endpoints have an address of their own: so a flood waits behind itself.
func inTurn(metrics prometheus.Gatherer, t *turns.Turns) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		collect := sync.OnceValues(metrics.Gather) // a slow reader holds no turn
		if err := t.TakeByAddress(w, r, func() error { _, _ = collect(); return nil }); err != nil {
			w.Header().Set("Retry-After", "1")
			http.Error(w, "busy", http.StatusServiceUnavailable)
			return
		}
		promhttp.HandlerFor(prometheus.GathererFunc(collect), promhttp.HandlerOpts{}).ServeHTTP(w, r)
	})
}

// registerMetrics registers all metrics but those of requests, which the edge counts.
func (g *Gateway) registerMetrics() {
	r := Registrar{g.registry}
	r.hashes(g.gate)
	r.credentials(g.credentials)
	r.Counter("dragoman_logins_failed_total", "Logins with a wrong password or of an unknown user.", g.directory.WrongLogins)
	r.MustRegister(newStateCollector(g))
	if g.store == nil {
		return
	}
	if s, ok := g.store.Store.(interface{ Stats() store.Stats }); ok {
		r.store(s.Stats)
		r.cache(s.Stats)
	}
}

// Registrar registers metrics whose values are read when they are collected.
type Registrar struct{ prometheus.Registerer }

// Gauge registers a value that rises and falls.
func (r Registrar) Gauge(name, help string, value func() int64) {
	r.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: help}, func() float64 { return float64(value()) }))
}

// Counter registers a value that only rises.
func (r Registrar) Counter(name, help string, value func() int64) {
	r.MustRegister(prometheus.NewCounterFunc(prometheus.CounterOpts{Name: name, Help: help}, func() float64 { return float64(value()) }))
}

func (r Registrar) durations(name, help string, value func() store.Durations) {
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

func (r Registrar) hashes(gate *passwd.Gate) {
	r.Gauge("dragoman_hash_running", "Password hashes being computed.", func() int64 { return int64(gate.Stats().Running) })
	r.Gauge("dragoman_hash_waiting", "Password hashes waiting to be computed.", func() int64 { return int64(gate.Stats().Waiting) })
	r.Counter("dragoman_hash_refused_total", "Password hashes refused because the queue was full.",
		func() int64 { return gate.Stats().Refused })
}

func (r Registrar) credentials(cache *passwd.CredentialCache) {
	r.Counter("dragoman_credential_hits_total", "Passwords found in the credential cache, which need no hash.",
		func() int64 { return int64(cache.Stats().Hits) })
	r.Counter("dragoman_credential_misses_total", "Passwords not found in the credential cache.",
		func() int64 { return int64(cache.Stats().Misses) })
}

func (r Registrar) store(stats func() store.Stats) {
	r.Gauge("dragoman_store_queue", "Updates waiting for the writer.", func() int64 { return int64(stats().Queue) })
	r.Counter("dragoman_store_updates_total", "Updates committed.", func() int64 { return int64(stats().Updates) })
	r.Counter("dragoman_store_commits_total", "Commits; several updates may share one.", func() int64 { return int64(stats().Batches) })
	r.Counter("dragoman_store_failures_total", "Commits that failed.", func() int64 { return int64(stats().Failures) })
	r.durations("dragoman_store_commit_duration_seconds", "Duration of a commit.", func() store.Durations { return stats().Commits })
	r.durations("dragoman_store_read_duration_seconds", "Duration of a database query.", func() store.Durations { return stats().Reads })
	r.durations("dragoman_store_check_duration_seconds", "Duration of the check for commits by other processes.",
		func() store.Durations { return stats().Checks })
	r.Gauge("dragoman_store_readers", "Read connections in the pool.", func() int64 { return int64(stats().Readers) })
	r.Gauge("dragoman_store_readers_in_use", "Read connections in use.", func() int64 { return int64(stats().Reading) })
	r.Gauge("dragoman_store_reads_waiting", "Queries waiting for a connection.", func() int64 { return int64(stats().Waiting) })
}

func (r Registrar) cache(stats func() store.Stats) {
	r.Gauge("dragoman_store_cache_entries", "Objects in the cache.", func() int64 { return stats().Cache.Entries })
	r.Gauge("dragoman_store_cache_bytes", "Approximate memory used by the cache.", func() int64 { return stats().Cache.Bytes })
	r.Gauge("dragoman_store_cache_limit_bytes", "Upper bound for the memory used by the cache.", func() int64 { return stats().Cache.Limit })
	r.Counter("dragoman_store_cache_hits_total", "Objects found in the cache.", func() int64 { return int64(stats().Cache.Hits) })
	r.Counter("dragoman_store_cache_misses_total", "Objects not found in the cache.", func() int64 { return int64(stats().Cache.Misses) })
	r.Counter("dragoman_store_cache_evictions_total", "Objects evicted from the cache.", func() int64 { return int64(stats().Cache.Evictions) })
}
