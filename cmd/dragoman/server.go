package main

import (
	"log/slog"
	"net/http"
	"time"

	"github.com/dragoman-gateway/dragoman/cmd/dragoman/internal/edge"
	"github.com/dragoman-gateway/dragoman/dialects"
	"github.com/dragoman-gateway/dragoman/dialects/ratelimit"
)

// handler returns the handler of a listener.
func (g *gateway) handler(r role) http.Handler {
	if g.admin == nil {
		g.admin = edge.NewAdminHandler(g.metricsHandler(), g.services.checkStore)
	}
	if r == adminRole {
		return g.admin
	}
	if g.edge == nil {
		g.edge = g.newEdge()
	}
	return g.edge
}

// newEdge returns the handler of the dialects.
func (g *gateway) newEdge() http.Handler {
	cfg := edge.Config{
		Dialects:       g.mux(),
		Log:            g.log.requests,
		Metrics:        g.services.metrics,
		MaxRequests:    g.cmd.Limits.MaxRequests,
		ReadTimeout:    g.cmd.Limits.ReadTimeout,
		WriteTimeout:   g.cmd.Limits.WriteTimeout,
		TrustedProxies: g.cmd.TrustedProxies,

		MaxClientRequests: g.cmd.Limits.MaxClientRequests,
		MaxBodies:         g.cmd.Limits.MaxBodies,
		MaxClientBodies:   g.cmd.Limits.MaxClientBodies,
	}
	if rate := g.cmd.Limits.ClientRateLimit; rate > 0 {
		cfg.ClientLimiter = g.services.metrics.CountRefusals(ratelimit.New(rate, g.cmd.Limits.ClientRateBurst, time.Now))
	}
	if g.cmd.AdminListen == "" {
		cfg.Admin = g.admin
	}
	g.registerMetrics()
	return edge.New(cfg)
}

func (g *gateway) mux() (mux dialects.Mux) {
	for _, d := range g.dialects {
		mux = append(mux, d.Dialect)
	}
	return mux
}

// server bounds the cost of a connection. net/http's write timeout includes the
// time to read the body; the edge extends it while a response is sent.
func (c *serveCmd) server(h http.Handler, lg *logs) *http.Server {
	return &http.Server{
		Handler:                      h,
		ConnContext:                  edge.ConnContext,
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
