package main

import (
	"github.com/dragoman-gateway/dragoman/cmd/dragoman/internal/metrics"
	"github.com/dragoman-gateway/dragoman/core/passwd"
	"github.com/dragoman-gateway/dragoman/store"
)

// watch shows the metrics of everything but the requests, which the edge counts.
func (g *gateway) watch() {
	set := g.engine.shown
	set.Gauge("dragoman_connections_open", "Connections open.", func() float64 { return float64(g.listeners[0].Open()) })
	set.Counter("dragoman_log_lines_dropped_total", "Log lines dropped because the log's output was stuck.",
		func() float64 { return float64(g.log.sink.Dropped()) })
	watchHashes(set, g.engine.gate)
	watchStore(set, g.engine.store)
	set.Process()
}

func watchHashes(set *metrics.Set, gate *passwd.Gate) {
	set.Gauge("dragoman_hash_running", "Password hashes being computed.", func() float64 { return float64(gate.Stats().Running) })
	set.Gauge("dragoman_hash_waiting", "Password hashes waiting their turn.", func() float64 { return float64(gate.Stats().Waiting) })
	set.Counter("dragoman_hash_refused_total", "Password hashes refused because too many waited.",
		func() float64 { return float64(gate.Stats().Refused) })
}

// watchStore shows what the store tells of itself, if it does.
func watchStore(set *metrics.Set, s any) {
	told, ok := s.(interface{ Stats() store.Stats })
	if !ok {
		return
	}
	stats := told.Stats
	set.Gauge("dragoman_store_queue", "Updates waiting for the writer.", func() float64 { return float64(stats().Queue) })
	set.Counter("dragoman_store_updates_total", "Updates committed.", func() float64 { return float64(stats().Updates) })
	set.Counter("dragoman_store_commits_total", "Commits; several updates may share one.", func() float64 { return float64(stats().Batches) })
	set.Counter("dragoman_store_failures_total", "Commits that failed.", func() float64 { return float64(stats().Failures) })
	set.Histograms("dragoman_store_commit_duration_seconds", "Time of a commit.", func(p *metrics.Page) {
		d := stats().Commits
		p.Histogram("", d.Bounds[:], d.Counts[:], d.Sum)
	})
	set.Histograms("dragoman_store_read_duration_seconds", "Time of a question to the database.", func(p *metrics.Page) {
		d := stats().Reads
		p.Histogram("", d.Bounds[:], d.Counts[:], d.Sum)
	})
	set.Gauge("dragoman_store_cache_entries", "Objects kept in memory.", func() float64 { return float64(stats().Cache.Entries) })
	set.Gauge("dragoman_store_cache_bytes", "Memory that they take, about.", func() float64 { return float64(stats().Cache.Bytes) })
	set.Counter("dragoman_store_cache_hits_total", "Objects found in memory.", func() float64 { return float64(stats().Cache.Hits) })
	set.Counter("dragoman_store_cache_misses_total", "Objects not found in memory.", func() float64 { return float64(stats().Cache.Misses) })
	set.Counter("dragoman_store_cache_evictions_total", "Objects that had to make room.", func() float64 { return float64(stats().Cache.Evictions) })
}
