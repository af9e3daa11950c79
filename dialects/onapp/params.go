package onapp

import (
	"net/http"

	"github.com/dragoman-gateway/dragoman/dialects/internal/railsxml"
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

// params are a request's parameters, wherever they came from: the query and over it the body.
type params struct {
	merged wire.Value
	// loose is the body's top level, if it is JSON, for clients that leave the root away.
	loose wire.Value
}

// errBody says that a body cannot be read; the answer is a 400 without particulars.
type errBody struct{ cause error }

func (e *errBody) Error() string { return "unreadable body: " + e.cause.Error() }

// Unwrap is the cause.
func (e *errBody) Unwrap() error { return e.cause }

// readParams reads query and body. An absent body is no error, whatever its type says; a body of a type that is not
// known is not looked at. source: vendor reference, parameter sources and broken bodies.
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
		p.loose = v
	}
	for _, m := range v.Members() {
		p.merged.Set(m.Name, m.Value)
	}
	return nil
}

type reader func(body []byte, limits wire.Limits) (wire.Value, error)

// bodyReader picks the reader for a content type; nil for one that is not known.
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

// readJSON takes a body of blanks for none, as Rails does.
func readJSON(body []byte, limits wire.Limits) (wire.Value, error) {
	if isBlank(body) {
		return wire.Value{}, nil
	}
	return wire.ParseJSON(body, limits)
}

func isBlank(text []byte) bool {
	for _, c := range text {
		if c != ' ' && c != '\n' && c != '\r' && c != '\t' {
			return false
		}
	}
	return true
}

func nest(text []byte, limits wire.Limits) (wire.Value, error) {
	pairs, err := wire.ParseForm(text, limits)
	if err != nil {
		return wire.Value{}, err
	}
	return wire.NestRails(pairs, limits)
}

// resource returns the attributes under a root. A JSON body without the root counts as its inside, which the
// official Go SDK relies on; with the root, everything beside it is left aside. source: vendor reference, unwrapped JSON.
func (p params) resource(root string) wire.Value {
	v, ok := p.merged.Get(root)
	if !ok {
		v = p.loose
	}
	if v.Kind() != wire.KindObject {
		return wire.Object()
	}
	return v
}

// top returns a parameter that stands outside any root.
func (p params) top(name string) wire.Value {
	v, _ := p.merged.Get(name)
	return v
}

// asID reads an id of a path: plain digits. Anything else finds nothing.
func asID(text string) int64 {
	if !isDigits(text) || len(text) > 18 {
		return 0
	}
	id, _ := castInt(text)
	return id
}
