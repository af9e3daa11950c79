// Package gateway puts a store, a directory, the dialects and the edge together
// behind one http.Handler. Only this package assembles a gateway: the program is
// flags and a process around it, and tests embed it.
package gateway

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/netip"
	"slices"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/core/passwd"
	"github.com/dragoman-gateway/dragoman/dialects"
	"github.com/dragoman-gateway/dragoman/dialects/console"
	"github.com/dragoman-gateway/dragoman/dialects/gateway/edge"
	"github.com/dragoman-gateway/dragoman/dialects/gateway/unknown"
	"github.com/dragoman-gateway/dragoman/store"
)

// Config configures a Gateway. DSN is required.
type Config struct {
	// DSN is the store, as [store.Open] takes it.
	DSN string
	// SealKeyFile has the keys of the store, as [store.SealedBy] takes it.
	SealKeyFile string
	// Store is the opened store of that DSN; nil opens it. The gateway closes it.
	Store core.Store
	// Directory is used instead of one on Store, with its own clock, randomness and
	// hashes; nil makes one. The gateway does not close its store.
	Directory *core.Directory
	// Rows are the dialects; nil means [Table]. Their settings must have values.
	Rows []*Row
	// Now is the clock and Rand the randomness; nil means those of the system.
	Now  func() time.Time
	Rand io.Reader
	// Metrics count requests, also of other gateways; nil makes a registry of its own.
	Metrics *edge.Metrics
	// Log gets one line for each request; nil discards them.
	Log *slog.Logger
	// ServeAdmin adds the program's own endpoints to [Gateway.Handler].
	ServeAdmin bool
	// Console adds the console to the program's own endpoints.
	Console ConsoleSettings
	// Auditor, if not nil, records every change and login.
	Auditor core.Auditor
	// TrustDialects leaves it to each dialect who may change whom.
	TrustDialects bool
	// TrustedProxies are the peers whose X-Forwarded-* headers are used.
	TrustedProxies []netip.Prefix
	// Hosts has the name of the dialect to which every path of a host name belongs, by
	// host names as [edge.HostName] returns them.
	Hosts map[string]string
	// Mounts has the name of the dialect that also answers below a path, by paths that
	// are an [edge.IsPrefix] and not below each other.
	Mounts    map[string]string
	Limits    Limits
	Passwords Passwords
	Adoption  Adoption
}

// Gateway serves one store through all dialects. It is safe for concurrent use.
type Gateway struct {
	cfg         Config
	now         func() time.Time // nil: the system's
	store       *watchedStore    // nil on a Directory of the caller's
	directory   *core.Directory
	gate        *passwd.Gate
	credentials *passwd.CredentialCache
	registry    *prometheus.Registry
	metrics     *edge.Metrics
	dialects    []mounted
	admin       *edge.AdminHandler
	live        *console.Live // nil without a console
	unknown     unknown.Requests
	rates       rates
	handler     atomic.Pointer[edge.Handler]
	leave       func() // ends what the gateway says of itself to other processes; may be nil
}

// Shared is what every dialect of a gateway uses.
type Shared struct {
	Directory *core.Directory
	// Limiters bound the requests of a realm and of each caller in it.
	Limiters dialects.Limiters
	// DSN is the store's.
	DSN string
	// Rand is the randomness of what the directory does not make.
	Rand io.Reader
	// Log gets what fails outside of requests.
	Log *slog.Logger
	// MaxBody and MaxDepth bound bodies; 0 means the dialect's own bounds.
	MaxBody  int64
	MaxDepth int
}

// Open opens the store and makes the gateway on it. Nothing is written but what
// opening a store writes. It fails with an [*Error].
func Open(ctx context.Context, cfg Config) (g *Gateway, err error) {
	g = &Gateway{cfg: cfg}
	g.setDefaults()
	if err := g.openDirectory(ctx); err != nil {
		return nil, err
	}
	if err := g.openAll(); err != nil {
		_ = g.Close()
		return nil, err
	}
	if g.registry != nil {
		g.registerMetrics()
	}
	g.admin = edge.NewAdminHandler(g.metricsHandler(), g.check)
	g.openConsole()
	g.handler.Store(edge.New(g.edgeConfig()))
	g.announce()
	return g, nil
}

