package onapp

import (
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/dragoman-gateway/dragoman/dialects"
)

// handler does one operation. It touches neither headers nor body.
type handler func(*call) (reply, error)

// route is one line of the table of routes.
type route struct {
	methods string // separated by blanks
	path    string
	name    string // in logs and metrics
	run     handler
}

func (d *Dialect) newRouter() *echo.Echo {
	e := echo.New()
	for _, routes := range d.tables() {
		for _, r := range routes {
			d.mount(e, r)
		}
	}
	return e
}

// tables are all routes of the version.
func (d *Dialect) tables() [][]route {
	return [][]route{
		userRoutes, roleRoutes, userGroupRoutes, whiteListRoutes, yubikeyRoutes, fieldRoutes,
		d.planRoutes(), paymentRoutes, settingRoutes, statisticRoutes,
	}
}

// mount adds a route. HEAD goes where nothing but GET goes, and from version 5 on PATCH where PUT goes.
// source: vendor reference, URL and format.
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

// handle is the way of every request that has a route.
func (d *Dialect) handle(ids echo.Context, r *route) error {
	c := call{d: d, w: ids.Response().Writer, r: ids.Request(), ids: ids}
	dialects.NoteOperation(c.w, r.name)
	if _, c.format = splitPath(c.r); c.format == formatNone {
		return errFormat
	}
	if err := c.enter(); err != nil {
		return err
	}
	answer, err := r.run(&c)
	if err == nil {
		c.writeReply(answer)
	}
	return err
}

// enter reads the request and finds out who sent it. The body of somebody who says nothing about himself is not
// read; otherwise parsing comes first, as in Rails.
func (c *call) enter() (err error) {
	if l := c.d.cfg.Limiter; l != nil {
		if after, ok := l.Allow(string(c.realm())); !ok {
			return &errLimited{after}
		}
	}
	login, secret, ok := credentials(c.r)
	if !ok {
		return &denial{kind: noCredentials}
	}
	if c.params, err = c.d.readParams(c.r); err != nil {
		return err
	}
	c.caller, err = c.d.authenticate(c.r, login, secret)
	return err
}
