package edge

import (
	"maps"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/dragoman-gateway/dragoman/cmd/dragoman/internal/metrics"
)

// maxCells bounds how many combinations of dialect, operation and status are
// told apart, lest a mistake in a dialect fill the memory.
const maxCells = 4096

// Metrics counts and times requests. One observation costs a look into a map
// that is never locked for reading, and three atomic additions.
type Metrics struct {
	// Busy, Rate and Panics count what the edge answered by itself: requests
	// beyond its limit, beyond their realm's, and those that broke a handler.
	Busy, Rate, Panics atomic.Uint64

	// Answered counts the requests that have ended.
	Answered atomic.Int64

	inFlight atomic.Int64
	mu       sync.Mutex
	cells    atomic.Pointer[map[cellKey]*cell]
}

type cellKey struct {
	dialect, operation string
	status             int
}

// cell is one combination's count, and the times of its dialect and operation.
type cell struct {
	requests atomic.Uint64
	times    *metrics.Times
}

// NewMetrics shows the edge's metrics in the registry.
func NewMetrics(r prometheus.Registerer) *Metrics {
	m := new(Metrics)
	m.cells.Store(&map[cellKey]*cell{})
	r.MustRegister(newPage(m))
	return m
}

func (m *Metrics) observe(dialect, operation string, status int, took time.Duration) {
	key := cellKey{dialect, operation, status}
	c, ok := (*m.cells.Load())[key]
	if !ok {
		c = m.addCell(key)
	}
	m.Answered.Add(1)
	c.requests.Add(1)
	c.times.Observe(took)
}

func (m *Metrics) addCell(key cellKey) *cell {
	m.mu.Lock()
	defer m.mu.Unlock()
	old := *m.cells.Load()
	if len(old) >= maxCells {
		key.operation = "other"
	}
	if c, ok := old[key]; ok {
		return c
	}
	c := &cell{times: new(metrics.Times)}
	for k, v := range old {
		if k.dialect == key.dialect && k.operation == key.operation {
			c.times = v.times
		}
	}
	next := maps.Clone(old)
	next[key] = c
	m.cells.Store(&next)
	return c
}