func (g *Gateway) setDefaults() {
	if g.cfg.Rows == nil {
		g.cfg.Rows = Table()
	}
	if g.now = g.cfg.Now; g.cfg.Now == nil {
		g.cfg.Now = time.Now
	}
	if g.metrics = g.cfg.Metrics; g.metrics == nil {
		g.registry = newRegistry()
		g.metrics = edge.NewMetrics(g.registry)
	}
	if g.cfg.Log == nil {
		g.cfg.Log = slog.New(slog.DiscardHandler)
	}
}

// openDirectory opens the store last, so that bad settings leave none behind.
func (g *Gateway) openDirectory(ctx context.Context) error {
	g.gate = passwd.NewGate(g.cfg.Passwords.HashWorkers, g.cfg.Passwords.HashQueue)
	g.gate.ObserveLoad(g.metrics.Answered)
	cfg, err := g.cfg.Passwords.config(g.gate, g.cfg.Now)
	if err != nil {
		return &Error{BadSettings, err}
	}
	g.credentials = cfg.Credentials
	if g.directory = g.cfg.Directory; g.directory != nil {
		return nil
	}
	opened := g.cfg.Store
	if opened == nil {
		if opened, err = store.Open(ctx, g.cfg.DSN, store.SealedBy(g.cfg.SealKeyFile), store.WithSecrets(SecretKinds()...)); err != nil {
			return &Error{BadStore, fmt.Errorf("cannot open the store: %w", err)}
		}
	}
	g.store = &watchedStore{Store: opened, log: g.cfg.Log}
	cfg.Store, cfg.Now, cfg.Rand = g.store, g.cfg.Now, g.cfg.Rand
	cfg.TrustDialects, cfg.Auditor = g.cfg.TrustDialects, g.cfg.Auditor
	if cfg.MaxAttributes = int(g.cfg.Limits.MaxAttributes); cfg.MaxAttributes == 0 {
		cfg.MaxAttributes = -1
	}
	g.directory = core.New(cfg)
	return nil
}

// openAll makes the dialects, and opens the vendors that they ask.
func (g *Gateway) openAll() error {
	if err := g.openDialects(); err != nil {
		return err
	}
	return g.openVendors()
}

// openDialects makes the dialects and adds what they do for the directory.
func (g *Gateway) openDialects() error {
	shared := &Shared{Directory: g.directory, DSN: g.cfg.DSN, Rand: g.cfg.Rand, Log: g.cfg.Log, MaxBody: g.cfg.Limits.MaxBody, MaxDepth: g.cfg.Limits.MaxDepth}
	g.rates = newRates(g.cfg.Limits, g.cfg.Now)
	shared.Limiters = dialects.Limiters{Realm: g.metrics.CountRefusals(g.rates.realm), Caller: g.metrics.CountRefusals(g.rates.caller)}
	for _, r := range g.cfg.Rows {
		d, err := r.open(shared)
		if err != nil {
			return err
		}
		g.dialects = append(g.dialects, d)
		if p, ok := d.Dialect.(core.Provisioner); ok {
			g.directory.AddProvisioner(p)
		}
		if a, ok := d.Dialect.(core.AuthoritySource); ok {
			g.directory.AddAuthoritySource(a)
		}
	}
	g.directory.AddAuthoritySource(console.Operators{})
	return nil
}

