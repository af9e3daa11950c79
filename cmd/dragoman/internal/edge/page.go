package edge

import (
	"strconv"
	"sync/atomic"

	"github.com/prometheus/client_golang/prometheus"
)

// page is what Prometheus' library reads Metrics through.
type page struct {
	of                                 *Metrics
	requests, times, inFlight, refused *prometheus.Desc
}

func newPage(m *Metrics) *page {
	return &page{
		of: m,
		requests: prometheus.NewDesc("dragoman_requests_total", "Requests answered.",
			[]string{"dialect", "operation", "status"}, nil),
		times: prometheus.NewDesc("dragoman_request_duration_seconds", "Time from a request's header to its handler's end.",
			[]string{"dialect", "operation"}, nil),
		inFlight: prometheus.NewDesc("dragoman_requests_in_flight", "Requests being worked on.", nil, nil),
		refused: prometheus.NewDesc("dragoman_refused_total",
			"Requests that the edge refused: too busy, over a realm's rate, or after a panic.", []string{"reason"}, nil),
	}
}

// Describe implements prometheus.Collector.
func (p *page) Describe(to chan<- *prometheus.Desc) {
	to <- p.requests
	to <- p.times
	to <- p.inFlight
	to <- p.refused
}

// Collect implements prometheus.Collector.
func (p *page) Collect(to chan<- prometheus.Metric) {
	to <- prometheus.MustNewConstMetric(p.inFlight, prometheus.GaugeValue, float64(p.of.inFlight.Load()))
	to <- counter(p.refused, &p.of.Busy, "busy")
	to <- counter(p.refused, &p.of.Rate, "rate")
	to <- counter(p.refused, &p.of.Panics, "panic")
	shown := map[cellKey]bool{}
	for k, c := range *p.of.cells.Load() {
		to <- counter(p.requests, &c.requests, k.dialect, k.operation, strconv.Itoa(k.status))
		whole := cellKey{dialect: k.dialect, operation: k.operation}
		if !shown[whole] {
			to <- c.times.Metric(p.times, k.dialect, k.operation)
		}
		shown[whole] = true
	}
}

func counter(desc *prometheus.Desc, n *atomic.Uint64, labels ...string) prometheus.Metric {
	return prometheus.MustNewConstMetric(desc, prometheus.CounterValue, float64(n.Load()), labels...)
}
