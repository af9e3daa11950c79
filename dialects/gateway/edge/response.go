package edge

import (
	"io"
	"net/http"
	"slices"
	"time"

	"github.com/dragoman-gateway/dragoman/dialects"
)

// writeStep is how many bytes of a response must be sent within one WriteTimeout.
// A timeout for the whole response would cut off a long list on a slow link; one
// for each step cuts off only clients that do not read.
const writeStep = 128 << 10

// response is the ResponseWriter that dialects see. It records what the log and
// the metrics need.
type response struct {
	http.ResponseWriter
	handler   *Handler
	dialect   dialects.Dialect
	callers   []string // for whom the request is counted
	start     time.Time
	timeout   time.Duration
	id        string
	operation string
	err       error
	status    int
	bytes     int64
	step      int
	observed  Observer // or nil
	asked     bool     // the dialect got the request
	turn      answerTurn
}

var (
	_ dialects.Annotator     = (*response)(nil)
	_ dialects.CallerCounter = (*response)(nil)
	_ http.Flusher           = (*response)(nil)
	_ io.StringWriter        = (*response)(nil)
)

// WriteHeader implements http.ResponseWriter.
func (r *response) WriteHeader(status int) {
	if r.status == 0 && status >= http.StatusOK {
		r.status = status
	}
	r.ResponseWriter.WriteHeader(status)
}

// Write implements io.Writer.
func (r *response) Write(p []byte) (n int, err error) {
	if r.turn.taken || len(p) > smallAnswer && r.turn.of != nil {
		return r.writeAside(p)
	}
	return r.write(p)
}

func (r *response) write(p []byte) (n int, err error) {
	if r.status == 0 {
		r.status = http.StatusOK
	}
	for len(p)-n > writeStep && err == nil {
		n, err = r.writeSome(n, p[n:n+writeStep])
	}
	if err != nil {
		return n, err
	}
	return r.writeSome(n, p[n:])
}

func (r *response) writeSome(before int, p []byte) (int, error) {
	if r.step += len(p); r.step >= writeStep && r.timeout > 0 {
		r.step = 0
		r.extendWrite()
	}
	n, err := r.ResponseWriter.Write(p)
	r.bytes += int64(n)
	if r.observed != nil {
		r.observed.Wrote(p[:n])
	}
	return before + n, err
}

// WriteString implements io.StringWriter.
func (r *response) WriteString(s string) (int, error) {
	if len(s) >= writeStep || r.observed != nil || r.turn.taken {
		return r.Write([]byte(s))
	}
	if r.status == 0 {
		r.status = http.StatusOK
	}
	n, err := io.WriteString(r.ResponseWriter, s)
	r.bytes += int64(n)
	return n, err
}

// Flush implements http.Flusher.
func (r *response) Flush() {
	// A writer that cannot flush does not buffer.
	_ = http.NewResponseController(r.ResponseWriter).Flush()
}

// Unwrap lets http.ResponseController reach the connection.
func (r *response) Unwrap() http.ResponseWriter { return r.ResponseWriter }

// NoteOperation implements dialects.Annotator.
func (r *response) NoteOperation(name string) {
	r.operation = name
	dialects.NoteOperation(r.ResponseWriter, name)
}

// NoteError implements dialects.Annotator.
func (r *response) NoteError(err error) {
	r.err = err
	dialects.NoteError(r.ResponseWriter, err)
}

// CountCaller implements dialects.CallerCounter.
func (r *response) CountCaller(caller string) (retryAfter time.Duration, ok bool) {
	if r.handler.callers.limit.Load() <= 0 || slices.Contains(r.callers, caller) {
		return 0, true
	}
	if !r.handler.callers.take(caller, 1) {
		r.handler.cfg.Metrics.busy.Inc()
		return retryAfterBusy, false
	}
	r.callers = append(r.callers, caller)
	return 0, true
}

func (r *response) operationName() string {
	if r.operation == "" {
		return "other"
	}
	return r.operation
}

// answered is the status that the client gets: net/http sends 200 for a handler
// that sets none.
func (r *response) answered() int {
	if r.status == 0 {
		return http.StatusOK
	}
	return r.status
}
