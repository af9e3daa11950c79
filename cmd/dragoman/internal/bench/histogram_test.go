package bench

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

func TestHistogramBuckets(t *testing.T) {
	t.Run("follow each other without a gap", func(t *testing.T) {
		for i := 1; i < bucketCount; i++ {
			end := bucketEnd(i - 1)
			if got := bucketOf(end); got != i-1 {
				t.Fatalf("the end of bucket %d, %d ns, is in bucket %d", i-1, end, got)
			}
			if got := bucketOf(end + 1); got != i {
				t.Fatalf("%d ns is in bucket %d, want %d", end+1, got, i)
			}
		}
	})
	t.Run("take what is out of bounds", func(t *testing.T) {
		if got := bucketOf(-time.Second); got != 0 {
			t.Errorf("a negative duration is in bucket %d", got)
		}
		if got := bucketOf(math.MaxInt64); got != bucketCount-1 {
			t.Errorf("292 years are in bucket %d of %d", got, bucketCount)
		}
	})
}

func TestHistogramQuantiles(t *testing.T) {
	t.Run("are right to two in a hundred", func(t *testing.T) {
		r := rand.New(rand.NewPCG(1, 2))
		var h histogram
		var all []time.Duration
		for range 20000 {
			d := time.Duration(math.Exp(r.Float64()*15) * 1000)
			all = append(all, d)
			h.record(d)
		}
		slices.Sort(all)
		for _, q := range []float64{0.01, 0.5, 0.9, 0.99, 0.999} {
			want, got := all[int(q*float64(len(all)))-1], h.quantile(q)
			if off := math.Abs(float64(got-want)) / float64(want); off > 0.02 {
				t.Errorf("quantile %v is %v, want %v", q, got, want)
			}
		}
		if got, want := h.quantile(1), all[len(all)-1]; got != want {
			t.Errorf("the longest is %v, want %v", got, want)
		}
	})
	t.Run("of nothing are zero", func(t *testing.T) {
		if got := new(histogram).quantile(0.99); got != 0 {
			t.Errorf("got %v", got)
		}
	})
	t.Run("of two histograms added are those of all", func(t *testing.T) {
		var a, b histogram
		for range 99 {
			a.record(time.Millisecond)
		}
		b.record(time.Second)
		a.add(&b)
		if got := a.quantile(0.5); got < time.Millisecond || got > 1016*time.Microsecond {
			t.Errorf("the median is %v", got)
		}
		if got := a.quantile(1); got != time.Second {
			t.Errorf("the longest is %v", got)
		}
	})
}
