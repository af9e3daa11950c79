package onapp

import (
	"errors"
	"math"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects"
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

// errFormat reports that the client asked for a format that is not offered.
var errFormat = errors.New("format not offered")

// errLimited reports that the realm may not make more requests now.
type errLimited struct{ retryAfter time.Duration }

func (*errLimited) Error() string { return "too many requests" }

// authError is why a request is not authenticated. See REFERENCE.md, "Failed logins and locking".
type authError struct {
	kind authErrorKind
	// left is how many attempts are left, of almostLocked.
	left int
	// email is the address that the message shows masked, of locked.
	email string
	// cause is for the log.
	cause error
}

// Unwrap returns the cause.
func (e *authError) Unwrap() error { return e.cause }

type authErrorKind uint8

const (
	noCredentials  authErrorKind = iota // no Authorization header
	badCredentials                      // unknown login or wrong password
	almostLocked                        // the same, with a warning
	locked                              // too many wrong passwords
	accessDenied                        // suspended, deleted, or not on the white list
)

// Error is for the log.
func (e *authError) Error() string {
	return [...]string{"no credentials", "bad credentials", "bad credentials, almost locked", "account locked", "access denied"}[e.kind]
}

// fail answers err: the one place where a failure gets its status. An unknown error is a 500, whose
// cause only the log has. See REFERENCE.md, "Status codes and error bodies".
func (d *Dialect) fail(w http.ResponseWriter, r *http.Request, f format, err error) {
	dialects.NoteError(w, err)
	var (
		auth    *authError
		body    *errBody
		limited *errLimited
		noRoute *echo.HTTPError
	)
	switch {
	case core.KindOf(err) == core.Busy: // also while a body is read
		d.failCore(w, r, f, core.ErrBusy)
	case errors.As(err, &auth):
		d.failAuth(w, r, f, auth)
	case errors.As(err, &body), errors.Is(err, wire.ErrTooDeep), errors.Is(err, wire.ErrTooMany), errors.Is(err, wire.ErrCutOff):
		d.failStatus(w, f, http.StatusBadRequest)
	case errors.Is(err, wire.ErrTooSlow):
		d.failStatus(w, f, http.StatusRequestTimeout)
	case errors.Is(err, wire.ErrTooLarge):
		d.failStatus(w, f, http.StatusRequestEntityTooLarge)
	case errors.As(err, &limited):
		setRetryAfter(w, limited.retryAfter)
		d.failStatus(w, f, http.StatusTooManyRequests)
	case errors.Is(err, errFormat):
		writeEmpty(w, http.StatusNotAcceptable)
	case errors.As(err, &noRoute): // there is no 405: see REFERENCE.md, "URL and format"
		d.failCore(w, r, f, core.ErrNotFound)
	default:
		e := core.AsError(err)
		if e == nil {
			e = &core.Error{Kind: core.Internal, Err: err}
		}
		d.failCore(w, r, f, e)
	}
}

// failCore answers by the kind of the core's error.
func (d *Dialect) failCore(w http.ResponseWriter, r *http.Request, f format, e *core.Error) {
	switch e.Kind {
	case core.Invalid, core.Conflict:
		d.failFaults(w, f, e.Faults)
	case core.Stale:
		d.failFaults(w, f, []core.Fault{baseFault(messageStale)})
	case core.NotFound:
		d.failList(w, f, http.StatusNotFound, d.notFoundMessage(e.Subject))
	case core.Unauthenticated:
		d.failAuth(w, r, f, &authError{kind: badCredentials})
	case core.Forbidden:
		d.failForbidden(w, f)
	case core.Busy:
		setRetryAfter(w, time.Second)
		d.failStatus(w, f, http.StatusServiceUnavailable)
	default:
		d.failStatus(w, f, http.StatusInternalServerError)
	}
}

// failFaults answers 422: in JSON by attribute, in XML as sentences.
func (d *Dialect) failFaults(w http.ResponseWriter, f format, faults []core.Fault) {
	if len(faults) == 0 {
		faults = []core.Fault{{Field: fieldBase, Rule: core.Malformed}}
	}
	e := d.newStream(f)
	defer e.Release()
	if f == formatXML {
		e.Root("errors")
		for _, fault := range faults {
			e.Str("error", sentence(fault))
		}
	} else {
		e.Hash()
		e.Object("errors")
		var shown []string
		for _, fault := range faults {
			attribute := attributeOf(fault.Field)
			if slices.Contains(shown, attribute) {
				continue
			}
			shown = append(shown, attribute)
			e.Array(attribute, "", false)
			for _, other := range faults {
				if attributeOf(other.Field) == attribute {
					e.ItemStr(message(other))
				}
			}
			e.End()
		}
		e.End()
	}
	e.End()
	writeError(w, http.StatusUnprocessableEntity, e)
}

// failList answers {"errors":["..."]}.
func (d *Dialect) failList(w http.ResponseWriter, f format, status int, text string) {
	e := d.newStream(f)
	defer e.Release()
	if f == formatXML {
		e.Root("errors")
		e.Str("error", text)
	} else {
		e.Hash()
		e.Array("errors", "", false)
		e.ItemStr(text)
		e.End()
	}
	e.End()
	writeError(w, status, e)
}

// failForbidden answers 403, whose key is "error" in JSON.
func (d *Dialect) failForbidden(w http.ResponseWriter, f format) {
	if f == formatXML {
		d.failList(w, f, http.StatusForbidden, messageForbidden)
		return
	}
	e := d.newStream(f)
	defer e.Release()
	e.Hash()
	e.Str("error", messageForbidden)
	e.End()
	writeError(w, http.StatusForbidden, e)
}

// failAuth answers 401. A script gets no challenge, so that its browser does not ask for a password.
// See REFERENCE.md, "Status codes and error bodies".
func (d *Dialect) failAuth(w http.ResponseWriter, r *http.Request, f format, why *authError) {
	if r.Header.Get("X-Requested-With") != "XMLHttpRequest" {
		w.Header()["Www-Authenticate"] = []string{challenge}
	}
	if why.kind == accessDenied {
		w.Header()["Cache-Control"] = valueNoCache
		w.Header()["Content-Type"] = []string{"text/plain; charset=utf-8"}
		w.WriteHeader(http.StatusUnauthorized)
		_, _ = w.Write([]byte(messageDenied)) // a client that went away needs no answer
		return
	}
	if f == formatXML {
		d.failList(w, f, http.StatusUnauthorized, authMessage(why))
		return
	}
	e := d.newStream(f)
	defer e.Release()
	e.Hash()
	e.Object("errors")
	e.Array("base", "", false)
	e.ItemStr(authMessage(why))
	e.End()
	e.End()
	e.End()
	writeError(w, http.StatusUnauthorized, e)
}

// failStatus answers as Rails does for a failure outside the application.
func (d *Dialect) failStatus(w http.ResponseWriter, f format, status int) {
	e := d.newStream(f)
	defer e.Release()
	e.Hash()
	e.Str("status", strconv.Itoa(status))
	e.Str("error", http.StatusText(status))
	e.End()
	writeError(w, status, e)
}

// writeError sends the document of a failure.
func writeError(w http.ResponseWriter, status int, e stream) {
	header, body := w.Header(), e.Bytes()
	header["Cache-Control"] = valueNoCache
	header["Content-Type"] = []string{e.ContentType()}
	header["Content-Length"] = []string{strconv.Itoa(len(body))}
	w.WriteHeader(status)
	_, _ = w.Write(body) // a client that went away needs no answer
}

func setRetryAfter(w http.ResponseWriter, after time.Duration) {
	seconds := max(1, int(math.Ceil(after.Seconds())))
	w.Header().Set("Retry-After", strconv.Itoa(seconds))
}

// Fail implements [dialects.Failer].
func (d *Dialect) Fail(w http.ResponseWriter, r *http.Request, err error) {
	_, f := splitPath(r)
	d.fail(w, r, f, err)
}
