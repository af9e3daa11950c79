package edge

import (
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// maxCells bounds how many combinations of dialect, operation and status are
// told apart, lest a mistake in a dialect fill the memory.
const maxCells = 4096

// Metrics counts and times requests. One observation costs a look into a map
// that is never locked for reading, a counter and a histogram.
type Metrics struct {
	registry *prometheus.Registry
	requests *prometheus.CounterVec
	duration *prometheus.HistogramVec
	// Refused counts what the edge answered by itself.
	Refused Refusals

	mu    sync.Mutex
	cells atomic.Pointer[map[cellKey]cell]
}

// Refusals are the reasons for which the edge answers by itself.
type Refusals struct {
	Busy, Rate, Panic prometheus.Counter
}

type cellKey struct {
	dialect, operation string
	status             int
}

// cell is one combination's instruments, found once and kept.
type cell struct {
	requests prometheus.Counter
	duration prometheus.Observer
}

// NewMetrics registers the edge's metrics.
func NewMetrics(registry *prometheus.Registry) *Metrics {
	m := &Metrics{
		registry: registry,
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "dragoman_requests_total", Help: "Requests answered.",
		}, []string{"dialect", "operation", "status"}),
		duration: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "dragoman_request_duration_seconds", Help: "Time from a request's header to its handler's end.",
			Buckets: []float64{.00005, .0001, .00025, .0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 10},
		}, []string{"dialect", "operation"}),
	}
	m.cells.Store(&map[cellKey]cell{})
	refused := prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "dragoman_refused_total", Help: "Requests refused before a dialect could answer them: too busy, over a realm's rate, or a panic.",
	}, []string{"reason"})
	m.Refused = Refusals{
		Busy: refused.WithLabelValues("busy"), Rate: refused.WithLabelValues("rate"), Panic: refused.WithLabelValues("panic"),
	}
	registry.MustRegister(m.requests, m.duration, refused)
	return m
}

func (m *Metrics) observe(dialect, operation string, status int, took time.Duration) {
	key := cellKey{dialect, operation, status}
	c, ok := (*m.cells.Load())[key]
	if !ok {
		c = m.addCell(key)
	}
	c.requests.Inc()
	c.duration.Observe(took.Seconds())
}

func (m *Metrics) addCell(key cellKey) cell {
	m.mu.Lock()
	defer m.mu.Unlock()
	old := *m.cells.Load()
	if len(old) >= maxCells {
		key.operation = "other"
	}
	if c, ok := old[key]; ok {
		return c
	}
	c := cell{
		requests: m.requests.WithLabelValues(key.dialect, key.operation, strconv.Itoa(key.status)),
		duration: m.duration.WithLabelValues(key.dialect, key.operation),
	}
	next := make(map[cellKey]cell, len(old)+1)
	for k, v := range old {
		next[k] = v
	}
	next[key] = c
	m.cells.Store(&next)
	return c
}

func (m *Metrics) watchInFlight(n *atomic.Int64) {
	m.registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "dragoman_requests_in_flight", Help: "Requests being worked on.",
	}, func() float64 { return float64(n.Load()) }))
}
