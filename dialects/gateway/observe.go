package gateway

import (
	"io"
	"net/http"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/console"
	"github.com/dragoman-gateway/dragoman/dialects/gateway/edge"
	"github.com/dragoman-gateway/dragoman/dialects/internal/redact"
)

// maxObserved bounds what is remembered of a body, in bytes; of a longer one the length.
const maxObserved = 8 << 10

// observation is a request that the console will show.
type observation struct {
	live    *console.Live
	trace   *core.Trace
	request *http.Request // as the client sent it
	sent    *sentBody     // or nil
	answer  kept
}

// kept is the beginning of a body.
type kept struct {
	text []byte
	n    int64 // bytes of the whole
}

func (k *kept) add(p []byte) {
	if k.n += int64(len(p)); k.n <= maxObserved {
		k.text = append(k.text, p...)
	}
}

// shown is the body without its secrets.
func (k *kept) shown(contentType string) redact.Text {
	if k.n > maxObserved {
		return redact.Length(contentType, k.n)
	}
	return redact.Body(contentType, k.text, false)
}

// sentBody keeps what is read of it.
type sentBody struct {
	io.ReadCloser
	kept
}

// Read implements io.Reader.
func (b *sentBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	b.add(p[:n])
	return n, err
}

func observe(live *console.Live, r *http.Request) (*http.Request, edge.Observer) {
	ctx, trace := core.WithTrace(r.Context())
	o := &observation{live: live, trace: trace, request: r}
	r = r.WithContext(ctx)
	if r.Body != nil && r.Body != http.NoBody {
		o.sent = &sentBody{ReadCloser: r.Body}
		r.Body = o.sent
	}
	return r, o
}

// Wrote implements edge.Observer.
func (o *observation) Wrote(p []byte) { o.answer.add(p) }

// Ended implements edge.Observer.
func (o *observation) Ended(s edge.Seen) {
	e := entryOf(s, o.trace)
	r := o.request
	e.Caller, e.Path, e.Query = redact.Caller(r), redact.Path(r.URL.Path), redact.Query(r.URL.RawQuery)
	kind := r.Header.Get("Content-Type")
	e.RequestType, e.AnswerType = redact.Header("Content-Type", kind), redact.Header("Content-Type", s.AnswerType)
	if o.sent != nil {
		e.Request = o.sent.shown(kind)
	}
	e.Answer = o.answer.shown(s.AnswerType)
	o.live.Note(e)
}

// entryOf is a request as the console shows it.
func entryOf(s edge.Seen, t *core.Trace) console.Entry {
	e := console.Entry{
		Time: s.Start, Dialect: s.Dialect, Operation: s.Operation, Method: s.Method, Status: s.Status, Took: s.Took, Bytes: s.Bytes,
		RequestID: s.RequestID, Remote: s.Remote,
	}
	if realm, id, ok := t.User(); ok {
		e.Realm, e.User = string(realm), id
	}
	if s.Status < http.StatusBadRequest {
		return e
	}
	if e.Why = t.Login(); e.Why != "" {
		return e
	}
	if cause := core.AsError(s.Err); cause != nil {
		e.Why = cause.Summary() // the whole text may repeat what the client sent
	} else {
		e.Why = http.StatusText(s.Status)
	}
	return e
}
