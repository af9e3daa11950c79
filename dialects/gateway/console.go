package gateway

import (
	"net/http"
	"slices"
	"strconv"
	"sync"
	"time"

	dto "github.com/prometheus/client_model/go"

	"github.com/dragoman-gateway/dragoman/dialects/console"
	"github.com/dragoman-gateway/dragoman/dialects/gateway/audit"
	"github.com/dragoman-gateway/dragoman/dialects/gateway/edge"
)

// ConsoleMode says whether a gateway has a console, and what it may do.
type ConsoleMode string

// The modes of a console. The zero value is ConsoleOff.
const (
	ConsoleOff   ConsoleMode = "off"
	ConsoleRead  ConsoleMode = "read"
	ConsoleWrite ConsoleMode = "write"
)

// ConsoleSettings say whether a gateway has a console.
type ConsoleSettings struct {
	Mode ConsoleMode
	// Open lets in whoever reaches it, and Sandboxes are shown besides: of a stand-in for
	// tests.
	Open      bool
	Sandboxes console.Sandboxes
}

// openConsole mounts the console among the program's own endpoints. It is made when the
// first browser comes.
func (g *Gateway) openConsole() {
	set := g.cfg.Console
	if set.Mode != ConsoleRead && set.Mode != ConsoleWrite {
		return
	}
	g.live = new(console.Live)
	cfg := console.Config{
		Directory: g.directory, Dialects: g.mux(), Write: set.Mode == ConsoleWrite, Open: set.Open, Sandboxes: set.Sandboxes,
		Files: FilesOf(g.cfg.Rows, g.cfg.DSN, ""), Live: g.live, Log: g.cfg.Log, Measures: g.measured, Vendors: g.vendors(),
		Secure: func(r *http.Request) bool { return r.TLS != nil || r.URL.Scheme == "https" },
	}
	if g.store != nil {
		cfg.Moves, cfg.BeginMove = g.moves, g.beginMove
	}
	if g.shared() {
		cfg.Processes = g.processes
	}
	if log, ok := g.cfg.Auditor.(*audit.Log); ok {
		cfg.History = log.History
	}
	made := sync.OnceValue(func() http.Handler { return console.New(cfg) })
	g.admin.Mount("console/", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { made().ServeHTTP(w, r) }))
}

// observe notes each request for the console.
func (g *Gateway) observe() func(*http.Request) (*http.Request, edge.Observer) {
	if g.live == nil {
		return nil
	}
	return func(r *http.Request) (*http.Request, edge.Observer) { return observe(g.live, r) }
}

// measures are what the live page shows of the state of the program: metrics that have
// one value, in this order.
var measures = [...]struct{ metric, name string }{
	{"dragoman_store_up", "Store answers"}, {"dragoman_store_queue", "Changes waiting for the writer"},
	{"dragoman_store_reads_waiting", "Queries waiting for a connection"}, {"dragoman_store_readers_in_use", "Connections in use for queries"},
	{"dragoman_store_failures_total", "Commits that failed"},
	{"dragoman_hash_running", "Password hashes being computed"}, {"dragoman_hash_waiting", "Password hashes waiting"},
	{"dragoman_hash_refused_total", "Password hashes refused"}, {"dragoman_logins_failed_total", "Logins failed"},
	{"dragoman_store_cache_entries", "Objects in the cache"}, {"dragoman_store_cache_bytes", "Bytes of the cache"},
	{"dragoman_store_cache_hits_total", "Objects found in the cache"}, {"dragoman_store_cache_misses_total", "Objects not found in it"},
	{"dragoman_credential_hits_total", "Passwords that needed no hash"}, {"dragoman_requests_in_flight", "Requests in progress"},
	{"dragoman_connections_open", "Open connections"}, {"dragoman_log_lines_dropped_total", "Log lines dropped"},
	{"dragoman_vendor_adopted_total", "Users adopted from vendors"}, {expiryMetric, "Certificate expires"},
}

// expiryMetric is a time for each name of a certificate.
const expiryMetric = "dragoman_tls_certificate_expiry_timestamp_seconds"

// measured reads the metrics of the live page; none of a gateway without a registry.
func (g *Gateway) measured() (list []console.Measure, err error) {
	if g.registry == nil {
		return nil, nil
	}
	families, err := g.registry.Gather()
	if err != nil {
		return nil, err
	}
	for _, m := range measures {
		i := slices.IndexFunc(families, func(f *dto.MetricFamily) bool { return f.GetName() == m.metric })
		if i < 0 {
			continue
		}
		for _, value := range families[i].GetMetric() {
			list = append(list, measureOf(m.metric, m.name, value))
		}
	}
	return list, nil
}

func measureOf(metric, name string, m *dto.Metric) console.Measure {
	for _, l := range m.GetLabel() {
		name += ", " + l.GetValue()
	}
	v := m.GetGauge().GetValue() + m.GetCounter().GetValue()
	if metric == expiryMetric {
		return console.Measure{Name: name, Value: time.Unix(int64(v), 0).UTC().Format("2006-01-02 15:04 UTC")}
	}
	return console.Measure{Name: name, Value: strconv.FormatFloat(v, 'f', -1, 64)}
}
