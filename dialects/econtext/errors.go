package econtext

import (
	"errors"
	"net/http"
	"strconv"

	"github.com/labstack/echo/v4"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

// failure is an answer that is no success, in the vendor's words.
type failure struct {
	status      int
	title, text string
	cause       error // for the log alone
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

// invalid is the vendor's answer to a value it does not take, and to an unknown id in the path.
func invalid(param, msg string) *failure {
	return &failure{
		status: http.StatusBadRequest, title: "Invalid parameter",
		text: `The "` + param + `" parameter is invalid. ` + msg,
	}
}

// missing is the vendor's answer to the lack of a required field.
func missing(param string) *failure {
	return &failure{
		status: http.StatusBadRequest, title: "Missing parameter",
		text: `The "` + param + `" parameter is required.`,
	}
}

// conflict is the vendor's answer when the state of things does not allow it.
func conflict(msg string) *failure {
	return &failure{status: http.StatusConflict, title: "409 Conflict", text: msg}
}

// crash is the vendor's answer where its server runs into an error of its own.
// The text stands twice: what would be a stack trace shows no internals here.
func crash(text string) *failure {
	return &failure{status: http.StatusInternalServerError, title: text, text: text}
}

// unauthorized is the same for every reason why a caller is refused.
func unauthorized() *failure {
	return &failure{status: http.StatusUnauthorized, title: "401 Unauthorized", text: "Authentication required"}
}

// plain is a refusal that the vendor's server does not know.
func plain(status int, text string) *failure {
	return &failure{status: status, title: statusText(status), text: text}
}

// failureOf finds the words for err. What it does not know is an error of ours:
// the client learns nothing of it.
func failureOf(err error) *failure {
	var f *failure
	if errors.As(err, &f) {
		return f
	}
	if e := core.AsError(err); e != nil {
		f = coreFailure(e)
	} else {
		f = edgeFailure(err)
	}
	f.cause = err
	return f
}

func edgeFailure(err error) *failure {
	switch {
	case errors.Is(err, wire.ErrTooLarge):
		return plain(http.StatusRequestEntityTooLarge, "The request body is too large.")
	case errors.Is(err, wire.ErrTooDeep), errors.Is(err, wire.ErrTooMany):
		return plain(http.StatusRequestEntityTooLarge, "The request body is nested too deeply or has too many values.")
	case errors.Is(err, wire.ErrTooSlow):
		return plain(http.StatusRequestTimeout, "The request body took too long.")
	case errors.Is(err, wire.ErrCutOff):
		return refusal(http.StatusBadRequest)
	case errors.Is(err, echo.ErrMethodNotAllowed):
		return &failure{status: http.StatusBadRequest, title: "Bad request", text: "Invalid HTTP method"}
	}
	return crash("Internal Server Error")
}

// coreFailure has words for each kind of the core's errors.
func coreFailure(e *core.Error) *failure {
	switch e.Kind {
	case core.Invalid, core.Conflict:
		if len(e.Faults) > 0 {
			return faultFailure(e.Subject, e.Faults[0])
		}
		return conflict("The request conflicts with the present state.")
	case core.NotFound:
		return notFound(e.Subject)
	case core.Unauthenticated:
		return unauthorized()
	case core.Forbidden:
		return plain(http.StatusForbidden, "You are not allowed to do this.")
	case core.Stale:
		return conflict("The object has been changed by another request. Please try again.")
	case core.Busy:
		return plain(http.StatusServiceUnavailable, "The server is busy. Please try again.")
	}
	return crash("Internal Server Error")
}

// statusText is the full status line as the vendor's envelope shows it.
func statusText(status int) string {
	return strconv.Itoa(status) + " " + http.StatusText(status)
}
