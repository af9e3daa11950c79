package syncano

import (
	"net/http"
	"sync"

	"github.com/labstack/echo/v4"
)

// sharedRouter is the router of all dialects: there may be many in one process. It is made
// when the first request comes. Its handlers take a *routed.
var sharedRouter = sync.OnceValue(newRouter)

func newRouter() *echo.Echo {
	e := echo.New()
	for _, ep := range endpoints() {
		mount(e, ep)
	}
	mountRoot(e)
	mountFiles(e)
	return e
}

// routed is a request with the dialect that serves it.
type routed struct {
	echo.Context
	d *Dialect
}

// route serves a request by its path.
func (d *Dialect) route(w http.ResponseWriter, r *http.Request) {
	e := d.router()
	c := e.AcquireContext()
	defer e.ReleaseContext(c)
	c.Reset(r, w)
	e.Router().Find(r.Method, echo.GetPath(r), c)
	if err := c.Handler()(&routed{c, d}); err != nil {
		notFoundPage(c)
	}
}

// serving returns the handler of an endpoint.
func serving(ep *endpoint) echo.HandlerFunc {
	return func(c echo.Context) error {
		to := c.(*routed)
		return to.d.serve(to.Context, ep)
	}
}

// endpoints is the whole URL space, but for files.
func endpoints() []*endpoint {
	all := [][]*endpoint{userEndpoints(), groupEndpoints(), membershipEndpoints(), accountEndpoints(), instanceEndpoints(), apiKeyEndpoints(),
		classEndpoints(), objectEndpoints(), batchEndpoints(), linkPageEndpoints(), v2UserEndpoints(), aclEndpoints()}
	var list []*endpoint
	for _, some := range all {
		list = append(list, some...)
	}
	return list
}

func onlyV1(v *version) bool { return !v.v2 }

func onlyV2(v *version) bool { return v.v2 }

// linkPage is what each version's root answers.
func linkPageEndpoints() []*endpoint {
	return []*endpoint{
		{path: "", title: "Top Level Api", verbs: []verb{
			{method: http.MethodGet, op: "links.show", may: anyone, read: showLinks},
		}},
	}
}

func showLinks(c *call) (reply, error) {
	return show(nil, func(e *encoder) {
		e.Obj().Key("links").Obj()
		for _, name := range []string{"instances", "backups", "account", "usage"} {
			e.Key(name).Str(e.mount + c.v.root + name + "/")
		}
		e.End().End()
	})
}

// rootEndpoint is "/", which belongs to no version.
func rootEndpoint() *endpoint {
	return &endpoint{title: "Api Root", verbs: []verb{
		{method: http.MethodGet, op: "links.show", may: anyone, read: showVersions},
	}}
}

func showVersions(*call) (reply, error) {
	return show(nil, func(e *encoder) {
		e.Obj().Key("links").Obj()
		for _, v := range knownVersions {
			if v.lists {
				continue
			}
			e.Key(v.root[1 : len(v.root)-1]).Str(e.mount + v.root)
		}
		e.End().End()
	})
}

func mountRoot(e *echo.Echo) {
	ep := rootEndpoint()
	ep.allow = []string{allowed(ep.verbs)}
	for _, method := range append(knownMethods(), otherMethod) {
		e.Add(method, "/", serving(ep))
	}
}

// Operations implements [dialects.Lister].
func (d *Dialect) Operations() (names []string) {
	for _, ep := range endpoints() {
		for _, v := range ep.verbs {
			names = append(names, v.op)
		}
	}
	return names
}
