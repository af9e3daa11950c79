package sqldb

import (
	"sync/atomic"
	"time"

	"github.com/dragoman-gateway/dragoman/store/internal/cache"
)

// Stats describes the load of a store. Counts are since it was opened.
type Stats struct {
	// Queue is how many updates wait for the writer.
	Queue int
	// Readers is how many connections views share, Reading how many of them are in use,
	// and Waiting how many queries wait for one.
	Readers, Reading, Waiting int
	// Batches, Updates and Failures count commits, the updates they held, and
	// commits that failed.
	Batches, Updates, Failures uint64
	// Commits, Reads and Checks are the durations of commits, of queries, and of checks
	// for commits by other processes.
	Commits, Reads, Checks Durations
	// Version is the number of the state that memory has. Each commit makes the next one.
	Version uint64
	// Cache is the objects in memory.
	Cache cache.Stats
}

// Durations is a histogram: Counts[i] is how many took at most Bounds[i], the
// last one how many took longer than all.
type Durations struct {
	Bounds [12]time.Duration
	Counts [13]uint64
	Sum    time.Duration
}

// meter counts for Stats.
type meter struct {
	batches, updates, failures atomic.Uint64
	commits, reads, checks     histogram
	waiting                    atomic.Int64
}

// histogram counts durations by powers of four from 4 µs.
type histogram struct {
	counts [13]atomic.Uint64
	sum    atomic.Int64
}

func bound(i int) time.Duration { return 4 * time.Microsecond << (2 * i) }

func (h *histogram) add(d time.Duration) {
	i := 0
	for i < len(h.counts)-1 && d > bound(i) {
		i++
	}
	h.counts[i].Add(1)
	h.sum.Add(int64(d))
}

func (h *histogram) read() (d Durations) {
	for i := range d.Bounds {
		d.Bounds[i] = bound(i)
	}
	for i := range d.Counts {
		d.Counts[i] = h.counts[i].Load()
	}
	d.Sum = time.Duration(h.sum.Load())
	return d
}

func (m *meter) read(began time.Time) { m.reads.add(time.Since(began)) }

func (m *meter) committed(updates int, took time.Duration, err error) {
	m.failed(err)
	if updates == 0 {
		return
	}
	m.batches.Add(1)
	m.updates.Add(uint64(updates))
	m.commits.add(took)
}

func (m *meter) failed(err error) {
	if err != nil {
		m.failures.Add(1)
	}
}

// Stats returns the load of the store.
func (db *DB) Stats() Stats {
	m := &db.stats
	return Stats{
		Queue:   db.writer.queue.len(),
		Readers: cap(db.readers.slots), Reading: len(db.readers.slots), Waiting: int(m.waiting.Load()),
		Batches: m.batches.Load(), Updates: m.updates.Load(), Failures: m.failures.Load(),
		Commits: m.commits.read(), Reads: m.reads.read(), Checks: m.checks.read(),
		Version: db.state.Load().Version, Cache: db.cache.Stats(),
	}
}
