package onapp

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects"
	"github.com/dragoman-gateway/dragoman/dialects/internal/rack"
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

// readKey is the name under which readForm keeps its result.
const readKey = "read"

// read is the result of readParams.
type read struct {
	params params
	err    error
}

// meant returns the request with the method that it means. A POST with a form is read for that,
// unless it has no credentials; what is read is kept for prepare.
// See REFERENCE.md, "URL and format".
func meant(d *Dialect, path echo.Context, r *http.Request) *http.Request {
	if r.Method != http.MethodPost {
		return r
	}
	field := ""
	if kind := rack.BodyType(r); kind == rack.FormType || kind == rack.MultipartType {
		if _, _, ok := credentials(r); ok {
			p, err := d.readParams(r)
			path.Set(readKey, read{p, err})
			field = p.method
		}
	}
	method := rack.OverriddenMethod(r, field)
	if method == r.Method {
		return r
	}
	r = r.WithContext(r.Context())
	r.Method = method
	path.SetRequest(r)
	return r
}

// handle serves a request that has a route.
func (d *Dialect) handle(path echo.Context, r *route) error {
	c := call{d: d, w: path.Response().Writer, r: path.Request(), path: path}
	dialects.NoteOperation(c.w, r.name)
	_, c.format = splitPath(c.r)
	answer, err := c.run(r)
	if err != nil {
		d.fail(c.w, c.r, c.format, err)
		return nil
	}
	c.writeReply(answer)
	return nil
}

func (c *call) run(r *route) (reply, error) {
	if c.format == formatNone && c.r.ContentLength == 0 {
		return reply{}, errFormat
	}
	// Browsers keep a Basic password and send it with what any page asks for.
	if r.methods != http.MethodGet && wire.IsCrossSite(c.r) {
		return reply{}, &core.Error{Kind: core.Forbidden, Op: "cross-site request"}
	}
	if err := c.prepare(); err != nil {
		return reply{}, err
	}
	if strings.HasSuffix(r.name, ".list") {
		if err := dialects.BeginAnswer(c.w); err != nil {
			return reply{}, err
		}
	}
	return r.run(c)
}

// prepare reads the parameters, authenticates the caller and checks the realm's rate, which
// strangers must not use up. Without credentials the body is not read; otherwise parsing comes
// first. See REFERENCE.md, "Broken bodies".
func (c *call) prepare() (err error) {
	login, secret, ok := credentials(c.r)
	switch {
	case !ok && c.format == formatNone:
		return errFormat
	case !ok:
		return &authError{kind: noCredentials}
	}
	if err = c.read(); err != nil {
		return err
	}
	if c.caller, err = c.d.authenticate(c.r, login, secret); err != nil {
		return err
	}
	if err = c.checkRate(); err == nil {
		c.setSession()
	}
	return err
}

func (c *call) checkRate() error {
	if after, ok := c.d.cfg.Limiters.Allow(c.w, string(c.d.cfg.Realm), "user "+strconv.FormatInt(c.user.ID, 10)); !ok {
		return &errLimited{after}
	}
	return nil
}

// read reads the parameters, one of which may choose the format of the answer.
func (c *call) read() error {
	done, ok := c.path.Get(readKey).(read)
	if !ok {
		done.params, done.err = c.d.readParams(c.r)
	}
	if done.err != nil {
		return done.err
	}
	c.params = done.params
	if v, ok := c.merged.Get("format"); ok {
		if _, suffix := cutSuffix(c.r); suffix == "" {
			c.format = formatNamed(v.Text())
		}
	}
	if c.format == formatNone {
		return errFormat
	}
	return nil
}
