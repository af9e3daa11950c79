package syncano

import (
	"net/http"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/dragoman-gateway/dragoman/dialects"
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

// Refuse implements [dialects.Dialect].
func (d *Dialect) Refuse(w http.ResponseWriter, _ *http.Request, why dialects.Refusal) {
	enc := wire.NewEnc(wire.Compact())
	defer enc.Release()
	w.Header()["Vary"] = varyOrigin
	if why.RetryAfter > 0 {
		w.Header().Set("Retry-After", seconds(why.RetryAfter))
	}
	enc.Obj().Key("detail").Str(refusalText(why)).End()
	send(w, why.Status, enc)
}

func refusalText(why dialects.Refusal) string {
	switch why.Status {
	case http.StatusBadRequest:
		return "Bad request."
	case http.StatusRequestTimeout:
		return "Request timed out."
	case http.StatusRequestEntityTooLarge:
		return "Request body is too large."
	case http.StatusTooManyRequests:
		return throttledText(why.RetryAfter)
	case http.StatusRequestHeaderFieldsTooLarge:
		return "Request header is too large."
	case http.StatusServiceUnavailable:
		return "Service is busy. Try again later."
	}
	return "Internal server error."
}

func send(w http.ResponseWriter, status int, enc *wire.Enc) {
	w.Header()["Content-Type"] = jsonType
	w.WriteHeader(status)
	_, _ = w.Write(enc.Bytes()) // the client is gone: nobody is left to tell
}

// seconds is a wait in whole seconds, at least one.
func seconds(d time.Duration) string {
	return strconv.FormatInt(max(1, int64((d+time.Second-1)/time.Second)), 10)
}

// notFoundPage is the answer to a path that is no route at all, such as one
// without its final slash: a page, not JSON, as in the original.
func notFoundPage(c echo.Context) {
	w := c.Response().Writer
	w.Header().Set("Content-Type", "text/html")
	w.WriteHeader(http.StatusNotFound)
	_, _ = w.Write([]byte("<h1>Not Found</h1><p>The requested resource was not found on this server.</p>"))
}
