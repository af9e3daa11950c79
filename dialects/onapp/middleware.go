package onapp

import (
	"github.com/labstack/echo/v4"

	"github.com/dragoman-gateway/dragoman/dialects"
)

// handle serves a request that has a route.
func (d *Dialect) handle(path echo.Context, r *route) error {
	c := call{d: d, w: path.Response().Writer, r: path.Request(), path: path}
	dialects.NoteOperation(c.w, r.name)
	if _, c.format = splitPath(c.r); c.format == formatNone {
		return errFormat
	}
	if err := c.prepare(); err != nil {
		return err
	}
	answer, err := r.run(&c)
	if err == nil {
		c.writeReply(answer)
	}
	return err
}

// prepare checks the rate, reads the parameters and authenticates the caller. Without credentials
// the body is not read; otherwise parsing comes first. See REFERENCE.md, "Broken bodies".
func (c *call) prepare() (err error) {
	if l := c.d.cfg.Limiter; l != nil {
		if after, ok := l.Allow(string(c.d.cfg.Realm)); !ok {
			return &errLimited{after}
		}
	}
	login, secret, ok := credentials(c.r)
	if !ok {
		return &authError{kind: noCredentials}
	}
	if c.params, err = c.d.readParams(c.r); err != nil {
		return err
	}
	c.caller, err = c.d.authenticate(c.r, login, secret)
	return err
}
