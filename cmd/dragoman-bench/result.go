package main

import "time"

// result is the result of one series of a comparison, as written to a file.
type result struct {
	Name      string  `json:"name"`
	About     string  `json:"about,omitempty"`
	Requests  uint64  `json:"requests"`
	Failures  uint64  `json:"failures"`
	PerSecond float64 `json:"per_second"`
	P50       float64 `json:"p50_us"`
	P99       float64 `json:"p99_us"`
	Max       float64 `json:"max_us"`
	BytesEach float64 `json:"bytes_each"`
	CPU       float64 `json:"cpu_us_each"`           // of the server
	OwnCPU    float64 `json:"generator_cpu_us_each"` // of the load generator
	Memory    memory  `json:"memory"`                // of the server, afterwards

	// Of a baseline: the operation relative to it.
	Ratio    float64 `json:"ratio,omitempty"`     // of the rates
	Goal     float64 `json:"goal,omitempty"`      // at least
	CPURatio float64 `json:"cpu_ratio,omitempty"` // of CPU times: the ratio that other programs disturb least
	P99Ratio float64 `json:"p99_ratio,omitempty"` // of the p99s
	P99Goal  float64 `json:"p99_goal,omitempty"`  // at most

	// Of an operation.
	Error      string   `json:"error,omitempty"`
	Baselines  []result `json:"baselines,omitempty"`
	Background *result  `json:"background,omitempty"` // what ran meanwhile
}

func newResult(name string, t *counts) result {
	r := result{
		Name: name, Requests: t.done, Failures: t.failed, PerSecond: t.rate(),
		P50: micros(t.percentile(50)), P99: micros(t.percentile(99)), Max: micros(t.percentile(100)),
	}
	if n := t.done + t.failed; n > 0 {
		r.BytesEach = float64(t.bytes) / float64(n)
		r.CPU, r.OwnCPU = micros(t.cpu)/float64(n), micros(t.own)/float64(n)
	}
	if t.failure != nil {
		r.Error = t.failure.Error()
	}
	return r
}

func micros(d time.Duration) float64 { return float64(d.Nanoseconds()) / 1e3 }

func (s *series) result() result {
	r := newResult(s.goal.name, &s.sum)
	r.Memory = s.memory
	return r
}

// result returns the operation's result with those of its baselines.
func (m *comparison) result() result {
	own := m.series[0].result()
	own.About = m.op.about
	for i := range m.series[1:] {
		s := &m.series[i+1]
		r := s.result()
		r.Ratio, r.Goal = ratio(own.PerSecond, r.PerSecond), s.goal.goal
		if _, alone := s.workload.(*loop); !alone { // has no request latency
			r.P99Ratio, r.P99Goal = ratio(own.P99, r.P99), s.goal.late
			r.CPURatio = ratio(own.CPU, r.CPU)
		}
		own.Baselines = append(own.Baselines, r)
	}
	if b, ok := m.series[0].workload.(*withBackground); ok {
		other := newResult(m.op.background, &b.backgroundCounts)
		own.Background = &other
	}
	return own
}

func ratio(a, b float64) float64 {
	if b == 0 {
		return 0
	}
	return a / b
}

// missed reports whether a goal was not reached.
func (r *result) missed() bool {
	return r.Goal > 0 && r.Ratio < r.Goal || r.P99Goal > 0 && r.P99Ratio > r.P99Goal
}

// reached reports whether there was a goal and it was reached.
func (r *result) reached() bool { return (r.Goal > 0 || r.P99Goal > 0) && !r.missed() }
