package econtext

import (
	"cmp"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects"
	"github.com/dragoman-gateway/dragoman/dialects/internal/rendercache"
	"github.com/dragoman-gateway/dragoman/dialects/internal/turns"
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

// Name is the dialect's name in configuration, facets, metrics and testdata.
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

// Config configures a Dialect. Directory is required; a zero member means its default.
type Config struct {
	Directory *core.Directory
	// Realm is the realm whose users the dialect shows; default [core.MainRealm].
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
	// MaxBody bounds a request body, in bytes; default 16 MiB. Only known callers get this far.
	MaxBody int64
	// MaxDepth bounds how deeply JSON may be nested; default 100.
	MaxDepth int
	// SecretCost is the bcrypt cost of new API key secrets; default 12.
	SecretCost int
	// StoreName is what GET /api/status calls the store; default "dragoman".
	StoreName string
	// Limiters bound the requests of the realm and of each caller; zero allows all.
	Limiters dialects.Limiters
}

// Dialect is the eContext Auth API. It is safe for concurrent use.
type Dialect struct {
	cfg      Config
	dir      *core.Directory
	realm    core.Realm
	limits   wire.Limits
	v2       bool
	version  *version
	failures *failureCounter
	dummy    dummyCredential
	router   func() *echo.Echo
	turns    *turns.Turns                    // of searches and other long lists
	rendered rendercache.Cache[renderedUser] // of lists
}

var _ dialects.Dialect = (*Dialect)(nil)

// New makes the dialect.
func New(cfg Config) *Dialect {
	cfg.Realm = cmp.Or(cfg.Realm, core.MainRealm)
	cfg.ApplicationID = cmp.Or(cfg.ApplicationID, DefaultApplicationID)
	cfg.BaseURL = strings.TrimRight(cfg.BaseURL, "/")
	cfg.MaxBody = cmp.Or(cfg.MaxBody, 16<<20)
	cfg.SecretCost = cmp.Or(cfg.SecretCost, 12)
	cfg.StoreName = cmp.Or(cfg.StoreName, "dragoman")
	d := &Dialect{
		cfg:      cfg,
		dir:      cfg.Directory,
		realm:    cfg.Realm,
		limits:   wire.Limits{Depth: cfg.MaxDepth},
		v2:       cfg.Profile == ProfileV2,
		version:  &documented,
		failures: newFailureCounter(cfg.Directory),
		router:   sharedRouter,
		turns:    turns.New(),
	}
	if d.v2 {
		d.version = &later
	}
	return d
}

// Name implements dialects.Dialect.
func (d *Dialect) Name() string { return Name }

// Owns implements dialects.Dialect: /api and everything below it, after any number of slashes.
func (d *Dialect) Owns(path string) bool {
	path = cutLeadingSlashes(path)
	return strings.HasPrefix(path, "/api") && (len(path) == len("/api") || path[len("/api")] == '/')
}

// ServeHTTP implements http.Handler.
func (d *Dialect) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.RawPath != "" || strings.HasSuffix(r.URL.Path, "/") || strings.HasPrefix(r.URL.Path, "//") {
		r = canonical(r)
	}
	e := d.router()
	c := e.AcquireContext()
	defer e.ReleaseContext(c)
	c.Reset(r, w)
	e.Router().Find(r.Method, echo.GetPath(r), c)
	d.serve(c)
}

// Refuse implements dialects.Dialect.
func (d *Dialect) Refuse(w http.ResponseWriter, _ *http.Request, why dialects.Refusal) {
	f := refusal(why.Status)
	f.retryAfter = why.RetryAfter
	_ = d.writeFailure(w, f, 0) // the client may be gone
}
