package syncano

import (
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects"
	"github.com/dragoman-gateway/dragoman/dialects/syncano/internal/schema"
	"github.com/dragoman-gateway/dragoman/dialects/syncano/internal/upload"
)

// call is one request on its way through the checks to its answer.
type call struct {
	d    *Dialect
	echo echo.Context
	req  *http.Request
	ep   *endpoint
	v    *version
	// method is the one to carry out, which a text/plain POST may name in its body.
	method string
	verb   *verb // nil when the method is not mapped

	instance *instance // nil outside of an instance
	tx       *core.Tx  // the view of the checks, for handlers that read; nil in those that write

	caller      caller
	rateCounted bool // checks may run again, the request counts once
	params      url.Values
	body        body

	// What enter and find found.
	user   *core.User
	group  *core.Group
	key    *core.Record
	class  *schema.Class
	object *core.Record
	// What is known of object.
	shownObject *dataObject
	objectRight right
	// showKey lets v2 show the user key.
	showKey bool
	lists   endpointLists
	// uses counts the files in use of the transaction that runs.
	uses upload.Uses

	enc encoder
	// deadline is when scans have to end; zero until the first one begins.
	deadline time.Time
}

// calls keeps calls between requests for their buffers; see release.
var calls = sync.Pool{New: func() any { return new(call) }}

func (d *Dialect) newCall(c echo.Context, ep *endpoint) *call {
	k := calls.Get().(*call)
	k.d, k.echo, k.req, k.ep = d, c, c.Request(), ep
	k.enc.mount = dialects.PathPrefix(k.req)
	k.v = versionOf(k.req.URL.Path)
	k.method = k.req.Method
	if k.method == otherMethod {
		k.method, _ = k.req.Context().Value(sentMethod{}).(string)
	}
	return k
}

func (c *call) release() {
	upload.Discard(c.body.spooled)
	*c = call{enc: encoder{prefix: c.enc.prefix[:0], scratch: c.enc.scratch[:0]}}
	calls.Put(c)
}

func versionOf(path string) *version {
	for _, v := range knownVersions {
		if strings.HasPrefix(path, v.root) {
			return v
		}
	}
	return knownVersions[0]
}

// knownVersions never changes.
var knownVersions = versions()

// serve takes a request through all checks, in the order that section "order of
// checks" of README.md gives, and writes the answer.
func (d *Dialect) serve(c echo.Context, ep *endpoint) error {
	k := d.newCall(c, ep)
	defer k.release()
	if !k.routable() {
		notFoundPage(c)
		return nil
	}
	r, err := k.run()
	if err != nil {
		k.fail(err)
		return nil
	}
	k.send(r)
	return nil
}

// routable refuses path segments that no route of the original matches.
func (c *call) routable() bool {
	if !isInstanceSegment(c.echo.Param("instance")) {
		return false
	}
	for _, value := range c.echo.ParamValues() {
		if value == "" || strings.ContainsAny(value, "./") {
			return false
		}
	}
	return true
}

// isInstanceSegment matches what the original's routes take for an instance.
func isInstanceSegment(s string) bool {
	if len(s) > 64 {
		return false
	}
	for _, c := range []byte(s) {
		if !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '_') {
			return false
		}
	}
	return true
}

func (c *call) run() (r reply, err error) {
	if err := c.untunnel(); err != nil {
		return r, err
	}
	c.verb = verbOf(c.ep.verbs, c.method)
	if c.verb != nil {
		dialects.NoteOperation(c.echo.Response().Writer, c.verb.op)
	}
	if c.req.ContentLength != 0 {
		_ = c.readBody() // not while a view is open; whatever needs the body reports the error
	}
	if c.verb.isList() {
		if err := dialects.BeginAnswer(c.writer()); err != nil {
			return r, err
		}
	}
	r, err = checkAndAdopt(c)
	if err != nil || c.verb == nil || c.verb.act == nil || c.method == http.MethodOptions {
		return r, err
	}
	return c.verb.act(c)
}

func (c *call) writer() http.ResponseWriter { return c.echo.Response().Writer }

// view runs a function in a view of its own.
func (c *call) view(fn func(*core.Tx) error) error { return c.d.dir.View(c.req.Context(), fn) }

// update changes the store as the caller, if what proved the caller still holds.
func (c *call) update(fn func(*core.Tx) error) error {
	return proceed(c, func(tx *core.Tx) error {
		if err := confirm(c, tx); err != nil {
			return err
		}
		return fn(tx)
	})
}

// proceed changes the store as the caller, in the further steps of a change that began.
func proceed(c *call, fn func(*core.Tx) error) error {
	return c.d.dir.Update(c.req.Context(), c.actor(), fn)
}

// id reads a path parameter as an id; anything else is 0, which no row has.
func (c *call) id(param string) int64 {
	return parseID(c.echo.Param(param))
}

func parseID(s string) int64 {
	if len(s) == 0 || len(s) > 18 {
		return 0
	}
	var id int64
	for _, c := range []byte(s) {
		if c < '0' || c > '9' {
			return 0
		}
		id = id*10 + int64(c-'0')
	}
	return id
}
