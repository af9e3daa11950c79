package scim

import (
	"errors"
	"math"
	"net/http"
	"strconv"
	"time"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects"
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
	"github.com/dragoman-gateway/dragoman/dialects/scim/internal/schema"
)

// failure is an error answer.
type failure struct {
	status     int
	scimType   string // of 400 and 409; "" for none
	detail     string
	retryAfter time.Duration // 0: not said
	challenge  string        // WWW-Authenticate, of 401
	allow      string        // of 405
	cause      error         // for the log only
}

// Error is for the log.
func (f *failure) Error() string {
	text := strconv.Itoa(f.status) + " " + f.scimType + ": " + f.detail
	if f.cause != nil {
		text += ": " + f.cause.Error()
	}
	return text
}

// Unwrap returns the cause.
func (f *failure) Unwrap() error { return f.cause }

// fail answers with the words for err.
func (c *call) fail(err error) {
	f := failureOf(err)
	if f.cause != nil {
		dialects.NoteError(c.w, f.cause)
	}
	c.writeFailure(f)
}

// failureOf finds the words for err. An unknown error is a 500 that says nothing of it.
func failureOf(err error) *failure {
	var f *failure
	var fault *schema.Fault
	switch e := core.AsError(err); {
	case errors.As(err, &f):
		return f
	case errors.As(err, &fault):
		return &failure{status: http.StatusBadRequest, scimType: fault.Type, detail: fault.Detail}
	case e != nil:
		f = coreFailure(e)
	case errors.Is(err, wire.ErrTooLarge):
		f = refusal(http.StatusRequestEntityTooLarge)
	case errors.Is(err, wire.ErrTooDeep), errors.Is(err, wire.ErrTooMany):
		f = bad(schema.InvalidSyntax, textTooDeep)
	case errors.Is(err, wire.ErrTooSlow):
		f = refusal(http.StatusRequestTimeout)
	case errors.Is(err, wire.ErrCutOff):
		f = refusal(http.StatusBadRequest)
	default:
		f = refusal(http.StatusInternalServerError)
	}
	f.cause = err
	return f
}

// coreFailure has an answer for each kind of the core's errors.
func coreFailure(e *core.Error) *failure {
	switch e.Kind {
	case core.Invalid, core.Conflict:
		if len(e.Faults) > 0 {
			return faultFailure(e.Subject, e.Faults[0])
		}
		return &failure{status: http.StatusConflict, detail: textConflict}
	case core.NotFound:
		return notFound()
	case core.Unauthenticated:
		return unauthorized(true)
	case core.Forbidden:
		return &failure{status: http.StatusForbidden, detail: textForbidden}
	case core.Stale:
		return &failure{status: http.StatusConflict, detail: textStale}
	case core.Busy:
		f := refusal(http.StatusServiceUnavailable)
		f.retryAfter = time.Second
		return f
	}
	return refusal(http.StatusInternalServerError)
}

func bad(scimType, detail string) *failure {
	return &failure{status: http.StatusBadRequest, scimType: scimType, detail: detail}
}

func notFound() *failure { return &failure{status: http.StatusNotFound, detail: textNotFound} }

// unauthorized asks for a token, or for another one.
func unauthorized(hasToken bool) *failure {
	f := &failure{status: http.StatusUnauthorized, detail: textNoToken, challenge: `Bearer realm="scim"`}
	if hasToken {
		f.detail = textUnknownToken
		f.challenge += `, error="invalid_token"`
	}
	return f
}

// writeFailure is the only renderer of errors.
func (c *call) writeFailure(f *failure) {
	h := c.w.Header()
	if f.retryAfter > 0 {
		h.Set("Retry-After", strconv.Itoa(int(math.Ceil(f.retryAfter.Seconds()))))
	}
	if f.challenge != "" {
		h.Set("WWW-Authenticate", f.challenge)
	}
	if f.allow != "" {
		h.Set("Allow", f.allow)
	}
	e := wire.NewEnc(wire.Compact())
	defer e.Release()
	f.encode(e)
	c.send(f.status, e.Bytes())
}

func (f *failure) encode(e *wire.Enc) {
	e.Obj().RawKey("schemas").Arr().Str("urn:ietf:params:scim:api:messages:2.0:Error").End()
	if f.scimType != "" {
		e.RawKey("scimType").Str(f.scimType)
	}
	e.RawKey("detail").Str(f.detail).RawKey("status").Str(strconv.Itoa(f.status)).End()
}

// Fail implements [dialects.Failer].
func (d *Dialect) Fail(w http.ResponseWriter, r *http.Request, err error) {
	dialects.NoteError(w, err)
	(&call{d: d, w: w, r: r, method: r.Method}).writeFailure(failureOf(err))
}
