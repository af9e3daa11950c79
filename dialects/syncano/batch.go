package syncano

import (
	"bytes"
	"context"
	"net/http"
	"net/url"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/dragoman-gateway/dragoman/dialects"
	"github.com/dragoman-gateway/dragoman/dialects/internal/pystyle"
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
	"github.com/dragoman-gateway/dragoman/dialects/syncano/internal/schema"
)

// maxBatch is how many parts a batch may have.
const maxBatch = 50

func batchEndpoints() []*endpoint {
	return []*endpoint{
		{path: "instances/:instance/batch/", title: "Batch", scope: instanceScope, verbs: []verb{
			{method: http.MethodPost, op: "batch.run", may: anyKey, act: runBatch,
				fields: []optionField{{name: "requests", kind: "field", label: "Requests", required: true}}},
		}},
	}
}

// part is one request of a batch.
type part struct {
	method, target string
	body           []byte
}

// inBatch is the context's key, in the requests that a batch makes, for the
// batch's *batchBounds. No batch is in another.
type inBatch struct{}

// batchBounds are what all parts of a batch share. They run one after the other.
type batchBounds struct {
	end    time.Time // of their scans
	logins int       // that may still follow
	full   bool      // the answers are as large as one answer may be
}

// batchLogins is how many logins by password a batch may make: a request does not
// make guesses cheaper than they are one by one.
const batchLogins = 5

// checkBatchLogin refuses a login that is one too many in its batch.
func checkBatchLogin(c *call) error {
	b, ok := c.req.Context().Value(inBatch{}).(*batchBounds)
	if !ok {
		return nil
	}
	if b.logins--; b.logins < 0 {
		return throttled(time.Second)
	}
	return nil
}

// batchQueries is how many scans of full length all parts of a batch may make.
const batchQueries = 5

// runBatch carries out the parts one after the other, with the keys of the
// batch, each in a transaction of its own, and answers with all their answers.
func runBatch(c *call) (reply, error) {
	if c.req.Context().Value(inBatch{}) != nil {
		return reply{}, errNotFound
	}
	parts, err := readBatch(c)
	if err != nil {
		return reply{}, err
	}
	bounds := &batchBounds{end: time.Now().Add(batchQueries * c.d.cfg.QueryTime), logins: batchLogins}
	responses := make([]*partWriter, len(parts))
	for i, p := range parts {
		if err := c.req.Context().Err(); err != nil {
			return reply{}, err
		}
		responses[i] = runPart(c, p, bounds)
		dialects.PauseAnswer(c.writer())
	}
	return show(nil, func(e *encoder) {
		e.Arr()
		for _, w := range responses {
			e.part(w)
		}
		e.End()
	})
}

// runPart returns nil for a path that is not an endpoint.
func runPart(c *call, p part, bounds *batchBounds) *partWriter {
	request, err := partRequest(c, p, bounds)
	if err != nil {
		return nil
	}
	w := &partWriter{header: http.Header{}, outer: c.writer()}
	if bounds.full {
		c.d.Render(w, errAnswerTooLarge)
		return w
	}
	c.d.ServeHTTP(w, request)
	bounds.full = w.tooLarge
	if w.header.Get("Content-Type") == "text/html" {
		return nil
	}
	return w
}

func (e *encoder) part(w *partWriter) {
	if w == nil {
		e.Obj().Key("code").Int(http.StatusNotFound).Key("content").Str("Invalid endpoint specified.").End()
		return
	}
	e.Obj().Key("code").Int(int64(w.status))
	if w.body.Len() > 0 {
		e.Key("content").RawBytes(w.body.Bytes())
	}
	e.End()
	w.HoldAnswer(-int64(w.body.Len()))
	w.body = bytes.Buffer{}
}

// partRequest is the part as a request of its own, with the keys of the batch.
func partRequest(c *call, p part, bounds *batchBounds) (*http.Request, error) {
	ctx := context.WithValue(c.req.Context(), inBatch{}, bounds)
	r, err := http.NewRequestWithContext(ctx, p.method, p.target, bytes.NewReader(p.body))
	if err != nil {
		return nil, err
	}
	r.Host, r.RemoteAddr, r.TLS, r.URL.Scheme = c.req.Host, c.req.RemoteAddr, c.req.TLS, c.req.URL.Scheme
	if len(p.body) > 0 {
		r.Header.Set("Content-Type", "application/json")
	}
	r.Header.Set("X-Api-Key", c.keyGiven())
	r.Header.Set("X-User-Key", c.userKeyGiven())
	return r, nil
}

// partWriter keeps the answer to a part. The answers to all parts are held, and bounded,
// as one.
type partWriter struct {
	header   http.Header
	status   int
	body     bytes.Buffer
	outer    http.ResponseWriter
	tooLarge bool // the answer did not fit
}

// Header implements [http.ResponseWriter].
func (w *partWriter) Header() http.Header { return w.header }

// WriteHeader implements [http.ResponseWriter].
func (w *partWriter) WriteHeader(status int) { w.status = status }

