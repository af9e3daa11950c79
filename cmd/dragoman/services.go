package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"slices"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/dragoman-gateway/dragoman/cmd/dragoman/internal/edge"
	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/core/passwd"
	"github.com/dragoman-gateway/dragoman/dialects"
	"github.com/dragoman-gateway/dragoman/dialects/ratelimit"
	"github.com/dragoman-gateway/dragoman/store"
)

// trustShared is the setting of --trust with which the core decides nothing.
const trustShared = "shared"

// services are what every dialect uses.
type services struct {
	dsn         string
	limits      limitOptions
	store       *watchedStore
	directory   *core.Directory
	gate        *passwd.Gate
	credentials *passwd.CredentialCache
	registry    *prometheus.Registry
	metrics     *edge.Metrics
	limiter     dialects.Limiter
}

func (c *serveCmd) openServices(ctx context.Context) (*services, error) {
	s := &services{dsn: c.Store, limits: c.Limits, registry: newRegistry()}
	s.metrics = edge.NewMetrics(s.registry)
	if rate := c.Limits.RateLimit; rate > 0 {
		s.limiter = s.metrics.CountRefusals(ratelimit.New(rate, c.Limits.RateBurst, time.Now))
	}
	s.gate = passwd.NewGate(c.Passwords.HashWorkers, c.Passwords.HashQueue)
	s.gate.ObserveLoad(s.metrics.Answered)
	cfg, err := c.Passwords.config(s.gate)
	if err != nil {
		return nil, err
	}
	if cfg.MaxAttributes = int(c.Limits.MaxAttributes); cfg.MaxAttributes == 0 {
		cfg.MaxAttributes = -1
	}
	opened, err := openStore(ctx, c.Store)
	if err != nil {
		return nil, err
	}
	s.store = &watchedStore{Store: opened}
	cfg.Store, s.credentials = s.store, cfg.Credentials
	cfg.TrustDialects = c.Trust == trustShared
	s.directory = core.New(cfg)
	return s, nil
}

// config returns the directory's password settings.
func (o passwordOptions) config(gate *passwd.Gate) (core.Config, error) {
	cache, err := passwd.NewCredentialCache(rand.Reader, time.Now, o.CredentialTTL, o.CredentialCount)
	if err != nil {
		return core.Config{}, err
	}
	params := passwd.Params{Memory: uint32(o.HashMemory >> 10), Time: o.HashTime, Threads: o.HashThreads}
	if err := params.Check(); err != nil {
		return core.Config{}, exitError{exitUsage, fmt.Errorf("--hash-memory, --hash-time and --hash-threads: %w", err)}
	}
	return core.Config{Hash: params, Gate: gate, Credentials: cache, Upgrade: o.upgrades()}, nil
}

// upgrades reports which schemes are replaced at login.
func (o passwordOptions) upgrades() func(passwd.Scheme) bool {
	return func(s passwd.Scheme) bool { return slices.Contains(o.HashUpgrade, s.String()) }
}

func openStore(ctx context.Context, dsn string) (core.Store, error) {
	s, err := store.Open(ctx, dsn)
	if err != nil {
		return nil, exitError{storeExit(err), fmt.Errorf("cannot open the store %s: %s", redactDSN(dsn), redactError(err, dsn))}
	}
	return s, nil
}

// checkStore fails if the store does not answer, or takes no changes.
func (s *services) checkStore(ctx context.Context) error {
	if err := s.store.checkWritable(ctx); err != nil {
		return err
	}
	return s.directory.View(ctx, func(tx *core.Tx) error {
		_, err := tx.Users(core.UserQuery{Realm: core.MainRealm, Limit: 1})
		return err
	})
}
