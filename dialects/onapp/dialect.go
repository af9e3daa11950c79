// Package onapp speaks the users API of the OnApp control panel, in XML and in JSON.
//
// A request's way: splitPath fixes the form of the answer, a route finds the handler, readParams merges query and
// body, authenticate finds the caller, the handler returns a reply or an error, and writeReply or fail answers.
// README.md says what is spoken and which oddities are kept.
package onapp

import (
	"fmt"
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects"
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

// Config is what a Dialect is made of. Directory is required; the zero value of everything else is a default.
type Config struct {
	Directory *core.Directory
	// Realm is the population it speaks for; core.MainRealm by default.
	Realm core.Realm
	// Version is the panel version to present, as "6.3.0", the default. It decides fields, dates and routes.
	Version string
	// XMLTimeType is the type attribute of moments in XML, "datetime" or "dateTime"; by default the version's own.
	XMLTimeType string
	// AuthenticationKey is the key of the installation that imported hashes come from; ShippedAuthenticationKey by
	// default. New passwords do not use it. See ImportedPassword.
	AuthenticationKey string
	// LockoutAttempts is how many wrong passwords in a row lock an account; 10 by default, below zero is never.
	LockoutAttempts int
	// MaxBody is the longest request body in bytes; 1 MiB by default.
	MaxBody int64
	// Limits bound the nesting and the number of values of a body.
	Limits wire.Limits
	// Limiter bounds the requests; nil allows everything.
	Limiter dialects.Limiter
}

// Dialect is the OnApp dialect. It is safe for concurrent use.
type Dialect struct {
	cfg      Config
	dir      *core.Directory
	version  version
	timeType string
	router   *echo.Echo
	noFacet  *facet
	columns  columns
	memory   roleMemory
	drawn    drawnUsers
}

const (
	defaultMaxBody = 1 << 20
	defaultLockout = 10
)

// Check says what is wrong with a Config, in words for the person who wrote it; nil if nothing is.
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

// New makes the dialect. It panics for a Config that does not pass Check. Call Seed once before serving: it makes
// what every panel has from its birth.
func New(cfg Config) *Dialect {
	if err := cfg.Check(); err != nil {
		panic(err)
	}
	cfg = cfg.withDefaults()
	v, _ := parseVersion(cfg.Version)
	if cfg.XMLTimeType == "" {
		cfg.XMLTimeType = v.xmlTimeType()
	}
	d := &Dialect{cfg: cfg, dir: cfg.Directory, version: v, timeType: cfg.XMLTimeType, noFacet: &facet{}}
	d.columns = d.columnsOf()
	d.router = d.newRouter()
	return d
}

func (cfg Config) withDefaults() Config {
	if cfg.Realm == "" {
		cfg.Realm = core.MainRealm
	}
	if cfg.Version == "" {
		cfg.Version = DefaultVersion
	}
	if cfg.AuthenticationKey == "" {
		cfg.AuthenticationKey = ShippedAuthenticationKey
	}
	if cfg.LockoutAttempts == 0 {
		cfg.LockoutAttempts = defaultLockout
	}
	if cfg.MaxBody == 0 {
		cfg.MaxBody = defaultMaxBody
	}
	cfg.Limits = cfg.Limits.WithDefaults()
	return cfg
}

// Name implements dialects.Dialect.
func (d *Dialect) Name() string { return dialectName }

// Owns implements dialects.Dialect: this dialect has no prefix of its own, it answers for what nobody else does.
func (d *Dialect) Owns(string) bool { return true }

// ServeHTTP implements http.Handler.
func (d *Dialect) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	path, f := splitPath(r)
	c := d.router.AcquireContext()
	defer d.router.ReleaseContext(c)
	c.Reset(r, w)
	d.router.Router().Find(r.Method, path, c)
	if err := c.Handler()(c); err != nil {
		d.fail(w, f, err)
	}
}

// Refuse implements dialects.Dialect.
func (d *Dialect) Refuse(w http.ResponseWriter, r *http.Request, why dialects.Refusal) {
	_, f := splitPath(r)
	if why.RetryAfter > 0 {
		retryAfter(w, why.RetryAfter)
	}
	d.failStatus(w, f, why.Status)
}
