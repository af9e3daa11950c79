package main

import (
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// counts are the results of a time of load; counts of several rounds add up. The
// zero value is empty.
type counts struct {
	done    uint64 // expected responses
	failed  uint64 // other responses, and requests without one
	bytes   uint64 // of the bodies of responses
	took    time.Duration
	cpu     time.Duration // of the server's process
	own     time.Duration // of this process, which generates the load
	latency *hdrhistogram.Histogram
	failure error // the first
}

// Latencies are recorded in nanoseconds up to longestLatency, with 2 significant digits.
const longestLatency = 2 * time.Minute

func newHistogram() *hdrhistogram.Histogram { return hdrhistogram.New(1, int64(longestLatency), 2) }

func (t *counts) record(d time.Duration) {
	if t.latency == nil {
		t.latency = newHistogram()
	}
	// The value is within bounds, which is the only error.
	_ = t.latency.RecordValue(int64(min(max(d, 0), longestLatency)))
}

// percentile returns the latency that p percent of all requests stay within.
func (t *counts) percentile(p float64) time.Duration {
	if t.latency == nil {
		return 0
	}
	return time.Duration(t.latency.ValueAtPercentile(p))
}

func (t *counts) add(other *counts) {
	t.done += other.done
	t.failed += other.failed
	t.bytes += other.bytes
	t.took += other.took
	t.cpu += other.cpu
	t.own += other.own
	if t.latency == nil {
		t.latency = newHistogram()
	}
	if other.latency != nil {
		t.latency.Merge(other.latency)
	}
	if t.failure == nil {
		t.failure = other.failure
	}
}

// sent returns the number of requests.
func (t *counts) sent() uint64 { return t.done + t.failed }

func (t *counts) rate() float64 { return perSecond(t.done, t.took) }
