package main

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"runtime"
	"time"

	"github.com/dragoman-gateway/dragoman/cmd/dragoman/internal/tlscert"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/gateway"
	"github.com/dragoman-gateway/dragoman/dialects/gateway/edge"
	"github.com/dragoman-gateway/dragoman/store"
)

// handler returns the handler of a listener.
func (s *server) handler(r role) http.Handler {
	if r == adminRole {
		return s.closing(s.gateway.Admin())
	}
	return s.closing(s.clients())
}

// trustShared is the setting of --trust with which the core decides nothing.
const trustShared = "shared"

// config returns the gateway that the flags describe.
func (s *server) config() gateway.Config {
	return gateway.Config{
		DSN: s.cmd.Store, SealKeyFile: s.cmd.SealKeyFile, Rows: s.cmd.rows, Log: s.log.requests, ServeAdmin: s.cmd.AdminListen == "",
		Console:       gateway.ConsoleSettings{Mode: gateway.ConsoleMode(s.cmd.Console)},
		TrustDialects: s.cmd.Trust == trustShared, TrustedProxies: s.cmd.TrustedProxies,
		Hosts: s.cmd.Places.hosts(), Mounts: s.cmd.Places.mounts(),
		Limits: s.cmd.Limits, Passwords: s.cmd.Passwords, Auditor: s.auditor, Adoption: s.cmd.Adoption,
	}
}

// openGateway opens the store, whose errors need words without its password, and the
// gateway on it.
func openGateway(ctx context.Context, cfg gateway.Config) (*gateway.Gateway, error) {
	if err := cfg.Passwords.Check(); err != nil {
		return nil, err
	}
	store, err := openStore(ctx, cfg.DSN, cfg.SealKeyFile, logged(cfg))
	if err != nil {
		return nil, err
	}
	cfg.Store = store
	return gateway.Open(ctx, cfg)
}

// logged has the store log when its server is lost and when it is back.
func logged(cfg gateway.Config) store.Option {
	if cfg.Log == nil {
		return store.Notifying(nil)
	}
	return store.Notifying(func(lost error) {
		if lost != nil {
			cfg.Log.Error("the database cannot be reached", "error", redactError(lost, cfg.DSN))
		} else {
			cfg.Log.Info("the database can be reached again")
		}
	})
}

// openStore opens a store whose secrets the key file seals; "" is the default one.
func openStore(ctx context.Context, dsn, keyFile string, with ...store.Option) (core.Store, error) {
	with = append(with, store.SealedBy(keyFile), store.WithSecrets(gateway.SecretKinds()...), store.WithSecrets(tlscert.SecretKinds()...))
	s, err := store.Open(ctx, dsn, with...)
	if err != nil {
		return nil, exitError{storeExit(err), fmt.Errorf("cannot open the store %s: %s", redactDSN(dsn), redactError(err, dsn))}
	}
	return s, nil
}

// registerMetrics registers those of the process around the gateway.
func (s *server) registerMetrics() {
	r, l := s.gateway.Registrar(), s.listeners[0]
	build := prometheus.Labels{"version": version(), "commit": commit(), "go": runtime.Version()}
	r.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "dragoman_build_info", Help: "Always 1; its labels are the build.", ConstLabels: build},
		func() float64 { return 1 }))
	r.Gauge("dragoman_connections_open", "Open connections.", l.Open)
	r.Counter("dragoman_connections_held_back_total", "Connections that had to wait until another one closed.", l.Held)
	r.Counter("dragoman_connections_refused_total", "Connections closed because their address had too many.", l.Refused)
	r.Counter("dragoman_log_lines_dropped_total", "Log lines dropped because the log's output was blocked.", s.log.out.Dropped)
	if s.certs != nil {
		r.MustRegister(s.certs.Collector())
	}
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

func writeTimeout(l gateway.Limits) (total time.Duration) {
	if l.WriteTimeout == 0 || l.ReadTimeout == 0 {
		return 0
	}
	return l.ReadTimeout + l.WriteTimeout
}
