package econtext

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

// serve answers a request that was routed: it makes the call, and turns errors into
// answers.
func (d *Dialect) serve(routed echo.Context) {
	c := &call{Context: routed, d: d, started: d.dir.Now()}
	err := c.serve(routed.Handler())
	if err == nil {
		return
	}
	if err := c.fail(err); err != nil {
		_ = c.fail(err) // the client may be gone
	}
}

// serve checks the credentials and then the realm's rate, which strangers must not use up,
// before anything else is answered.
func (c *call) serve(next echo.HandlerFunc) error {
	// Browsers keep a Basic password and send it with what any page asks for.
	if c.Request().Method != http.MethodGet && wire.IsCrossSite(c.Request()) {
		return plain(http.StatusForbidden, textForbidden)
	}
	path := echo.GetPath(c.Request()) // what the router saw
	if path != "/api/status" && path != "/api/ping" {
		if err := c.authenticate(); err != nil {
			return err
		}
		if err := c.checkRate(); err != nil {
			return err
		}
	}
	// The router lets a last parameter match the rest of the path, also an empty one.
	route := c.Path()
	if route == "" || strings.Count(path, "/") != strings.Count(route, "/") || strings.Contains(path, "//") {
		return c.send(http.StatusNotFound, nil) // no envelope
	}
	return next(c)
}

func (c *call) checkRate() error {
	caller := ""
	if c.caller != nil {
		caller = "user " + strconv.FormatInt(c.caller.ID, 10)
	}
	wait, ok := c.d.cfg.Limiters.Allow(c.Response().Writer, string(c.d.realm), caller)
	if ok {
		return nil
	}
	f := refusal(http.StatusTooManyRequests)
	f.retryAfter = wait
	return f
}
