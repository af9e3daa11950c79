package econtext

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/dragoman-gateway/dragoman/dialects"
)

// enter is around every request: it makes the call, asks for credentials before
// anything else is answered, and turns errors into answers.
func (d *Dialect) enter(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		k := &call{Context: c, d: d, started: d.dir.Now()}
		if d.limited(k) {
			return nil
		}
		if err := d.serve(k, next); err != nil {
			return k.fail(err)
		}
		return nil
	}
}

func (d *Dialect) serve(k *call, next echo.HandlerFunc) error {
	path := echo.GetPath(k.Request()) // what the router saw
	if !open(path) {
		if err := k.authenticate(); err != nil {
			return err
		}
	}
	if route := k.Path(); route == "" || !fits(path, route) {
		return k.nothing()
	}
	return next(k)
}

// open tells whether a path needs no credentials.
func open(path string) bool { return path == "/api/status" || path == "/api/ping" }

// nothing answers an unknown path: no envelope, no body at all.
func (k *call) nothing() error { return k.send(http.StatusNotFound, nil) }

// limited answers a request too many.
func (d *Dialect) limited(k *call) bool {
	if d.cfg.Limiter == nil {
		return false
	}
	wait, ok := d.cfg.Limiter.Allow(string(d.realm))
	if ok {
		return false
	}
	d.Refuse(k.Response().Writer, k.Request(), dialects.Refusal{Status: http.StatusTooManyRequests, RetryAfter: wait})
	return true
}
