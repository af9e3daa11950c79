package econtext

import (
	"errors"
	"math"
	"net/http"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects"
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

// failure is an error answer in the vendor's words.
type failure struct {
	status      int
	title, text string
	retryAfter  time.Duration // 0: not said
	cause       error         // for the log only
}

// Error is for the log.
func (f *failure) Error() string {
	text := strconv.Itoa(f.status) + " " + f.title + ": " + f.text
	if f.cause != nil {
		text += ": " + f.cause.Error()
	}
	return text
}

// Unwrap returns the cause.
func (f *failure) Unwrap() error { return f.cause }

// fail answers with the words for err.
func (c *call) fail(err error) error {
	f := c.d.failureOf(err)
	switch {
	case f.status == http.StatusInternalServerError && f.text != textInternal:
		dialects.NoteError(c.Response().Writer, dialects.ErrAsOriginal)
	case f.cause != nil:
		dialects.NoteError(c.Response().Writer, f.cause)
	}
	return c.d.writeFailure(c.Response(), f, c.elapsed())
}

// failureOf finds the words for err. An unknown error is a 500 that tells the client nothing.
func (d *Dialect) failureOf(err error) *failure {
	var f *failure
	switch e := core.AsError(err); {
	case errors.As(err, &f):
		return f
	case e != nil:
		f = d.coreFailure(e)
	case errors.Is(err, wire.ErrTooLarge):
		f = refusal(http.StatusRequestEntityTooLarge)
	case errors.Is(err, wire.ErrTooDeep), errors.Is(err, wire.ErrTooMany):
		f = plain(http.StatusRequestEntityTooLarge, textTooDeep)
	case errors.Is(err, wire.ErrTooSlow):
		f = plain(http.StatusRequestTimeout, textBodyTooSlow)
	case errors.Is(err, wire.ErrCutOff):
		f = refusal(http.StatusBadRequest)
	case errors.Is(err, echo.ErrMethodNotAllowed):
		f = badRequest(textInvalidMethod)
	default:
		f = crash(textInternal)
	}
	f.cause = err
	return f
}

// coreFailure has an answer for each kind of the core's errors.
func (d *Dialect) coreFailure(e *core.Error) *failure {
	switch e.Kind {
	case core.Invalid, core.Conflict:
		if len(e.Faults) > 0 {
			return d.faultFailure(e.Subject, e.Faults[0])
		}
		return conflict(textConflict)
	case core.NotFound:
		n := nounOf(e.Subject)
		return invalid(n.param, n.word+" not found")
	case core.Unauthenticated:
		return unauthorized()
	case core.Forbidden:
		return plain(http.StatusForbidden, textForbidden)
	case core.Stale:
		return conflict(textStale)
	case core.Busy:
		f := refusal(http.StatusServiceUnavailable)
		f.retryAfter = time.Second
		return f
	}
	return crash(textInternal)
}

// writeFailure is the only renderer of errors. See REFERENCE.md, "Errors".
func (d *Dialect) writeFailure(w http.ResponseWriter, f *failure, elapsed float64) error {
	e := wire.NewEnc(wire.Python())
	defer e.Release()
	h := w.Header()
	if f.retryAfter > 0 {
		h.Set("Retry-After", strconv.Itoa(int(math.Ceil(f.retryAfter.Seconds()))))
	}
	switch f.status {
	case http.StatusUnauthorized: // outside the envelope: the vendor's server finds it before it knows a route
		h["Www-Authenticate"] = []string{`Basic realm="eContext Authentication"`}
		e.Obj().RawKey("error").Obj().RawKey("description").Str(f.text).RawKey("title").Str(f.title).End().End()
		return send(w, f.status, e.Bytes())
	case http.StatusBadRequest:
		h.Del("Allow") // set by the router for an unknown method
	}
	e.Obj().RawKey("econtext").Obj()
	for _, key := range d.version.failure {
		e.RawKey(key)
		switch key {
		case "status":
			e.Str(statusText(f.status))
		case "error":
			e.Str(f.title)
		case "errorcode":
			e.Str(strconv.Itoa(f.status))
		case "traceback":
			e.Str(f.text)
		case "elapsed":
			e.Float(elapsed)
		case "result":
			e.Obj().End()
		}
	}
	e.End().End()
	return send(w, f.status, e.Bytes())
}

// statusText is the full status line as the vendor's envelope shows it.
func statusText(status int) string {
	return strconv.Itoa(status) + " " + http.StatusText(status)
}

// Fail implements [dialects.Failer].
func (d *Dialect) Fail(w http.ResponseWriter, _ *http.Request, err error) {
	dialects.NoteError(w, err)
	_ = d.writeFailure(w, d.failureOf(err), 0) // the client may be gone
}
