package metrics

import (
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// timesBuckets is how many durations a Times tells apart: powers of two from 50 µs.
const timesBuckets = 18

const firstBound = 50 * time.Microsecond

// Times is a histogram of durations from 50 µs to 6.5 s. The zero Times is empty
// and ready. It is safe for concurrent use.
type Times struct {
	counts [timesBuckets + 1]atomic.Uint64
	nanos  atomic.Int64
}

// Observe adds a duration.
func (t *Times) Observe(d time.Duration) {
	i := 0
	for bound := firstBound; i < timesBuckets && d > bound; bound *= 2 {
		i++
	}
	t.counts[i].Add(1)
	t.nanos.Add(int64(d))
}

// Metric is the histogram as it is now.
func (t *Times) Metric(desc *prometheus.Desc, labels ...string) prometheus.Metric {
	var bounds [timesBuckets]time.Duration
	var counts [timesBuckets + 1]uint64
	for i := range bounds {
		bounds[i] = firstBound << i
	}
	for i := range counts {
		counts[i] = t.counts[i].Load()
	}
	return Metric(desc, bounds[:], counts[:], time.Duration(t.nanos.Load()), labels...)
}
