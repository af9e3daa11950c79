package onapp

import (
	"net/http"
	"strings"

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

func (d *Dialect) newRouter() *echo.Echo {
	e := echo.New()
	for _, r := range d.routes() {
		d.mount(e, r)
	}
	return e
}

// mount adds a route. HEAD is routed like GET, and from version 5.0 on PATCH like PUT.
// See REFERENCE.md, "URL and format".
func (d *Dialect) mount(e *echo.Echo, r route) {
	h := func(c echo.Context) error { return d.handle(c, &r) }
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
