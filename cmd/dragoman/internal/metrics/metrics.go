// Package metrics counts at the price of a few atomic additions and hands the
// numbers to Prometheus' client library when somebody asks for them. The
// library's own histogram would be looked up by its labels and locked for each
// request; what it does better than we, it does: the text, its escaping, its
// compression, and what is known of the process and of Go's runtime.
package metrics

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
)

// NewRegistry makes a registry that knows the process and Go's runtime.
func NewRegistry() *prometheus.Registry {
	r := prometheus.NewRegistry()
	r.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return r
}

// Gauge registers a number that goes up and down.
func Gauge(r prometheus.Registerer, name, help string, value func() float64) {
	r.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: help}, value))
}

// Counter registers a number that only grows. Its name ends in _total.
func Counter(r prometheus.Registerer, name, help string, value func() float64) {
	r.MustRegister(prometheus.NewCounterFunc(prometheus.CounterOpts{Name: name, Help: help}, value))
}

// Histogram registers a histogram without labels. value returns what [Metric] takes.
func Histogram(r prometheus.Registerer, name, help string, value func() ([]time.Duration, []uint64, time.Duration)) {
	r.MustRegister(histogram{prometheus.NewDesc(name, help, nil, nil), value})
}

type histogram struct {
	desc  *prometheus.Desc
	value func() ([]time.Duration, []uint64, time.Duration)
}

// Describe implements prometheus.Collector.
func (h histogram) Describe(to chan<- *prometheus.Desc) { to <- h.desc }

// Collect implements prometheus.Collector.
func (h histogram) Collect(to chan<- prometheus.Metric) {
	bounds, counts, sum := h.value()
	to <- Metric(h.desc, bounds, counts, sum)
}

// Metric makes a histogram in seconds. counts[i] is what is above bounds[i-1] and
// at most bounds[i]; one number more is for what is above all.
func Metric(desc *prometheus.Desc, bounds []time.Duration, counts []uint64, sum time.Duration, labels ...string) prometheus.Metric {
	total := uint64(0)
	buckets := make(map[float64]uint64, len(bounds))
	for i, n := range counts {
		total += n
		if i < len(bounds) {
			buckets[bounds[i].Seconds()] = total
		}
	}
	return prometheus.MustNewConstHistogram(desc, total, sum.Seconds(), buckets, labels...)
}
