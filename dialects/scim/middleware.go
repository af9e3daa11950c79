package scim

import (
	"net/http"
	"strings"

	"github.com/dragoman-gateway/dragoman/dialects"
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

// serve checks a request in the order that clients expect: size, version,
// credentials, path, method, media type. The rest is the action's.
func (c *call) serve() (*reply, error) {
	if c.r.ContentLength > c.d.cfg.MaxBody {
		return nil, refusal(http.StatusRequestEntityTooLarge)
	}
	segments := splitPath(c.r.URL.EscapedPath())[1:] // without "scim"
	if len(segments) > 0 && isVersion(segments[0]) {
		if segments[0] != "v2" {
			return nil, bad("invalidVers", textProtocol)
		}
		segments = segments[1:]
	}
	route, id := c.d.findRoute(segments)
	if route == nil || !route.public {
		if err := c.admit(); err != nil {
			return nil, err
		}
	}
	if route == nil {
		return nil, notFound()
	}
	c.id = id
	return c.run(route)
}

// isVersion reports whether a segment is "v" and digits.
func isVersion(s string) bool {
	return len(s) > 1 && s[0] == 'v' && strings.Trim(s[1:], "0123456789") == ""
}

// admit checks the token, and the limit of its realm.
func (c *call) admit() error {
	if err := c.authenticate(); err != nil {
		return err
	}
	if wait, ok := c.d.cfg.Limiters.Allow(c.w, string(c.token.Realm), "token "+c.token.ID()); !ok {
		f := refusal(http.StatusTooManyRequests)
		f.retryAfter = wait
		return f
	}
	return nil
}

func (c *call) run(r *route) (*reply, error) {
	a, ok := r.action(c.method)
	if !ok {
		return nil, &failure{status: http.StatusMethodNotAllowed, detail: "The resource does not have this method.", allow: r.allow()}
	}
	dialects.NoteOperation(c.w, a.operation)
	if a.write && !c.token.Write {
		return nil, &failure{status: http.StatusForbidden, detail: textReadOnly}
	}
	if c.hasBody() && !acceptedType(c.r.Header.Get("Content-Type")) {
		return nil, &failure{status: http.StatusUnsupportedMediaType, detail: textMediaType}
	}
	return a.do(c)
}

// hasBody reports whether the request has a body that is read.
func (c *call) hasBody() bool {
	reads := c.method == http.MethodPost || c.method == http.MethodPut || c.method == http.MethodPatch
	return reads && c.r.Body != nil && c.r.Body != http.NoBody && c.r.ContentLength != 0
}

func acceptedType(contentType string) bool {
	switch wire.MediaType(contentType) {
	case "", "application/scim+json", "application/json":
		return true
	}
	return false
}
