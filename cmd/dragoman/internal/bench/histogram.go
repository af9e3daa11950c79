package bench

import (
	"math/bits"
	"time"
)

const (
	// perDoubling is how many buckets there are from one power of two to the
	// next: a quantile is right to 1.6 %.
	perDoubling = 64
	bucketBits  = 6
	// longest is where the buckets end: 2^37 ns are 137 s, and no request is
	// waited for longer.
	longest     = 1<<37 - 1
	bucketCount = (37 - bucketBits + 1) * perDoubling
)

// histogram counts durations in buckets that are as wide as the duration is
// long: it costs a few nanoseconds a record, and no memory beyond its own.
type histogram struct {
	counts [bucketCount]uint64
	total  uint64
	max    time.Duration
}

func (h *histogram) record(d time.Duration) {
	h.counts[bucketOf(d)]++
	h.total++
	h.max = max(h.max, d)
}

// add takes over what other has counted.
func (h *histogram) add(other *histogram) {
	for i, n := range other.counts {
		h.counts[i] += n
	}
	h.total += other.total
	h.max = max(h.max, other.max)
}

// quantile returns the duration that the fraction q of all stays within.
func (h *histogram) quantile(q float64) time.Duration {
	if h.total == 0 {
		return 0
	}
	rank := uint64(q*float64(h.total) + 0.5)
	var seen uint64
	for i, n := range h.counts {
		if seen += n; seen >= max(rank, 1) {
			return min(bucketEnd(i), h.max)
		}
	}
	return h.max
}

// bucketOf numbers the buckets without a gap: below 128 ns each has its own, and
// from there on the first seven bits say which of the 64 of its doubling it is.
func bucketOf(d time.Duration) int {
	ns := uint64(min(max(d, 0), longest))
	shift := max(bits.Len64(ns)-bucketBits-1, 0)
	return shift*perDoubling + int(ns>>shift)
}

// bucketEnd is the longest duration in the bucket.
func bucketEnd(i int) time.Duration {
	if i < 2*perDoubling {
		return time.Duration(i)
	}
	shift := i/perDoubling - 1
	return time.Duration((i%perDoubling+perDoubling+1)<<shift - 1)
}
