package scim

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/dragoman-gateway/dragoman/dialects"
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
	"github.com/dragoman-gateway/dragoman/dialects/scim/internal/schema"
)

// bulkRequest is a list of operations, each of which is done or not for itself.
type bulkRequest struct {
	c      *call
	ops    []*bulkOperation
	ids    map[string]string // by bulkId, of what was created
	failed map[string]bool   // bulkIds of what was not
	errors int64
	most   int64 // errors that stop it; 0: none do
}

// bulkOperation is one operation and what became of it.
type bulkOperation struct {
	method, path, id, version string
	data                      wire.Value
	refs                      []string // bulkIds that it needs
	done                      bool
	location, etag            string
	status                    int
	failure                   *failure
}

// bulkPrefix begins a reference to what another operation creates.
const bulkPrefix = "bulkId:"

func bulk(c *call) (*reply, error) {
	body, err := c.readObject()
	if err != nil {
		return nil, err
	}
	b, err := c.readBulk(body)
	if err != nil {
		return nil, err
	}
	b.run()
	return &reply{render: b.encode}, nil
}

func (c *call) readBulk(body wire.Value) (*bulkRequest, error) {
	list := insensitive(body, "Operations")
	if list.Kind() != wire.KindArray {
		return nil, bad(schema.InvalidSyntax, "The body needs a list of Operations.")
	}
	if list.Len() > maxBulk {
		return nil, &failure{status: http.StatusRequestEntityTooLarge, detail: fmt.Sprintf("A bulk request has at most %d operations.", maxBulk)}
	}
	b := &bulkRequest{c: c, ids: map[string]string{}, failed: map[string]bool{}}
	b.most, _ = insensitive(body, "failOnErrors").Int()
	for _, item := range list.Items() {
		if item.Kind() != wire.KindObject {
			return nil, bad(schema.InvalidSyntax, "An operation is not an object.")
		}
		text := func(name string) string { return insensitive(item, name).Text() }
		op := &bulkOperation{
			method: strings.ToUpper(text("method")), path: text("path"), id: text("bulkId"), version: text("version"),
			data: insensitive(item, "data"),
		}
		op.refs = references(wire.String(op.path), references(op.data, nil))
		b.ops = append(b.ops, op)
	}
	b.shortenRefs()
	return b, nil
}

// shortenRefs leaves each reference of an operation once, and one of those to what no
// operation creates: a body has room for 90,000, and run looks at them again and again.
func (b *bulkRequest) shortenRefs() {
	created := map[string]bool{}
	for _, op := range b.ops {
		if op.method == http.MethodPost {
			created[op.id] = true
		}
	}
	for _, op := range b.ops {
		slices.Sort(op.refs)
		unknown := 0
		op.refs = slices.DeleteFunc(slices.Compact(op.refs), func(ref string) bool {
			if !created[ref] {
				unknown++
			}
			return !created[ref] && unknown > 1
		})
	}
}

func insensitive(object wire.Value, name string) wire.Value {
	for _, m := range object.Members() {
		if strings.EqualFold(m.Name, name) {
			return m.Value
		}
	}
	return wire.Value{}
}

// references appends the bulkIds that a value names.
func references(v wire.Value, refs []string) []string {
	if text, ok := v.Str(); ok {
		if at := strings.Index(text, bulkPrefix); at == 0 || at > 0 && text[at-1] == '/' {
			refs = append(refs, text[at+len(bulkPrefix):])
		}
	}
	for _, item := range v.Items() {
		refs = references(item, refs)
	}
	for _, m := range v.Members() {
		refs = references(m.Value, refs)
	}
	return refs
}

// run does the operations in the order of the request, but what others refer to
// first. What is left refers to itself.
func (b *bulkRequest) run() {
	for progress := true; progress; {
		progress = false
		for _, op := range b.ops {
			if op.done || !b.ready(op) {
				continue
			}
			if b.stopped() {
				return
			}
			b.do(op)
			progress = true
		}
	}
	for _, op := range b.ops {
		if !op.done && !b.stopped() {
			b.fail(op, &failure{status: http.StatusConflict, detail: "The operation refers to one that refers to it."})
		}
	}
}

func (b *bulkRequest) stopped() bool { return b.most > 0 && b.errors >= b.most }

