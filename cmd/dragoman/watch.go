package main

import (
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"github.com/dragoman-gateway/dragoman/core/passwd"
)

// watch registers the metrics of everything but the requests, which the edge counts.
func (g *gateway) watch() {
	r := g.engine.registry
	r.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	gauge(r, "dragoman_connections_open", "Connections open.", func() float64 { return float64(g.listeners[0].Open()) })
	counter(r, "dragoman_log_lines_dropped_total", "Log lines dropped because the log's output was stuck.",
		func() float64 { return float64(g.log.sink.Dropped()) })
	watchHashes(r, g.engine.gate)
	watchStore(r, g.engine.store)
}

func watchHashes(r *prometheus.Registry, gate *passwd.Gate) {
	gauge(r, "dragoman_hash_running", "Password hashes being computed.", func() float64 { return float64(gate.Stats().Running) })
	gauge(r, "dragoman_hash_waiting", "Password hashes waiting their turn.", func() float64 { return float64(gate.Stats().Waiting) })
	counter(r, "dragoman_hash_refused_total", "Password hashes refused because too many waited.",
		func() float64 { return float64(gate.Stats().Refused) })
}

func gauge(r *prometheus.Registry, name, help string, value func() float64) {
	r.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: help}, value))
}

func counter(r *prometheus.Registry, name, help string, value func() float64) {
	r.MustRegister(prometheus.NewCounterFunc(prometheus.CounterOpts{Name: name, Help: help}, value))
}
