package syncano

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
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
	c.enc.w = w
	r.write(&c.enc)
	if c.enc.tooLarge {
		c.fail(errAnswerTooLarge)
		return
	}
	body, err := c.reshape(c.enc.Bytes(), r.shape)
	if err != nil {
		c.fail(err)
		return
	}
	h["Content-Type"], h["Cache-Control"] = jsonType, noStore
	h["Content-Length"] = []string{strconv.Itoa(len(body))}
	w.WriteHeader(r.status)
	_, _ = w.Write(body) // the client may be gone
}

// reshape filters and indents a finished document as the request asks for. It fails
// for a document that cannot be parsed: the client must not get members that it
// asked to leave out.
func (c *call) reshape(body []byte, of *shape) ([]byte, error) {
	var f *memberFilter
	if of != nil && (c.method == http.MethodGet || c.method == http.MethodHead) {
		f = readFilter(c.query())
	}
	style := c.style()
	if f == nil && style == wire.Compact() {
		return body, nil
	}
	v, err := wire.ParseJSON(body, wire.Limits{Depth: 1 << 10, Values: 1 << 30})
	if err != nil {
		return nil, fmt.Errorf("filtering a response: %w", err)
	}
	if f != nil {
		v = f.apply(v, of)
	}
	return wire.AppendJSON(nil, v, style), nil
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

// memberFilter is what ?fields= and ?excluded_fields= ask for; see REFERENCE.md,
// "Filtered members". It works on the finished document.
type memberFilter struct{ only, drop []string }

// readFilter returns nil when the query asks for nothing.
func readFilter(q url.Values) *memberFilter {
	f := &memberFilter{only: memberNames(q.Get("fields")), drop: memberNames(q.Get("excluded_fields"))}
	if f.only == nil && f.drop == nil {
		return nil
	}
	return f
}

func memberNames(given string) []string {
	if given == "" {
		return nil
	}
	list := strings.Split(given, ",")
	for i := range list {
		list[i] = strings.TrimSpace(list[i])
	}
	return list
}

// shape says which members of a filtered object hold objects, or lists of
// objects, that are filtered too. All other values stay whole.
type shape struct {
	inner map[string]*shape
	// whole: the object itself keeps all its members, as the envelope of a list.
	whole bool
	// always is a member that stays, as the user or group of a membership.
	always string
}

// Shapes of the responses. A nil shape is not filtered. They never change.
var (
	plainShape     = &shape{}
	userShape      = &shape{inner: map[string]*shape{"profile": plainShape, "groups": plainShape}}
	flatUserShape  = &shape{inner: map[string]*shape{"groups": plainShape}}
	instanceShape  = &shape{inner: map[string]*shape{"owner": plainShape}}
	userGroupShape = &shape{inner: map[string]*shape{"group": plainShape}, always: "group"}
	groupUserShape = &shape{inner: map[string]*shape{"user": userShape}, always: "user"}
	groupFlatShape = &shape{inner: map[string]*shape{"user": plainShape}, always: "user"}
	objectShape    = plainShape
	accountShape   = plainShape
	groupShape     = plainShape
	apiKeyShape    = plainShape
	classShape     = plainShape
)

func listOf(of *shape) *shape { return &shape{inner: map[string]*shape{"objects": of}, whole: true} }

func (f *memberFilter) keeps(s *shape, name string) bool {
	return s.whole || name == s.always || (f.only == nil || slices.Contains(f.only, name)) && !slices.Contains(f.drop, name)
}

// apply filters an object of the shape, or each of a list.
func (f *memberFilter) apply(v wire.Value, s *shape) wire.Value {
	switch v.Kind() {
	case wire.KindArray:
		items := make([]wire.Value, 0, v.Len())
		for _, item := range v.Items() {
			items = append(items, f.apply(item, s))
		}
		return wire.Array(items...)
	case wire.KindObject:
		kept := wire.Object()
		for _, m := range v.Members() {
			if !f.keeps(s, m.Name) {
				continue
			}
			if inner := s.inner[m.Name]; inner != nil {
				m.Value = f.apply(m.Value, inner)
			}
			kept.Set(m.Name, m.Value)
		}
		return kept
	}
	return v
}