func (g *Gateway) edgeConfig() edge.Config {
	limits := g.cfg.Limits
	cfg := edge.Config{
		Dialects:          g.mux(),
		Log:               g.cfg.Log,
		Metrics:           g.metrics,
		MaxRequests:       limits.MaxRequests,
		MaxClientRequests: limits.MaxClientRequests,
		MaxCallerRequests: limits.MaxCallerRequests,
		MaxBodies:         limits.MaxBodies,
		MaxClientBodies:   limits.MaxClientBodies,
		MaxAnswer:         limits.MaxAnswer,
		MaxAnswers:        limits.MaxAnswers,
		MaxClientAnswers:  limits.MaxClientAnswers,
		ReadTimeout:       limits.ReadTimeout,
		WriteTimeout:      limits.WriteTimeout,
		TrustedProxies:    g.cfg.TrustedProxies,
		Audited:           g.cfg.Auditor != nil,
		Now:               g.now,
		Rand:              g.cfg.Rand,
		Unknown:           &g.unknown,
		Hosts:             map[string]dialects.Dialect{},
	}
	for host, name := range g.cfg.Hosts {
		cfg.Hosts[host] = g.dialect(name)
	}
	for prefix, name := range g.cfg.Mounts {
		cfg.Mounts = append(cfg.Mounts, edge.Mount{Prefix: prefix, Dialect: g.dialect(name)})
	}
	if limits.ClientRateLimit > 0 {
		cfg.ClientLimiter = g.metrics.CountRefusals(g.rates.client)
	}
	cfg.Observe = g.observe()
	if g.cfg.ServeAdmin {
		cfg.Admin = g.admin
	}
	return cfg
}

// dialect returns the dialect of that name, which must be a row's.
func (g *Gateway) dialect(name string) dialects.Dialect {
	return g.dialects[slices.IndexFunc(g.cfg.Rows, func(r *Row) bool { return r.Name == name })]
}

func (g *Gateway) mux() (mux dialects.Mux) {
	for _, d := range g.dialects {
		mux = append(mux, d.Dialect)
	}
	return mux
}

// Handler returns the edge in front of the dialects.
func (g *Gateway) Handler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { g.handler.Load().ServeHTTP(w, r) })
}

// Admin returns the handler of the program's own endpoints.
func (g *Gateway) Admin() *edge.AdminHandler { return g.admin }

// Directory returns the users that the gateway serves.
func (g *Gateway) Directory() *core.Directory { return g.directory }

// Store returns the store as it was opened; nil if the caller made the directory.
func (g *Gateway) Store() core.Store {
	if g.store == nil {
		return nil
	}
	return g.store.Store
}

// Unknown returns what counts the requests that no dialect has an operation for.
func (g *Gateway) Unknown() *unknown.Requests { return &g.unknown }

// Dialects returns the dialects in the order in which they are asked for a path.
func (g *Gateway) Dialects() dialects.Mux { return g.mux() }

// Registrar registers metrics that the program adds to those of the gateway, which must
// have a registry of its own.
func (g *Gateway) Registrar() Registrar { return Registrar{g.registry} }

// Realms returns the realms whose users some dialect shows without a seed.
func (g *Gateway) Realms() []core.Realm {
	realms := []core.Realm{core.MainRealm}
	for _, r := range g.cfg.Rows {
		realms = append(realms, r.realm())
	}
	slices.Sort(realms)
	return slices.Compact(realms)
}

// ProvisionExisting gives users what dialects need that did not exist when the users
// were created, and finishes removals of realms. It can be interrupted, and continues when
// it is called again.
func (g *Gateway) ProvisionExisting(ctx context.Context) error {
	err := core.FinishRemovals(ctx, g.directory)
	if err == nil {
		err = g.directory.ProvisionExisting(ctx)
	}
	if err != nil && ctx.Err() == nil {
		return &Error{BadStore, fmt.Errorf("cannot provision existing users: %w", err)}
	}
	return nil
}

// check fails if the store does not answer, or takes no changes.
func (g *Gateway) check(ctx context.Context) error {
	if g.store != nil {
		if err := g.store.checkWritable(ctx); err != nil {
			return err
		}
	}
	return g.directory.View(ctx, func(tx *core.Tx) error {
		_, err := tx.Users(core.UserQuery{Realm: core.MainRealm, Limit: 1})
		return err
	})
}

// Close closes the store. No request must be in progress.
func (g *Gateway) Close() error {
	if g.store == nil {
		return nil
	}
	if g.leave != nil {
		g.leave()
	}
	return g.store.Close()
}
