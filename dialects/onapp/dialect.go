package onapp

import (
	"crypto/rand"
	"fmt"
	"io"
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects"
	"github.com/dragoman-gateway/dragoman/dialects/internal/turns"
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

// Config configures a Dialect. Directory is required; the zero value of every other field is a
// default.
type Config struct {
	Directory *core.Directory
	// Realm is the population that the dialect serves; core.MainRealm by default.
	Realm core.Realm
	// Version is the panel version to present, as in "6.3.0", the default. It decides fields, dates
	// and routes.
	Version string
	// XMLTimeType is the type attribute of times in XML, "datetime" or "dateTime"; the version's by
	// default.
	XMLTimeType string
	// LockoutAttempts is how many wrong passwords in a row lock an account; 10 by default, negative
	// for never.
	LockoutAttempts int
	// MaxBody is the longest request body in bytes; 1 MiB by default.
	MaxBody int64
	// Limits bound the nesting and the number of values of a body.
	Limits wire.Limits
	// HideLoginFromKeys leaves a caller's own login out of what it is shown if it came with an API
	// key, as the panel's manual has it. Clients that come with a key read it.
	HideLoginFromKeys bool
	// SessionRandom is the randomness of session cookies; crypto/rand's by default.
	SessionRandom io.Reader
	// Limiters bound the requests of the realm and of each caller; zero allows all.
	Limiters dialects.Limiters
}

// Dialect is the OnApp dialect. It is safe for concurrent use.
type Dialect struct {
	cfg      Config
	dir      *core.Directory
	version  version
	timeType string
	router   func() *echo.Echo // made when the first request comes
	columns  columns
	rendered renderedUsers
	sessions sessionIDs
	turns    *turns.Turns // of searches and other long lists
}

const (
	defaultMaxBody = 1 << 20
	defaultLockout = 10
)

// Check reports what is wrong with a Config; nil if it is valid.
func (cfg Config) Check() error {
	cfg = cfg.withDefaults()
	if _, err := parseVersion(cfg.Version); err != nil {
		return err
	}
	switch cfg.XMLTimeType {
	case "", "datetime", "dateTime":
		return nil
	}
	return fmt.Errorf("onapp: XML time type %q: want datetime or dateTime", cfg.XMLTimeType)
}

// New returns a dialect. It panics for a Config that does not pass Check. Call Seed once before
// serving: it creates the objects that every panel has.
func New(cfg Config) *Dialect {
	if err := cfg.Check(); err != nil {
		panic(err)
	}
	cfg = cfg.withDefaults()
	v, _ := parseVersion(cfg.Version)
	if cfg.XMLTimeType == "" {
		cfg.XMLTimeType = v.xmlTimeType()
	}
	d := &Dialect{cfg: cfg, dir: cfg.Directory, version: v, timeType: cfg.XMLTimeType, columns: columnsOf(v), turns: turns.New()}
	d.sessions.random = cfg.SessionRandom
	d.router = routerOf(v)
	return d
}

func (cfg Config) withDefaults() Config {
	if cfg.Realm == "" {
		cfg.Realm = core.MainRealm
	}
	if cfg.Version == "" {
		cfg.Version = DefaultVersion
	}
	if cfg.LockoutAttempts == 0 {
		cfg.LockoutAttempts = defaultLockout
	}
	if cfg.MaxBody == 0 {
		cfg.MaxBody = defaultMaxBody
	}
	if cfg.SessionRandom == nil {
		cfg.SessionRandom = rand.Reader
	}
	cfg.Limits = cfg.Limits.WithDefaults()
	return cfg
}

// Name implements dialects.Dialect.
func (d *Dialect) Name() string { return dialectName }

// Owns implements dialects.Dialect. OnApp has no prefix: it answers for every path that no other
// dialect owns.
func (d *Dialect) Owns(string) bool { return true }

// ServeHTTP implements http.Handler.
func (d *Dialect) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	path, f := splitPath(r)
	router := d.router()
	c := router.AcquireContext()
	defer router.ReleaseContext(c)
	c.Reset(r, w)
	r = meant(d, c, r)
	router.Router().Find(r.Method, path, c)
	if err := c.Handler()(&routed{c, d}); err != nil {
		d.fail(w, r, f, err)
	}
}

// Refuse implements dialects.Dialect.
func (d *Dialect) Refuse(w http.ResponseWriter, r *http.Request, why dialects.Refusal) {
	_, f := splitPath(r)
	if why.RetryAfter > 0 {
		setRetryAfter(w, why.RetryAfter)
	}
	d.failStatus(w, f, why.Status)
}
