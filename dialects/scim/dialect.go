package scim

import (
	"cmp"
	"net/http"
	"strings"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects"
	"github.com/dragoman-gateway/dragoman/dialects/internal/turns"
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

// Name is the dialect's name in configuration, facets, metrics and testdata.
const Name = "scim"

// Config configures a Dialect. Directory is required; a zero member means its default.
type Config struct {
	Directory *core.Directory
	// BaseURL begins every link, without a trailing slash and without /scim;
	// default: scheme and host of the request.
	BaseURL string
	// Attributes are the customer's own attributes that /Schemas declares, besides those
	// that clients of other dialects declare.
	Attributes []Attribute
	// MaxBody bounds a request body, in bytes; default 1 MiB.
	MaxBody int64
	// MaxDepth bounds how deeply JSON may be nested; default 100.
	MaxDepth int
	// MaxScan bounds how many users a filter without an index looks at; default 50,000.
	MaxScan int
	// Pagination makes the configuration say how lists are paged, which some clients
	// do not understand.
	Pagination bool
	// Limiters bound the requests of the realm and of each caller; zero allows all.
	Limiters dialects.Limiters
}

// Attribute declares a customer's own attribute.
type Attribute struct {
	Name string
	// Type is string, integer, decimal, boolean or dateTime.
	Type string
	// Multi says that it has a list of values.
	Multi bool
}

// Dialect is SCIM 2.0. It is safe for concurrent use.
type Dialect struct {
	cfg    Config
	dir    *core.Directory
	limits wire.Limits
	routes []route
	cache  typeCache
	// userIndexes find users by an attribute.
	userIndexes map[string]userIndex
	// turns are of the searches that look at all users.
	turns *turns.Turns
}

var _ dialects.Dialect = (*Dialect)(nil)

// New makes the dialect. It registers a provisioner at the Directory.
func New(cfg Config) *Dialect {
	cfg.BaseURL = strings.TrimRight(cfg.BaseURL, "/")
	cfg.MaxBody = cmp.Or(cfg.MaxBody, 1<<20)
	cfg.MaxScan = cmp.Or(cfg.MaxScan, 50_000)
	d := &Dialect{
		cfg: cfg, dir: cfg.Directory,
		limits: wire.Limits{Depth: cfg.MaxDepth, Values: maxValues},
		routes: sharedRoutes(), userIndexes: userIndexes(), turns: turns.New(),
	}
	d.dir.AddProvisioner(d)
	return d
}

// maxValues bounds the values of a body: 10,000 members, each in an operation of its
// own, must fit.
const maxValues = 1 << 18

// Name implements dialects.Dialect.
func (d *Dialect) Name() string { return Name }

// Owns implements dialects.Dialect: /scim and everything below it.
func (d *Dialect) Owns(path string) bool {
	return strings.HasPrefix(path, "/scim") && (len(path) == len("/scim") || path[len("/scim")] == '/')
}

// ServeHTTP implements http.Handler.
func (d *Dialect) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c := &call{d: d, w: w, r: r, method: r.Method}
	reply, err := c.serve()
	if err != nil {
		c.fail(err)
		return
	}
	c.write(reply)
}

// Refuse implements dialects.Dialect.
func (d *Dialect) Refuse(w http.ResponseWriter, r *http.Request, why dialects.Refusal) {
	f := refusal(why.Status)
	f.retryAfter = why.RetryAfter
	(&call{d: d, w: w, r: r, method: r.Method}).writeFailure(f)
}
