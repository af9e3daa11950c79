package metrics_test

import (
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/dragoman-gateway/dragoman/cmd/dragoman/internal/metrics"
)

func show(r prometheus.Gatherer) string {
	w := httptest.NewRecorder()
	promhttp.HandlerFor(r, promhttp.HandlerOpts{}).ServeHTTP(w, httptest.NewRequest("GET", "/", nil))
	return w.Body.String()
}

func TestNumbersAreShownAsTheyAreWhenSomebodyAsks(t *testing.T) {
	r := prometheus.NewPedanticRegistry()
	n := 0.5
	metrics.Gauge(r, "queue", "What waits.", func() float64 { return n })
	metrics.Counter(r, "seen_total", "Seen.", func() float64 { return 2 * n })
	metrics.Histogram(r, "took_seconds", "Took.", func() ([]time.Duration, []uint64, time.Duration) {
		return []time.Duration{time.Millisecond, time.Second / 2}, []uint64{1, 2, 3}, 4250 * time.Millisecond
	})
	n = 2.5
	want := `# HELP queue What waits.
# TYPE queue gauge
queue 2.5
# HELP seen_total Seen.
# TYPE seen_total counter
seen_total 5
# HELP took_seconds Took.
# TYPE took_seconds histogram
took_seconds_bucket{le="0.001"} 1
took_seconds_bucket{le="0.5"} 3
took_seconds_bucket{le="+Inf"} 6
took_seconds_sum 4.25
took_seconds_count 6
`
	if got := show(r); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestTimesCountsEachDurationInItsBucket(t *testing.T) {
	var times metrics.Times
	for _, d := range []time.Duration{0, 50 * time.Microsecond, 51 * time.Microsecond, time.Hour} {
		times.Observe(d)
	}
	r := prometheus.NewPedanticRegistry()
	r.MustRegister(timesOf{prometheus.NewDesc("took_seconds", "Took.", []string{"op"}, nil), &times})
	got := show(r)
	for _, want := range []string{
		`took_seconds_bucket{op="a",le="5e-05"} 2`, `took_seconds_bucket{op="a",le="0.0001"} 3`,
		`took_seconds_bucket{op="a",le="6.5536"} 3`, `took_seconds_bucket{op="a",le="+Inf"} 4`,
		`took_seconds_count{op="a"} 4`, `took_seconds_sum{op="a"} 3600.000101`,
	} {
		if !strings.Contains(got, want+"\n") {
			t.Errorf("no %s in\n%s", want, got)
		}
	}
}

// timesOf shows one Times, as the edge does for each operation.
type timesOf struct {
	desc  *prometheus.Desc
	times *metrics.Times
}

func (c timesOf) Describe(to chan<- *prometheus.Desc) { to <- c.desc }
func (c timesOf) Collect(to chan<- prometheus.Metric) { to <- c.times.Metric(c.desc, "a") }

func TestRegistryHasNoZeroAmongWhatCannotBeZero(t *testing.T) {
	got := show(metrics.NewRegistry())
	for _, name := range []string{
		"process_start_time_seconds", "process_resident_memory_bytes", "process_open_fds", "process_max_fds",
		"go_goroutines", "go_memstats_heap_alloc_bytes", "go_memstats_sys_bytes", "go_gc_gomemlimit_bytes",
		"go_memstats_alloc_bytes_total",
	} {
		if !regexp.MustCompile(`(?m)^` + name + ` [0-9.e+]*[1-9]`).MatchString(got) {
			t.Errorf("no %s in\n%s", name, got)
		}
	}
}
