package onapp

import (
	"bytes"
	"net/http"

	"github.com/dragoman-gateway/dragoman/dialects/internal/charset"
	"github.com/dragoman-gateway/dragoman/dialects/internal/formdata"
	"github.com/dragoman-gateway/dragoman/dialects/internal/rack"
	"github.com/dragoman-gateway/dragoman/dialects/internal/railsxml"
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

// params are a request's parameters: the body, and over it the query. A root in the query replaces
// the one in the body, whole.
type params struct {
	merged wire.Value
	// unwrapped is the body's top level, if it is JSON, for clients that omit the root.
	unwrapped wire.Value
	// method is the parameter _method of a form.
	method string
}

// errBody reports parameters that cannot be read; the answer is a 400 without details.
type errBody struct{ cause error }

func (e *errBody) Error() string { return "unreadable body: " + e.cause.Error() }

// Unwrap returns the cause.
func (e *errBody) Unwrap() error { return e.cause }

// readParams reads query and body. An absent body is not an error, whatever its type; a body of an
// unknown type is ignored. See REFERENCE.md, "Parameter sources" and "Broken bodies".
func (d *Dialect) readParams(r *http.Request) (params, error) {
	var p params
	query, err := rack.ParseQuery(r.URL.RawQuery, d.cfg.Limits)
	if err != nil {
		return p, &errBody{err}
	}
	err = wire.WithBody(r, d.cfg.MaxBody, func(body []byte) error {
		if len(body) == 0 {
			return nil
		}
		return p.readBody(r, body, d.cfg.Limits)
	})
	for _, m := range query.Members() {
		p.merged.Set(m.Name, m.Value)
	}
	return p, err
}

// readBody reads a body by its type; one of an unknown type is not read.
func (p *params) readBody(r *http.Request, body []byte, limits wire.Limits) (err error) {
	contentType := r.Header.Get("Content-Type")
	var v wire.Value
	kind := rack.BodyType(r)
	switch kind {
	case "application/json", "text/x-json", "application/jsonrequest":
		v, err = readJSON(inUTF8(contentType, body), limits)
		p.unwrapped = v
	case "application/xml", "text/xml", "application/x-xml":
		v, err = railsxml.Parse(inUTF8(contentType, body), limits)
	case rack.FormType:
		v, err = rack.ParseForm(inUTF8(contentType, body), limits)
	case rack.MultipartType:
		v, err = rack.ParseMultipart(body, contentType, limits)
	}
	if err != nil {
		return &errBody{err}
	}
	if kind == rack.FormType || kind == rack.MultipartType {
		method, _ := v.Get("_method")
		p.method = method.Text()
	}
	for _, m := range v.Members() {
		p.merged.Set(m.Name, m.Value)
	}
	return nil
}

// inUTF8 decodes a body by the charset that its type declares. A charset that does not fit is
// ignored: clients declare others over UTF-8 too.
func inUTF8(contentType string, body []byte) []byte {
	_, attributes := formdata.ParseHeader(contentType)
	declared, ok := charset.Lookup(attributes["charset"])
	if !ok || declared.IsUTF8() {
		return body
	}
	if _, isUTF8 := (charset.Charset{}).Decode(body); isUTF8 && bytes.IndexByte(body, 0) < 0 {
		return body
	}
	if text, ok := declared.Decode(body); ok {
		return []byte(text)
	}
	return body
}

// readJSON reads a body of blanks as none, as Rails does, and skips comments.
func readJSON(body []byte, limits wire.Limits) (wire.Value, error) {
	body = rack.StripComments(body)
	if len(bytes.Trim(body, " \n\r\t")) == 0 {
		return wire.Value{}, nil
	}
	return wire.ParseJSON(body, limits)
}

// resource returns the attributes under a root, or those of a JSON body without it; the Go SDK
// relies on that.
// See REFERENCE.md, "Unwrapped JSON".
func (p params) resource(root string) wire.Value {
	v, ok := p.merged.Get(root)
	if !ok {
		v = p.unwrapped
	}
	if v.Kind() != wire.KindObject {
		return wire.Object()
	}
	return v
}

// top returns a parameter outside any root.
func (p params) top(name string) wire.Value {
	v, _ := p.merged.Get(name)
	return v
}
