package metrics_test

import (
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/dragoman-gateway/dragoman/cmd/dragoman/internal/metrics"
)

func show(s *metrics.Set) string {
	w := httptest.NewRecorder()
	s.ServeHTTP(w, httptest.NewRequest("GET", "/", nil))
	return w.Body.String()
}

func TestTextIsWhatPrometheusReads(t *testing.T) {
	var s metrics.Set
	s.Gauge("queue", "What waits\nnow.", func() float64 { return 2.5 })
	s.Counters("seen_total", "Seen.", func(p *metrics.Page) {
		p.Sample(metrics.Labels("who", `a"b\c`, "code", "200"), 3)
		p.Sample(metrics.Labels("who", "x", "code", "404"), 1<<40)
	})
	s.Histograms("took_seconds", "Took.", func(p *metrics.Page) {
		p.Histogram(`op="a"`, []time.Duration{time.Millisecond, time.Second / 2}, []uint64{1, 2, 3}, 4250*time.Millisecond)
	})
	want := `# HELP queue What waits\nnow.
# TYPE queue gauge
queue 2.5
# HELP seen_total Seen.
# TYPE seen_total counter
seen_total{who="a\"b\\c",code="200"} 3
seen_total{who="x",code="404"} 1099511627776
# HELP took_seconds Took.
# TYPE took_seconds histogram
took_seconds_bucket{op="a",le="0.001"} 1
took_seconds_bucket{op="a",le="0.5"} 3
took_seconds_bucket{op="a",le="+Inf"} 6
took_seconds_sum{op="a"} 4.25
took_seconds_count{op="a"} 6
`
	if got := show(&s); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestTimesCountsEachDurationInItsBucket(t *testing.T) {
	var s metrics.Set
	var times metrics.Times
	s.Histograms("took_seconds", "Took.", func(p *metrics.Page) { times.Show(p, "") })
	for _, d := range []time.Duration{0, 50 * time.Microsecond, 51 * time.Microsecond, time.Hour} {
		times.Observe(d)
	}
	got := show(&s)
	for _, want := range []string{
		`took_seconds_bucket{le="5e-05"} 2`, `took_seconds_bucket{le="0.0001"} 3`, `took_seconds_bucket{le="6.5536"} 3`,
		`took_seconds_bucket{le="+Inf"} 4`, "took_seconds_count 4", "took_seconds_sum 3600.000101",
	} {
		if !strings.Contains(got, want+"\n") {
			t.Errorf("no %s in\n%s", want, got)
		}
	}
}

func TestProcessHasNoZeroAmongWhatCannotBeZero(t *testing.T) {
	var s metrics.Set
	s.Process()
	for _, name := range []string{
		"process_start_time_seconds", "process_cpu_seconds_total", "process_resident_memory_bytes", "process_open_fds",
		"process_max_fds", "go_goroutines", "go_memstats_heap_alloc_bytes", "go_memstats_sys_bytes",
		"go_gc_gomemlimit_bytes", "go_memstats_alloc_bytes_total",
	} {
		line := regexp.MustCompile(`(?m)^` + name + ` ([1-9][0-9.e+]*|0\.[0-9]*[1-9])$`)
		if !line.MatchString(show(&s)) {
			t.Errorf("no %s in\n%s", name, show(&s))
		}
	}
}
