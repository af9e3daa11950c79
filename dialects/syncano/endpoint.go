package syncano

import (
	"context"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/dragoman-gateway/dragoman/core"
)

// endpoint is one URL pattern and what can be done there.
type endpoint struct {
	path  string // below the version, with Echo's parameters
	title string // what OPTIONS calls it
	scope scope
	only  func(*version) bool // nil: every version
	verbs []verb
	allow []string // the Allow header, shared by all answers
	// enter looks up the parents in the path, before authentication.
	enter func(*call, *core.Tx) error
}

// scope says what an endpoint's path is below and who may be asked for.
type scope uint8

const (
	globalScope   scope = iota // not below an instance
	keylessScope               // global, and keys are not even looked at
	instanceScope              // below an instance, which must exist
)

// verb is one mapped method. After the checks that all requests share, find and
// read run in the same view, and then act runs outside of it.
type verb struct {
	method string
	op     string // for logs and metrics
	may    func(*call) bool
	find   func(*call, *core.Tx) error // the row; fails with a 404
	read   handler                     // for a reading request, in the view of the checks
	act    handler                     // for writes and for lists that scan, outside of it
	fields []optionField               // what OPTIONS says can be sent
}

// isList reports whether the answer is a list, which may be large. v may be nil.
func (v *verb) isList() bool { return v != nil && strings.HasSuffix(v.op, ".list") }

// handler carries out a request that passed the checks.
type handler func(*call) (reply, error)

// mount makes Echo give the endpoint all requests for its paths, whatever their
// method: that one is not mapped is found out only after the other checks.
func mount(e *echo.Echo, ep *endpoint) {
	ep.allow = []string{allowed(ep.verbs)}
	for _, v := range versions() {
		if !v.serves(ep) {
			continue
		}
		own := v.of(ep)
		handle := serving(own)
		for _, method := range append(knownMethods(), otherMethod) {
			e.Add(method, v.root+ep.path, handle)
		}
	}
}

// otherMethod is what the router knows any method as that is not one of
// knownMethods: such a request too goes through the checks before it gets its 405.
const otherMethod = "OTHER"

// sentMethod is the context's key for the method as it was said.
type sentMethod struct{}

func routableMethod(r *http.Request) *http.Request {
	switch r.Method {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions:
		return r
	}
	other := r.WithContext(context.WithValue(r.Context(), sentMethod{}, r.Method))
	other.Method = otherMethod
	return other
}

func knownMethods() []string {
	return []string{http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions}
}

// allowed lists the mapped methods, then HEAD and OPTIONS.
func allowed(verbs []verb) string {
	var names []string
	for _, name := range knownMethods() {
		if name == http.MethodHead {
			continue
		}
		if verbOf(verbs, name) != nil {
			names = append(names, name)
		}
	}
	if verbOf(verbs, http.MethodGet) != nil {
		names = append(names, http.MethodHead)
	}
	return strings.Join(append(names, http.MethodOptions), ", ")
}

// verbOf finds the mapped method; HEAD is GET without a body.
func verbOf(verbs []verb, method string) *verb {
	if method == http.MethodHead {
		method = http.MethodGet
	}
	for i := range verbs {
		if verbs[i].method == method {
			return &verbs[i]
		}
	}
	return nil
}

// optionField describes a field that can be sent, for OPTIONS.
type optionField struct {
	name, kind, label string
	required          bool
	maxLength         int
}

// describe answers OPTIONS: what the endpoint is and what the caller may send.
func (c *call) describe() (reply, error) {
	var permitted []*verb
	for i := range c.ep.verbs {
		if v := &c.ep.verbs[i]; v.fields != nil && v.may(c) {
			permitted = append(permitted, v)
		}
	}
	return show(nil, func(e *encoder) {
		e.Obj().Key("name").Str(c.ep.title).Key("description").Str("").Key("renders")
		e.words([]string{"application/json"})
		e.Key("parses")
		e.words([]string{"application/json", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data"})
		if permitted != nil {
			e.Key("actions").Obj()
			for _, v := range permitted {
				e.fields(v)
			}
			e.End()
		}
		e.End()
	})
}

func (e *encoder) fields(v *verb) {
	e.Key(v.method).Obj()
	for _, f := range v.fields {
		e.Key(f.name).Obj().Key("type").Str(f.kind)
		e.Key("required").Bool(f.required && v.method != http.MethodPatch).Key("read_only").Bool(false).Key("label").Str(f.label)
		if f.maxLength > 0 {
			e.Key("max_length").Int(int64(f.maxLength))
		}
		e.End()
	}
	e.End()
}
