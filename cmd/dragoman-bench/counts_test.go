package main

import (
	"math"
	"testing"
	"time"
)

func TestPercentiles(t *testing.T) {
	var a, b counts
	for range 99 {
		a.record(time.Millisecond)
	}
	b.record(time.Hour) // beyond the longest
	a.add(&b)
	for p, want := range map[float64]time.Duration{50: time.Millisecond, 99: time.Millisecond, 100: longestLatency} {
		if got := a.percentile(p); math.Abs(float64(got-want)) > 0.01*float64(want) {
			t.Errorf("percentile %v is %v, want %v", p, got, want)
		}
	}
	if got := new(counts).percentile(99); got != 0 {
		t.Errorf("of nothing it is %v", got)
	}
}
