package onapp

import (
	"errors"
	"math"
	"net/http"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/labstack/echo/v4"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects"
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

// errRoute says that no route has this path and method. There is no 405. source: vendor reference, URL and format.
var errRoute = &core.Error{Kind: core.NotFound, Subject: "route"}

// errFormat says that the client asked for a form that is not offered.
var errFormat = errors.New("format not offered")

// errLimited says that the realm may not make more requests now.
type errLimited struct{ retryAfter time.Duration }

func (*errLimited) Error() string { return "too many requests" }

// fail answers err: the one place where a failure gets its status. What it does not know is a 500, whose cause goes
// to the log alone.
func (d *Dialect) fail(w http.ResponseWriter, f format, err error) {
	dialects.NoteError(w, err)
	var (
		denied  *denial
		body    *errBody
		limited *errLimited
		route   *echo.HTTPError
	)
	switch {
	case errors.As(err, &denied):
		d.failDenied(w, f, denied)
	case errors.As(err, &body), errors.Is(err, wire.ErrTooDeep), errors.Is(err, wire.ErrTooMany), errors.Is(err, wire.ErrCutOff):
		d.failStatus(w, f, http.StatusBadRequest)
	case errors.Is(err, wire.ErrTooSlow):
		d.failStatus(w, f, http.StatusRequestTimeout)
	case errors.Is(err, wire.ErrTooLarge):
		d.failStatus(w, f, http.StatusRequestEntityTooLarge)
	case errors.As(err, &limited):
		retryAfter(w, limited.retryAfter)
		d.failStatus(w, f, http.StatusTooManyRequests)
	case errors.Is(err, errFormat):
		d.writeEmpty(w, http.StatusNotAcceptable)
	case errors.As(err, &route):
		d.failCore(w, f, errRoute)
	default:
		d.failKind(w, f, err)
	}
}

// failKind answers by the core's kind of failure.
func (d *Dialect) failKind(w http.ResponseWriter, f format, err error) {
	e := core.AsError(err)
	if e == nil {
		e = &core.Error{Kind: core.Internal, Err: err}
	}
	d.failCore(w, f, e)
}

func (d *Dialect) failCore(w http.ResponseWriter, f format, e *core.Error) {
	switch e.Kind {
	case core.Invalid, core.Conflict:
		d.failFaults(w, f, e.Faults)
	case core.Stale:
		d.failFaults(w, f, []core.Fault{{Field: fieldBase, Value: baseStale}})
	case core.NotFound:
		d.failList(w, f, http.StatusNotFound, d.missing(e.Subject))
	case core.Unauthenticated:
		d.failDenied(w, f, &denial{kind: badCredentials})
	case core.Forbidden:
		d.failForbidden(w, f)
	case core.Busy:
		retryAfter(w, time.Second)
		d.failStatus(w, f, http.StatusServiceUnavailable)
	default:
		d.failStatus(w, f, http.StatusInternalServerError)
	}
}

// failFaults answers 422: JSON by attribute, XML as sentences.
func (d *Dialect) failFaults(w http.ResponseWriter, f format, faults []core.Fault) {
	if len(faults) == 0 {
		faults = []core.Fault{{Field: fieldBase, Rule: core.Malformed}}
	}
	e := d.emitter(f)
	defer e.Release()
	if f == formatXML {
		e.Root("errors")
		for _, fault := range faults {
			e.Str("error", sentence(fault))
		}
	} else {
		e.Hash()
		e.Object("errors")
		for i, fault := range faults {
			if attribute := attributeOf(fault.Field); firstOf(faults, attribute) == i {
				e.Array(attribute, "", false)
				writeMessages(e.ItemStr, faults[i:], attribute)
				e.End()
			}
		}
		e.End()
	}
	e.End()
	d.writeError(w, http.StatusUnprocessableEntity, e)
}

func firstOf(faults []core.Fault, attribute string) int {
	for i, f := range faults {
		if attributeOf(f.Field) == attribute {
			return i
		}
	}
	return -1
}

func writeMessages(write func(string), faults []core.Fault, attribute string) {
	for _, f := range faults {
		if attributeOf(f.Field) == attribute {
			write(message(f))
		}
	}
}

// failList answers {"errors":["..."]}.
func (d *Dialect) failList(w http.ResponseWriter, f format, status int, text string) {
	e := d.emitter(f)
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
	d.writeError(w, status, e)
}

// failForbidden answers with the singular key that this one refusal has.
func (d *Dialect) failForbidden(w http.ResponseWriter, f format) {
	const text = "You do not have permissions for this action"
	if f == formatXML {
		d.failList(w, f, http.StatusForbidden, text)
		return
	}
	e := d.emitter(f)
	defer e.Release()
	e.Hash()
	e.Str("error", text)
	e.End()
	d.writeError(w, http.StatusForbidden, e)
}

// failDenied answers 401.
func (d *Dialect) failDenied(w http.ResponseWriter, f format, why *denial) {
	w.Header()["Www-Authenticate"] = []string{why.realm()}
	if why.kind == accessDenied {
		noCache(w)
		w.Header()["Content-Type"] = []string{"text/plain; charset=utf-8"}
		w.WriteHeader(http.StatusUnauthorized)
		_, _ = w.Write([]byte(deniedText)) // a client that went away needs no answer
		return
	}
	if f == formatXML {
		d.failList(w, f, http.StatusUnauthorized, why.message())
		return
	}
	e := d.emitter(f)
	defer e.Release()
	e.Hash()
	e.Object("errors")
	e.Array("base", "", false)
	e.ItemStr(why.message())
	e.End()
	e.End()
	e.End()
	d.writeError(w, http.StatusUnauthorized, e)
}

// failStatus answers as Rails does for what never reaches the application's own code.
func (d *Dialect) failStatus(w http.ResponseWriter, f format, status int) {
	e := d.emitter(f)
	defer e.Release()
	e.Hash()
	e.Str("status", strconv.Itoa(status))
	e.Str("error", http.StatusText(status))
	e.End()
	d.writeError(w, status, e)
}

func retryAfter(w http.ResponseWriter, after time.Duration) {
	seconds := max(1, int(math.Ceil(after.Seconds())))
	w.Header().Set("Retry-After", strconv.Itoa(seconds))
}

func firstRune(s string) (rune, int) { return utf8.DecodeRuneInString(s) }
