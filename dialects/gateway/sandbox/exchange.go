package sandbox

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"time"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects"
	"github.com/dragoman-gateway/dragoman/dialects/gateway"
	"github.com/dragoman-gateway/dragoman/dialects/internal/redact"
)

// maxKept bounds what the journal keeps of a body, in bytes; of a longer one it has the
// length alone.
const maxKept = 64 << 10

// exchange is a request on its way through a sandbox. It is the dialect's
// ResponseWriter.
type exchange struct {
	http.ResponseWriter
	sandbox *Sandbox
	gateway *gateway.Gateway
	request *http.Request
	dialect dialects.Dialect
	began   time.Time
	entry   *Entry
	sent    *teeBody
	answer  bytes.Buffer
	cut     bool          // the answer is longer than what is kept
	slow    *Fault        // sends the answer slowly
	delay   time.Duration // of the fault that happens
	done    bool          // a fault has answered
}

// teeBody keeps what is read of a body, up to a bound.
type teeBody struct {
	io.ReadCloser
	kept bytes.Buffer
	cut  bool
}

// Read implements io.Reader.
func (t *teeBody) Read(p []byte) (int, error) {
	n, err := t.ReadCloser.Read(p)
	t.cut = t.cut || t.kept.Len()+n > maxKept
	if !t.cut {
		t.kept.Write(p[:n])
	}
	return n, err
}

// Release passes on what the edge counts.
func (t *teeBody) Release(n int64) {
	if body, ok := t.ReadCloser.(interface{ Release(n int64) }); ok {
		body.Release(n)
	}
}

func newExchange(s *Sandbox, g *gateway.Gateway, w http.ResponseWriter, r *http.Request) *exchange {
	x := &exchange{ResponseWriter: w, sandbox: s, gateway: g, request: r, began: time.Now()}
	x.dialect = g.Dialects().For(r.URL.Path)
	x.entry = &Entry{
		At: s.clock.Now().UTC(), Dialect: x.dialect.Name(), Caller: redact.Caller(r), Method: r.Method,
		Path: redact.Path(r.URL.Path), Query: redact.Query(r.URL.RawQuery), Type: redact.Header("Content-Type", r.Header.Get("Content-Type")),
	}
	if r.Body != nil && r.Body != http.NoBody {
		x.sent = &teeBody{ReadCloser: r.Body}
		r = r.WithContext(r.Context())
		r.Body = x.sent
		x.request = r
	}
	return x
}

// serve answers the request and notes it in the journal.
func (x *exchange) serve() {
	defer func() {
		v := recover()
		x.note()
		if v != nil && !x.done {
			panic(v)
		}
	}()
	x.gateway.Handler().ServeHTTP(x, x.request)
}

// note adds the entry to the journal.
func (x *exchange) note() {
	e := x.entry
	e.DurationMS = float64(time.Since(x.began).Microseconds()) / 1000
	if x.sent != nil {
		e.Request = redact.Body(x.request.Header.Get("Content-Type"), x.sent.kept.Bytes(), x.sent.cut)
	}
	kind := x.Header().Get("Content-Type")
	e.AnswerType, e.Answer = redact.Header("Content-Type", kind), redact.Body(kind, x.answer.Bytes(), x.cut)
	if x.sandbox.strict {
		e.Warnings = x.warnings()
	}
	x.sandbox.journal.add(e)
}

// WriteHeader implements http.ResponseWriter.
func (x *exchange) WriteHeader(status int) {
	if x.entry.Status == 0 && status >= http.StatusOK {
		x.entry.Status = status
	}
	x.ResponseWriter.WriteHeader(status)
}

// Write implements io.Writer.
func (x *exchange) Write(p []byte) (int, error) {
	if x.entry.Status == 0 {
		x.entry.Status = http.StatusOK
	}
	x.cut = x.cut || x.answer.Len()+len(p) > maxKept
	if !x.cut {
		x.answer.Write(p)
	}
	if x.slow == nil {
		return x.ResponseWriter.Write(p)
	}
	return x.writeSlowly(p)
}

// slowPieces is in how many pieces a slow body is sent.
const slowPieces = 10

func (x *exchange) writeSlowly(p []byte) (n int, err error) {
	size := max(1, len(p)/slowPieces)
	for n < len(p) && err == nil {
		piece := p[n:min(n+size, len(p))]
		time.Sleep(time.Duration(x.slow.SlowBody) / slowPieces)
		var wrote int
		wrote, err = x.ResponseWriter.Write(piece)
		n += wrote
		_ = http.NewResponseController(x.ResponseWriter).Flush()
	}
	return n, err
}

// Unwrap lets http.ResponseController reach the connection.
func (x *exchange) Unwrap() http.ResponseWriter { return x.ResponseWriter }

// NoteError implements dialects.Annotator.
func (x *exchange) NoteError(err error) {
	e := core.AsError(err)
	if e == nil {
		return
	}
	for _, f := range e.Faults {
		x.entry.Refused = append(x.entry.Refused, Refusal{string(f.Field), f.Rule.String(), f.Limit})
	}
	if len(e.Faults) == 0 && !errors.Is(err, core.ErrBusy) {
		x.entry.Refused = append(x.entry.Refused, Refusal{Rule: (&core.Error{Kind: e.Kind}).Error()})
	}
}

// NoteOperation implements dialects.Annotator. A dialect calls it before it does
// anything, so that a fault can come in between.
func (x *exchange) NoteOperation(name string) {
	if x.entry.Operation != "" {
		return
	}
	x.entry.Operation = name
	if f := x.sandbox.faults.choose(x, name); f != nil {
		x.entry.Fault = f.ID
		x.inject(f)
	}
}

// inject makes the fault happen. Where it answers the request, the dialect is left by
// a panic that the edge lets through.
func (x *exchange) inject(f *Fault) {
	if x.delay > 0 {
		select {
		case <-time.After(x.delay):
		case <-x.request.Context().Done():
		}
	}
	if x.sent != nil && (f.Cut || f.Status != 0) {
		_, _ = io.CopyN(io.Discard, x.sent, maxKept+1) // for the journal; the dialect reads nothing of it
	}
	if f.SlowBody > 0 {
		x.slow = f
	}
	switch {
	case f.Cut:
		panic(http.ErrAbortHandler)
	case f.stale != nil:
		f.stale.Handler().ServeHTTP(quiet{x}, x.request)
	case f.Status != 0:
		f.answer(x)
	default:
		return
	}
	x.done = true
	panic(http.ErrAbortHandler)
}

// quiet is an exchange whose notes are made already.
type quiet struct{ http.ResponseWriter }