// ready reports whether all that the operation refers to was done.
func (b *bulkRequest) ready(op *bulkOperation) bool {
	for _, ref := range op.refs {
		for _, other := range b.ops {
			if other.id == ref && other.method == http.MethodPost && !other.done {
				return false
			}
		}
	}
	return true
}

func (b *bulkRequest) fail(op *bulkOperation, f *failure) {
	op.done, op.status, op.failure = true, f.status, f
	b.errors++
	if op.id != "" && op.method == http.MethodPost {
		b.failed[op.id] = true
	}
	if f.cause != nil {
		dialects.NoteError(b.c.w, f.cause)
	}
}

func (b *bulkRequest) do(op *bulkOperation) {
	for _, ref := range op.refs {
		if _, ok := b.ids[ref]; !ok {
			b.fail(op, bad(schema.InvalidValue, "The operation refers to a bulkId that was not created."))
			return
		}
	}
	r, err := b.perform(op)
	if err != nil {
		b.fail(op, failureOf(err))
		return
	}
	op.done, op.status, op.etag = true, r.status, r.etag
	if op.location == "" {
		op.location = r.location
	}
	if op.status == 0 {
		op.status = http.StatusOK
	}
	if op.method == http.MethodPost {
		segments := splitPath(r.location)
		b.ids[op.id] = segments[len(segments)-1]
	}
}

// perform does one operation as a request of its own.
func (b *bulkRequest) perform(op *bulkOperation) (*reply, error) {
	sub := b.c.part(op)
	segments := splitPath(b.resolve(wire.String(op.path)).Text())
	route, id := b.c.d.findRoute(segments)
	switch op.method {
	case http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete:
	default:
		return nil, bad(schema.InvalidSyntax, "The method of an operation is POST, PUT, PATCH or DELETE.")
	}
	if route == nil || !strings.HasPrefix(route.path, "Users") && !strings.HasPrefix(route.path, "Groups") {
		return nil, notFound()
	}
	a, ok := route.action(op.method)
	switch {
	case !ok || !a.write:
		return nil, &failure{status: http.StatusMethodNotAllowed, detail: "The resource does not have this method."}
	case op.method == http.MethodPost && op.id == "":
		return nil, bad(schema.InvalidValue, "A POST in a bulk request needs a bulkId.")
	}
	if id != "" {
		op.location = b.c.base() + "/" + route.path[:len(route.path)-1] + url.PathEscape(id)
	}
	data := b.resolve(op.data)
	sub.id, sub.body = id, &data
	return a.do(sub)
}

// part returns a call for an operation, which has none of the request's parameters.
func (c *call) part(op *bulkOperation) *call {
	r := *c.r
	r.Header = http.Header{}
	if op.version != "" {
		r.Header.Set("If-Match", op.version)
	}
	return &call{d: c.d, w: c.w, r: &r, method: op.method, token: c.token, types: c.types, params: map[string]string{}}
}

// resolve returns v with ids in place of references.
func (b *bulkRequest) resolve(v wire.Value) wire.Value {
	switch v.Kind() {
	case wire.KindString:
		text := v.Text()
		if at := strings.Index(text, bulkPrefix); at == 0 || at > 0 && text[at-1] == '/' {
			if id, ok := b.ids[text[at+len(bulkPrefix):]]; ok {
				return wire.String(text[:at] + id)
			}
		}
	case wire.KindArray:
		list := wire.Array()
		for _, item := range v.Items() {
			list.Append(b.resolve(item))
		}
		return list
	case wire.KindObject:
		object := wire.Object()
		for _, m := range v.Members() {
			object.Set(m.Name, b.resolve(m.Value))
		}
		return object
	}
	return v
}

func (b *bulkRequest) encode(e *wire.Enc) {
	e.Obj()
	schemasOf(e, "urn:ietf:params:scim:api:messages:2.0:BulkResponse")
	e.RawKey("Operations").Arr()
	for _, op := range b.ops {
		if op.done {
			op.encode(e)
		}
	}
	e.End().End()
}

func (op *bulkOperation) encode(e *wire.Enc) {
	e.Obj()
	for _, m := range []struct{ name, text string }{
		{"location", op.location}, {"method", op.method}, {"bulkId", op.id}, {"version", op.etag}, {"status", strconv.Itoa(op.status)},
	} {
		if m.text != "" {
			e.RawKey(m.name).Str(m.text)
		}
	}
	if op.failure != nil {
		op.failure.encode(e.RawKey("response"))
	}
	e.End()
}