// Write implements [http.ResponseWriter].
func (w *partWriter) Write(p []byte) (int, error) {
	w.HoldAnswer(int64(len(p)))
	return w.body.Write(p)
}

// BeginAnswer implements [dialects.AnswerBuilder].
func (w *partWriter) BeginAnswer() error { return dialects.BeginAnswer(w.outer) }

// PauseAnswer implements [dialects.AnswerBuilder].
func (w *partWriter) PauseAnswer() bool {
	b, ok := w.outer.(dialects.AnswerBuilder)
	return ok && b.PauseAnswer()
}

// HoldAnswer implements [dialects.AnswerBuilder].
func (w *partWriter) HoldAnswer(n int64) { dialects.HoldAnswer(w.outer, n) }

// AnswerFits implements [dialects.AnswerBuilder].
func (w *partWriter) AnswerFits(n int64) bool {
	fits := dialects.AnswerFits(w.outer, n)
	w.tooLarge = w.tooLarge || !fits
	return fits
}

func readBatch(c *call) ([]part, error) {
	in, err := c.bodyObject()
	if err != nil {
		return nil, err
	}
	list, ok := in.Get("requests")
	if text, isText := list.Str(); isText && c.body.form {
		list, _ = schema.ParseJSON([]byte(text), c.d.cfg.Body)
	}
	switch {
	case !ok:
		return nil, fieldError("requests", msgRequired)
	case list.Kind() != wire.KindArray:
		return nil, notList("requests", list)
	case list.Len() > maxBatch:
		return nil, detailError(http.StatusBadRequest, "Max requests per batch exceeded (50).")
	}
	return readParts(c, list)
}

func notList(field string, v wire.Value) error {
	p, inner := &problems{}, &problems{}
	inner.add("non_field_errors", "Expected a list of items but got type \""+pystyle.TypeName(v)+"\".")
	p.nest(field, inner)
	return p
}

// readParts reads all parts; if one is wrong, the answer says what, with an
// empty object for each good one.
func readParts(c *call, list wire.Value) ([]part, error) {
	var parts []part
	faults := &listProblems{field: "requests"}
	for _, item := range list.Items() {
		p := &problems{}
		parts = append(parts, readPart(c, item, p))
		faults.items = append(faults.items, p)
	}
	return parts, faults.err()
}

func readPart(c *call, in wire.Value, p *problems) (out part) {
	if in.Kind() != wire.KindObject {
		p.add("non_field_errors", notDictionary(in))
		return out
	}
	out.method = readMethod(in, p)
	path, ok := c.text(in, "path", textRule{required: true, max: noLimit}, p).Get()
	if ok {
		out.target = readTarget(c, path, p)
	}
	body, ok := in.Get("body")
	if text, isText := body.Str(); isText {
		body, _ = schema.ParseJSON([]byte(text), c.d.cfg.Body)
	}
	if !ok || out.method == http.MethodGet || out.method == http.MethodDelete {
		return out
	}
	if body.Kind() != wire.KindObject {
		p.add("body", schema.MsgNotObject)
		return out
	}
	checkPartBody(body, p)
	out.body = body.JSON()
	return out
}

func checkPartBody(body wire.Value, p *problems) {
	if body.Len() > 32 {
		p.add("body", "Too many keys defined (exceeds 32).")
	}
	for _, m := range body.Members() {
		if utf8.RuneCountInString(m.Name) > 64 {
			p.add("body", "Key is too long, maximum length is 64.")
			return
		}
	}
}

func readMethod(in wire.Value, p *problems) string {
	v, ok := in.Get("method")
	if !ok {
		p.add("method", msgRequired)
		return ""
	}
	switch method := v.Text(); method {
	case http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete:
		return method
	}
	if v.IsNull() {
		p.add("method", msgNull)
		return ""
	}
	p.add("method", notChoice(schema.ChoiceText(v)))
	return ""
}

// readTarget checks that a part stays within the instance and version of the
// batch, and puts its path into lower case.
func readTarget(c *call, path string, p *problems) string {
	path, query, hasQuery := strings.Cut(path, "?")
	path = strings.ToLower(strings.TrimPrefix(path, c.enc.mount))
	u, err := url.Parse(path)
	switch {
	case err != nil || u.Path != path || !strings.HasSuffix(path, "/"):
		p.add("path", "Invalid path specified.")
	case !strings.HasPrefix(c.enc.mount+path, string(c.enc.prefix)):
		p.add("path", "Path needs to point to an endpoint within current instance and API version.")
	}
	if hasQuery {
		path += "?" + query
	}
	return path
}

// listProblems are the faults of the items of a list, one entry each.
type listProblems struct {
	field string
	items []*problems
}

// Error is for the log.
func (l *listProblems) Error() string { return "400 " + l.field }

func (l *listProblems) err() error {
	for _, p := range l.items {
		if p.err() != nil {
			return l
		}
	}
	return nil
}

func (l *listProblems) write(o *wire.Enc) {
	o.Obj().Key(l.field).Arr()
	for _, p := range l.items {
		p.write(o)
	}
	o.End().End()
}
