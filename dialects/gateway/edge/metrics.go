package edge

import (
	"strconv"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/dragoman-gateway/dragoman/dialects"
)

// Metrics counts and times requests. It is safe for concurrent use.
type Metrics struct {
	requests  *prometheus.CounterVec
	durations *prometheus.HistogramVec
	unknown   *prometheus.CounterVec
	busy      prometheus.Counter
	rate      prometheus.Counter
	panics    prometheus.Counter
	inFlight  atomic.Int64
	places    places
	answered  atomic.Int64
}

// NewMetrics registers the edge's metrics.
func NewMetrics(r prometheus.Registerer) *Metrics {
	refused := prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "dragoman_refused_total",
		Help: "Requests that the gateway refused, by reason: too many at once, realm or address over its rate, handler panic.",
	}, []string{"reason"})
	m := &Metrics{
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "dragoman_requests_total", Help: "Requests answered.",
		}, []string{"dialect", "operation", "status"}),
		durations: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name:    "dragoman_request_duration_seconds",
			Help:    "Time from the end of a request's header to the end of its handler.",
			Buckets: prometheus.ExponentialBuckets(50e-6, 2, 18),
		}, []string{"dialect", "operation"}),
		unknown: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "dragoman_unknown_requests_total", Help: "Requests that the dialect has no operation for.",
		}, []string{"dialect"}),
		busy:   refused.WithLabelValues("busy"),
		rate:   refused.WithLabelValues("rate"),
		panics: refused.WithLabelValues("panic"),
	}
	inFlight := prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "dragoman_requests_in_flight", Help: "Requests in progress.",
	}, func() float64 { return float64(m.inFlight.Load()) })
	r.MustRegister(m.requests, m.durations, m.unknown, refused, inFlight)
	return m
}

// Answered returns the number of requests that have ended.
func (m *Metrics) Answered() int64 { return m.answered.Load() }

func (m *Metrics) observe(dialect, operation string, status int, took time.Duration) {
	m.answered.Add(1)
	m.requests.WithLabelValues(dialect, operation, strconv.Itoa(status)).Inc()
	m.durations.WithLabelValues(dialect, operation).Observe(took.Seconds())
}

// CountRefusals returns a Limiter that counts what l refuses.
func (m *Metrics) CountRefusals(l dialects.Limiter) dialects.Limiter {
	return countedLimiter{l, m.rate}
}

type countedLimiter struct {
	dialects.Limiter
	refused prometheus.Counter
}

// Allow implements dialects.Limiter.
func (c countedLimiter) Allow(realm string) (retryAfter time.Duration, ok bool) {
	retryAfter, ok = c.Limiter.Allow(realm)
	if !ok {
		c.refused.Inc()
	}
	return retryAfter, ok
}
