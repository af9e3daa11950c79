package main

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/dragoman-gateway/dragoman/store"
)

// watchStore registers what the store tells of itself, if it does.
func watchStore(r *prometheus.Registry, s any) {
	told, ok := s.(interface{ Stats() store.Stats })
	if !ok {
		return
	}
	stats := told.Stats
	gauge(r, "dragoman_store_queue", "Updates waiting for the writer.", func() float64 { return float64(stats().Queue) })
	counter(r, "dragoman_store_updates_total", "Updates committed.", func() float64 { return float64(stats().Updates) })
	counter(r, "dragoman_store_commits_total", "Commits; several updates may share one.", func() float64 { return float64(stats().Batches) })
	counter(r, "dragoman_store_failures_total", "Commits that failed.", func() float64 { return float64(stats().Failures) })
	gauge(r, "dragoman_store_cache_entries", "Objects kept in memory.", func() float64 { return float64(stats().Cache.Entries) })
	gauge(r, "dragoman_store_cache_bytes", "Memory that they take, about.", func() float64 { return float64(stats().Cache.Bytes) })
	counter(r, "dragoman_store_cache_hits_total", "Objects found in memory.", func() float64 { return float64(stats().Cache.Hits) })
	counter(r, "dragoman_store_cache_misses_total", "Objects not found in memory.", func() float64 { return float64(stats().Cache.Misses) })
	counter(r, "dragoman_store_cache_evictions_total", "Objects that had to make room.", func() float64 { return float64(stats().Cache.Evictions) })
	r.MustRegister(
		newTimes("dragoman_store_commit_duration_seconds", "Time of a commit.", func() (b []time.Duration, c []uint64, sum time.Duration) {
			d := stats().Commits
			return d.Bounds[:], d.Counts[:], d.Sum
		}),
		newTimes("dragoman_store_read_duration_seconds", "Time of a question to the database.", func() (b []time.Duration, c []uint64, sum time.Duration) {
			d := stats().Reads
			return d.Bounds[:], d.Counts[:], d.Sum
		}),
	)
}

// times is a histogram that somebody else keeps.
type times struct {
	desc *prometheus.Desc
	read func() (bounds []time.Duration, counts []uint64, sum time.Duration)
}

func newTimes(name, help string, read func() ([]time.Duration, []uint64, time.Duration)) times {
	return times{prometheus.NewDesc(name, help, nil, nil), read}
}

// Describe implements prometheus.Collector.
func (h times) Describe(to chan<- *prometheus.Desc) { to <- h.desc }

// Collect implements prometheus.Collector. Its buckets hold all that is below,
// theirs only what is between.
func (h times) Collect(to chan<- prometheus.Metric) {
	bounds, counts, sum := h.read()
	buckets := make(map[float64]uint64, len(bounds))
	total := uint64(0)
	for i, n := range counts {
		total += n
		if i < len(bounds) {
			buckets[bounds[i].Seconds()] = total
		}
	}
	to <- prometheus.MustNewConstHistogram(h.desc, total, sum.Seconds(), buckets)
}
