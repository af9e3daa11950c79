package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"slices"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/dragoman-gateway/dragoman/cmd/dragoman/internal/edge"
	"github.com/dragoman-gateway/dragoman/cmd/dragoman/internal/metrics"
	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/core/passwd"
	"github.com/dragoman-gateway/dragoman/dialects"
	"github.com/dragoman-gateway/dragoman/store"
)

// engine is what the dialects stand on.
type engine struct {
	dsn       string
	store     core.Store
	directory *core.Directory
	gate      *passwd.Gate
	memory    *passwd.CredentialCache
	registry  *prometheus.Registry
	metrics   *edge.Metrics
	limiter   dialects.Limiter
}

func (c *serveCmd) openEngine(ctx context.Context) (*engine, error) {
	e := &engine{dsn: c.Store, registry: metrics.NewRegistry()}
	e.metrics = edge.NewMetrics(e.registry)
	if rate := c.Limits.RateLimit; rate > 0 {
		e.limiter = edge.NewRealmLimiter(rate, c.Limits.RateBurst, time.Now, &e.metrics.Rate)
	}
	e.gate = passwd.NewGate(c.Passwords.HashWorkers, c.Passwords.HashQueue)
	e.gate.ObserveLoad(e.metrics.Answered.Load)
	cfg, err := c.Passwords.config(e.gate)
	if err != nil {
		return nil, err
	}
	if e.store, err = openStore(ctx, c.Store); err != nil {
		return nil, err
	}
	cfg.Store, e.memory = e.store, cfg.Credentials
	e.directory = core.New(cfg)
	return e, nil
}

// config is the directory's side of the password settings.
func (o passwordOptions) config(gate *passwd.Gate) (core.Config, error) {
	memory, err := passwd.NewCredentialCache(rand.Reader, time.Now, o.CredentialTTL, o.CredentialCount)
	if err != nil {
		return core.Config{}, err
	}
	params := passwd.Params{Memory: uint32(o.HashMemory >> 10), Time: o.HashTime, Threads: o.HashThreads}
	if err := params.Check(); err != nil {
		return core.Config{}, exitError{exitUsage, fmt.Errorf("--hash-memory, --hash-time and --hash-threads: %w", err)}
	}
	return core.Config{Hash: params, Gate: gate, Credentials: memory, Upgrade: o.upgrades()}, nil
}

// upgrades tells which schemes are to be replaced at login.
func (o passwordOptions) upgrades() func(passwd.Scheme) bool {
	return func(s passwd.Scheme) bool { return slices.Contains(o.HashUpgrade, s.String()) }
}

// openStore opens the store and says what to do when it cannot.
func openStore(ctx context.Context, dsn string) (core.Store, error) {
	s, err := store.Open(ctx, dsn)
	if err != nil {
		return nil, exitError{storeExit(err), fmt.Errorf("cannot open the store %s: %s", withoutPassword(dsn), scrub(err, dsn))}
	}
	return s, nil
}

// reach tells whether the store answers.
func (e *engine) reach(ctx context.Context) error {
	return e.directory.View(ctx, func(tx *core.Tx) error {
		_, err := tx.Users(core.UserQuery{Realm: core.MainRealm, Limit: 1})
		return err
	})
}
