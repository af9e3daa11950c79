package onapp

import (
	"bytes"
	"net/http"

	"github.com/dragoman-gateway/dragoman/dialects/internal/railsxml"
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

// params are a request's parameters: the query, and over it the body.
type params struct {
	merged wire.Value
	// unwrapped is the body's top level, if it is JSON, for clients that omit the root.
	unwrapped wire.Value
}

// errBody reports a body that cannot be read; the answer is a 400 without details.
type errBody struct{ cause error }

func (e *errBody) Error() string { return "unreadable body: " + e.cause.Error() }

// Unwrap returns the cause.
func (e *errBody) Unwrap() error { return e.cause }

// readParams reads query and body. An absent body is not an error, whatever its type; a body of an
// unknown type is ignored. See REFERENCE.md, "Parameter sources" and "Broken bodies".
func (d *Dialect) readParams(r *http.Request) (params, error) {
	var p params
	if r.URL.RawQuery != "" {
		query, err := nest([]byte(r.URL.RawQuery), d.cfg.Limits)
		if err != nil {
			return p, &errBody{err}
		}
		p.merged = query
	}
	err := wire.WithBody(r, d.cfg.MaxBody, func(body []byte) error {
		if len(body) == 0 {
			return nil
		}
		return p.readBody(r, body, d.cfg.Limits)
	})
	return p, err
}

func (p *params) readBody(r *http.Request, body []byte, limits wire.Limits) error {
	read, isJSON := bodyReader(r.Header.Get("Content-Type"))
	if read == nil {
		return nil
	}
	v, err := read(body, limits)
	if err != nil {
		return &errBody{err}
	}
	if isJSON {
		p.unwrapped = v
	}
	for _, m := range v.Members() {
		p.merged.Set(m.Name, m.Value)
	}
	return nil
}

type reader func(body []byte, limits wire.Limits) (wire.Value, error)

// bodyReader returns the reader for a content type; nil for an unknown one.
func bodyReader(contentType string) (read reader, isJSON bool) {
	switch wire.MediaType(contentType) {
	case "application/json", "text/x-json", "application/jsonrequest":
		return readJSON, true
	case "application/xml", "text/xml", "application/x-xml":
		return railsxml.Parse, false
	case "application/x-www-form-urlencoded":
		return nest, false
	case "multipart/form-data":
		return func(body []byte, limits wire.Limits) (wire.Value, error) {
			pairs, err := wire.ParseMultipart(body, contentType, limits)
			if err != nil {
				return wire.Value{}, err
			}
			return wire.NestRails(pairs, limits)
		}, false
	}
	return nil, false
}

// readJSON reads a body of blanks as none, as Rails does.
func readJSON(body []byte, limits wire.Limits) (wire.Value, error) {
	if len(bytes.Trim(body, " \n\r\t")) == 0 {
		return wire.Value{}, nil
	}
	return wire.ParseJSON(body, limits)
}

func nest(text []byte, limits wire.Limits) (wire.Value, error) {
	pairs, err := wire.ParseForm(text, limits)
	if err != nil {
		return wire.Value{}, err
	}
	return wire.NestRails(pairs, limits)
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
