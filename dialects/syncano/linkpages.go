package syncano

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/dragoman-gateway/dragoman/core"
)

// linkPage is what each version's root answers.
func linkPageEndpoints() []*endpoint {
	return []*endpoint{
		{path: "", title: "Top Level Api", verbs: []verb{
			{method: http.MethodGet, op: "links.show", may: anybody, read: showLinks},
		}},
	}
}

func showLinks(k *call, _ *core.Tx) error {
	k.out.Obj().Key("links").Obj()
	for _, name := range []string{"instances", "backups", "account", "usage"} {
		k.out.Key(name).Str(k.v.root + name + "/")
	}
	k.out.End().End()
	return nil
}

// rootEndpoint is "/", which belongs to no version.
func rootEndpoint() *endpoint {
	return &endpoint{title: "Api Root", verbs: []verb{
		{method: http.MethodGet, op: "links.show", may: anybody, read: showVersions},
	}}
}

func showVersions(k *call, _ *core.Tx) error {
	k.out.Obj().Key("links").Obj()
	for _, v := range knownVersions {
		k.out.Key(v.root[1 : len(v.root)-1]).Str(v.root)
	}
	k.out.End().End()
	return nil
}

func (d *Dialect) mountRoot() {
	ep := rootEndpoint()
	ep.allow = []string{allowed(ep.verbs)}
	for _, method := range append(knownMethods(), otherMethod) {
		d.echo.Add(method, "/", func(c echo.Context) error { return d.serve(c, ep) })
	}
}
