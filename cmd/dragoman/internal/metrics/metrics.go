// Package metrics counts and times what the program does, and shows it in
// Prometheus' text format. It knows counters, gauges and histograms, and costs a
// few atomic additions for each observation and nothing else: the client library
// of that name is an eighth of the program that has it.
package metrics

import (
	"net/http"
	"strconv"
	"sync"
)

// Set is the metrics of one program, in the order in which they were added.
// The zero Set is empty and ready.
type Set struct {
	mu       sync.Mutex
	families []family
}

// family is one name and the lines below it.
type family struct {
	name, help, kind string
	samples          func(*Page)
}

// Gauge adds a number that goes up and down.
func (s *Set) Gauge(name, help string, value func() float64) {
	s.add(family{name, help, "gauge", func(p *Page) { p.Sample("", value()) }})
}

// Counter adds a number that only grows. Its name ends in _total.
func (s *Set) Counter(name, help string, value func() float64) {
	s.Counters(name, help, func(p *Page) { p.Sample("", value()) })
}

// Counters adds a counter for each combination of labels: samples calls
// [Page.Sample] for each.
func (s *Set) Counters(name, help string, samples func(*Page)) {
	s.add(family{name, help, "counter", samples})
}

// Histograms adds a histogram for each combination of labels: samples calls
// [Page.Histogram] for each.
func (s *Set) Histograms(name, help string, samples func(*Page)) {
	s.add(family{name, help, "histogram", samples})
}

func (s *Set) add(f family) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.families = append(s.families, f)
}

// ServeHTTP shows all metrics as they are now.
func (s *Set) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	s.mu.Lock()
	families := s.families
	s.mu.Unlock()
	p := Page{}
	for _, f := range families {
		p.begin(f)
		f.samples(&p)
	}
	w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
	w.Header().Set("Content-Length", strconv.Itoa(len(p.text)))
	// A reader who went away needs no answer.
	_, _ = w.Write(p.text)
}
