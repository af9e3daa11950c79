package edge

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

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

// NewMetrics shows the edge's metrics in the set.
func NewMetrics(set *metrics.Set) *Metrics {
	m := new(Metrics)
	m.cells.Store(&map[cellKey]*cell{})
	set.Counters("dragoman_requests_total", "Requests answered.", m.showRequests)
	set.Histograms("dragoman_request_duration_seconds", "Time from a request's header to its handler's end.", m.showTimes)
	set.Gauge("dragoman_requests_in_flight", "Requests being worked on.", func() float64 { return float64(m.inFlight.Load()) })
	set.Counters("dragoman_refused_total", "Requests that the edge refused: too busy, over a realm's rate, or after a panic.",
		func(p *metrics.Page) {
			p.Sample(`reason="busy"`, float64(m.Busy.Load()))
			p.Sample(`reason="rate"`, float64(m.Rate.Load()))
			p.Sample(`reason="panic"`, float64(m.Panics.Load()))
		})
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

// sorted lists the cells, so that the page is the same at every look.
func (m *Metrics) sorted() ([]cellKey, map[cellKey]*cell) {
	cells := *m.cells.Load()
	keys := slices.SortedFunc(maps.Keys(cells), func(a, b cellKey) int {
		return cmp.Or(cmp.Compare(a.dialect, b.dialect), cmp.Compare(a.operation, b.operation), cmp.Compare(a.status, b.status))
	})
	return keys, cells
}

func (m *Metrics) showRequests(p *metrics.Page) {
	keys, cells := m.sorted()
	for _, k := range keys {
		labels := metrics.Labels("dialect", k.dialect, "operation", k.operation, "status", strconv.Itoa(k.status))
		p.Sample(labels, float64(cells[k].requests.Load()))
	}
}

func (m *Metrics) showTimes(p *metrics.Page) {
	keys, cells := m.sorted()
	for i, k := range keys {
		if i > 0 && keys[i-1].dialect == k.dialect && keys[i-1].operation == k.operation {
			continue
		}
		cells[k].times.Show(p, metrics.Labels("dialect", k.dialect, "operation", k.operation))
	}
}
