package syncano

import (
	"bytes"
	"context"
	"net/http"
	"time"
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

// inBatch is the context's key, in the requests that a batch makes, for when
// their scans have to end. No batch is in another.
type inBatch struct{}

// batchQueries is how many scans of full length all parts of a batch may make.
const batchQueries = 5

// runBatch carries out the parts one after the other, with the keys of the
// batch, each in a transaction of its own, and answers with all their answers.
func runBatch(c *call) (reply, error) {
	if c.req.Context().Value(inBatch{}) != nil {
		return reply{}, errNotFound
	}
	parts, err := c.readBatch()
	if err != nil {
		return reply{}, err
	}
	end := time.Now().Add(batchQueries * c.d.cfg.QueryTime)
	responses := make([]*partWriter, len(parts))
	for i, p := range parts {
		if err := c.req.Context().Err(); err != nil {
			return reply{}, err
		}
		responses[i] = c.runPart(p, end)
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
func (c *call) runPart(p part, end time.Time) *partWriter {
	request, err := c.partRequest(p, end)
	if err != nil {
		return nil
	}
	w := &partWriter{header: http.Header{}}
	c.d.ServeHTTP(w, request)
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
}

// partRequest is the part as a request of its own, with the keys of the batch.
func (c *call) partRequest(p part, end time.Time) (*http.Request, error) {
	ctx := context.WithValue(c.req.Context(), inBatch{}, end)
	r, err := http.NewRequestWithContext(ctx, p.method, p.target, bytes.NewReader(p.body))
	if err != nil {
		return nil, err
	}
	r.Host, r.RemoteAddr, r.TLS = c.req.Host, c.req.RemoteAddr, c.req.TLS
	if len(p.body) > 0 {
		r.Header.Set("Content-Type", "application/json")
	}
	r.Header.Set("X-Api-Key", c.keyGiven())
	r.Header.Set("X-User-Key", c.userKeyGiven())
	return r, nil
}

// partWriter keeps the answer to a part.
type partWriter struct {
	header http.Header
	status int
	body   bytes.Buffer
}

// Header implements [http.ResponseWriter].
func (w *partWriter) Header() http.Header { return w.header }

// WriteHeader implements [http.ResponseWriter].
func (w *partWriter) WriteHeader(status int) { w.status = status }

// Write implements [http.ResponseWriter].
func (w *partWriter) Write(p []byte) (int, error) { return w.body.Write(p) }
