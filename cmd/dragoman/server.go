package main

import (
	"log/slog"
	"net/http"
	"time"

	"github.com/dragoman-gateway/dragoman/cmd/dragoman/internal/edge"
	"github.com/dragoman-gateway/dragoman/dialects"
)

// handler is what answers on the i-th listener: the first has the dialects, the
// second, if there is one, has the program's own endpoints.
func (g *gateway) handler(i int) http.Handler {
	if g.admin == nil {
		g.admin = edge.NewAdminHandler(g.metricsHandler(), g.services.checkStore)
	}
	if i > 0 {
		return g.admin
	}
	mux := make(dialects.Mux, len(g.fronts))
	for i, f := range g.fronts {
		mux[i] = f.Dialect
	}
	cfg := edge.Config{
		Dialects:       mux,
		Log:            g.log.requests,
		Metrics:        g.services.metrics,
		MaxRequests:    g.cmd.Limits.MaxRequests,
		WriteTimeout:   g.cmd.Limits.WriteTimeout,
		TrustedProxies: g.cmd.TrustedProxies,
	}
	if len(g.listeners) == 1 {
		cfg.Admin = g.admin
	}
	g.registerMetrics()
	return edge.New(cfg)
}

// server bounds what a connection may cost. Its write timeout runs from the
// header's end, so the time to read the body is in it; the edge lets it run
// anew while an answer flows.
func (c *serveCmd) server(h http.Handler, lg *logs) *http.Server {
	return &http.Server{
		Handler:                      h,
		ReadHeaderTimeout:            c.Limits.HeaderTimeout,
		ReadTimeout:                  c.Limits.ReadTimeout,
		WriteTimeout:                 writeTimeout(c.Limits),
		IdleTimeout:                  c.Limits.IdleTimeout,
		MaxHeaderBytes:               int(c.Limits.MaxHeader),
		DisableGeneralOptionsHandler: true,
		ErrorLog:                     slog.NewLogLogger(lg.Handler(), slog.LevelDebug),
	}
}

func writeTimeout(l limitOptions) (total time.Duration) {
	if l.WriteTimeout == 0 || l.ReadTimeout == 0 {
		return 0
	}
	return l.ReadTimeout + l.WriteTimeout
}
