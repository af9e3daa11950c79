package syncano

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

// reply is what a handler answers. Its zero value is a 200 without a body.
type reply struct {
	status int // 0 is 200
	// write writes the body after all transactions have ended; nil is no body.
	write func(*encoder)
	// shape says where ?fields= and ?excluded_fields= of a GET apply; nil is nowhere.
	shape *shape
}

// show answers 200 with a body.
func show(of *shape, write func(*encoder)) (reply, error) {
	return reply{write: write, shape: of}, nil
}

// created answers 201 with a body.
func created(write func(*encoder)) (reply, error) {
	return reply{status: http.StatusCreated, write: write}, nil
}

// noContent answers 204, or the error.
func noContent(err error) (reply, error) { return reply{status: http.StatusNoContent}, err }

// send writes the response.
func (c *call) send(r reply) {
	w := c.echo.Response().Writer
	h := w.Header()
	h["Allow"] = c.ep.allow
	if r.status == 0 {
		r.status = http.StatusOK
	}
	if r.write == nil {
		w.WriteHeader(r.status)
		return
	}
	c.enc.Enc = wire.NewEnc(wire.Compact())
	defer c.enc.Release()
	c.enc.v, c.enc.files, c.enc.showKey = c.v, files{c}, c.showKey
	r.write(&c.enc)
	body := c.reshape(c.enc.Bytes(), r.shape)
	h["Content-Type"] = jsonType
	h["Content-Length"] = []string{strconv.Itoa(len(body))}
	w.WriteHeader(r.status)
	_, _ = w.Write(body) // the client may be gone
}

// reshape filters and indents a finished document as the request asks for.
func (c *call) reshape(body []byte, of *shape) []byte {
	var f *memberFilter
	if of != nil && (c.method == http.MethodGet || c.method == http.MethodHead) {
		f = readFilter(c.query())
	}
	style := c.style()
	if f == nil && style == wire.Compact() {
		return body
	}
	v, err := wire.ParseJSON(body, wire.Limits{Depth: 1 << 10, Values: 1 << 30})
	if err != nil {
		return body
	}
	if f != nil {
		v = f.apply(v, of)
	}
	return wire.AppendJSON(nil, v, style)
}

// style is compact unless the Accept header asks for indentation.
func (c *call) style() wire.Style {
	for _, accept := range c.req.Header["Accept"] {
		_, rest, found := strings.Cut(accept, "indent=")
		if !found {
			continue
		}
		digits, _, _ := strings.Cut(rest, ",")
		n, err := strconv.Atoi(strings.TrimSpace(digits))
		if err == nil && n > 0 {
			return wire.Compact().Indented(min(n, 8))
		}
	}
	return wire.Compact()
}

// acceptsJSON reports whether the Accept header allows application/json.
func acceptsJSON(headers []string) bool {
	given := false
	for _, header := range headers {
		for header != "" {
			var one string
			one, header, _ = strings.Cut(header, ",")
			kind := wire.MediaType(one)
			if kind == "" {
				continue
			}
			given = true
			if kind == "*/*" || kind == "application/*" || kind == "application/json" {
				return true
			}
		}
	}
	return !given
}
