// Package econtext answers as the eContext Auth API does: users with their
// applications, groups and API keys, organizations, and the proof of a login,
// each in the vendor's envelope.
//
// A user is a core user: its id is the UID, its custom_data the Attributes.
// Applications, groups and organizations are core groups of this dialect's own
// kinds, API keys are records of the user they belong to.
package econtext

import (
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects"
	"github.com/dragoman-gateway/dragoman/dialects/internal/rendercache"
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

// Name is the dialect's word in configuration, facets, metrics and testdata.
const Name = "econtext"

// DefaultApplicationID is the vendor's id of the base application, to which every caller must belong.
const DefaultApplicationID = "aa136fbd-26cc-448f-af0a-cf98fe165cc6"

// Profile is the generation of the vendor's server to answer as.
type Profile string

// The profiles. The documented one is the default.
const (
	ProfileDocumented Profile = "documented"
	ProfileV2         Profile = "v2"
)

// Config is what a Dialect is made of. Directory is required; a zero member
// means its default.
type Config struct {
	Directory *core.Directory
	// Realm is whose people the dialect shows; default [core.MainRealm].
	Realm core.Realm
	// ApplicationID is the base application's id; default [DefaultApplicationID].
	ApplicationID string
	// BaseURL begins every href, without a trailing slash and without /api;
	// default: scheme and host of the request.
	BaseURL string
	// Profile is the generation to answer as; default [ProfileDocumented].
	Profile Profile
	// AdmitDisabled lets DISABLED users call the API, as the vendor's server does.
	AdmitDisabled bool
	// MaxBody bounds a request body, in bytes; default 1 MiB.
	MaxBody int64
	// MaxDepth bounds how deeply JSON may be nested; default 100.
	MaxDepth int
	// SecretCost is the bcrypt cost of new API key secrets; default 12.
	SecretCost int
	// StoreName is what GET /api/status calls the store; default "dragoman".
	StoreName string
	// Limiter bounds the requests of the realm; nil allows everything.
	Limiter dialects.Limiter
}

// Dialect is the eContext Auth API. It is safe for concurrent use.
type Dialect struct {
	cfg      Config
	dir      *core.Directory
	realm    core.Realm
	limits   wire.Limits
	v2       bool
	failures *failureCache
	decoy    decoy
	echo     *echo.Echo
	drawn    rendercache.Cache[drawnUser]
}

var _ dialects.Dialect = (*Dialect)(nil)

// New makes the dialect.
func New(cfg Config) *Dialect {
	cfg = cfg.withDefaults()
	d := &Dialect{
		cfg:      cfg,
		dir:      cfg.Directory,
		realm:    cfg.Realm,
		limits:   wire.Limits{Depth: cfg.MaxDepth},
		v2:       cfg.Profile == ProfileV2,
		failures: newFailureCache(cfg.Directory),
	}
	d.echo = d.routes()
	return d
}

func (c Config) withDefaults() Config {
	c.Realm = or(c.Realm, core.MainRealm)
	c.ApplicationID = or(c.ApplicationID, DefaultApplicationID)
	c.BaseURL = strings.TrimRight(c.BaseURL, "/")
	c.MaxBody = or(c.MaxBody, 1<<20)
	c.SecretCost = or(c.SecretCost, 12)
	c.StoreName = or(c.StoreName, "dragoman")
	return c
}

func or[T comparable](v, fallback T) T {
	var zero T
	if v == zero {
		return fallback
	}
	return v
}

// Name implements dialects.Dialect.
func (d *Dialect) Name() string { return Name }

// Owns implements dialects.Dialect: /api and everything below it.
func (d *Dialect) Owns(path string) bool {
	return strings.HasPrefix(path, "/api") && (len(path) == len("/api") || path[len("/api")] == '/')
}

// ServeHTTP implements http.Handler.
func (d *Dialect) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	d.echo.ServeHTTP(w, canonical(r))
}
