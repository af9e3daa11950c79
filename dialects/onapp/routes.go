package onapp

import (
	"net/http"
	"strings"
	"sync"

	"github.com/labstack/echo/v4"
)

// handler does one operation. It touches neither headers nor body of the answer.
type handler func(*call) (reply, error)

// route is one line of the table of routes.
type route struct {
	methods string // separated by blanks
	path    string
	name    string // in logs and metrics
	run     handler
}

// routes returns all routes of the version. Each table stands in the file of its noun.
func (d *Dialect) routes() (all []route) {
	for _, table := range [][]route{
		userRoutes, roleRoutes, userGroupRoutes, organizationRoutes, whiteLists.routes(), yubiKeys.routes(), sshKeys.routes(), fieldRoutes,
		d.bucketRoutes(), d.paymentRoutes(), billingPaymentRoutes(), settingRoutes, statisticRoutes, resourceLimitRoutes,
	} {
		all = append(all, table...)
	}
	return all
}

// routed is a request with the dialect that serves it.
type routed struct {
	echo.Context
	d *Dialect
}

// defaultRouter is the router of DefaultVersion, which all dialects of that version share: there may
// be many in one process. Its handlers take a *routed.
var defaultRouter = sync.OnceValue(func() *echo.Echo {
	v, _ := parseVersion(DefaultVersion)
	return newRouter(v)
})

// routerOf returns the router of a version.
func routerOf(v version) func() *echo.Echo {
	if standard, _ := parseVersion(DefaultVersion); v == standard {
		return defaultRouter
	}
	return sync.OnceValue(func() *echo.Echo { return newRouter(v) })
}

func newRouter(v version) *echo.Echo {
	e, d := echo.New(), &Dialect{version: v}
	for _, r := range d.routes() {
		d.mount(e, r)
	}
	return e
}

// mount adds a route. HEAD is routed like GET, and from version 5.0 on PATCH like PUT.
// See REFERENCE.md, "URL and format".
func (d *Dialect) mount(e *echo.Echo, r route) {
	h := func(c echo.Context) error {
		to := c.(*routed)
		return to.d.handle(to.Context, &r)
	}
	for _, m := range strings.Fields(r.methods) {
		e.Add(m, r.path, h)
	}
	switch {
	case r.methods == http.MethodGet:
		e.Add(http.MethodHead, r.path, h)
	case r.methods == http.MethodPut && d.version >= v50:
		e.Add(http.MethodPatch, r.path, h)
	}
}

// Operations implements [dialects.Lister].
func (d *Dialect) Operations() (names []string) {
	for _, r := range d.routes() {
		names = append(names, r.name)
	}
	return names
}
