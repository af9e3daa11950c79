package econtext

import (
	"math"
	"net/http"
	"strconv"
	"time"

	"github.com/dragoman-gateway/dragoman/dialects"
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

// Refuse implements dialects.Dialect.
func (d *Dialect) Refuse(w http.ResponseWriter, _ *http.Request, why dialects.Refusal) {
	e := wire.NewEnc(wire.Python())
	defer e.Release()
	d.failureEnvelope(e, refusal(why.Status), 0)
	h := w.Header()
	h.Set("Content-Type", contentType)
	h.Set("Content-Length", strconv.Itoa(len(e.Bytes())))
	if why.RetryAfter > 0 {
		h.Set("Retry-After", strconv.FormatInt(wholeSeconds(why.RetryAfter), 10))
	}
	w.WriteHeader(why.Status)
	// A client that is gone cannot be told.
	_, _ = w.Write(e.Bytes())
}

func wholeSeconds(d time.Duration) int64 { return int64(math.Ceil(d.Seconds())) }

func refusal(status int) *failure {
	switch status {
	case http.StatusBadRequest:
		return &failure{status: status, title: "Bad request", text: "The request cannot be read."}
	case http.StatusRequestTimeout:
		return plain(status, "The request took too long.")
	case http.StatusRequestEntityTooLarge:
		return plain(status, "The request body is too large.")
	case http.StatusTooManyRequests:
		return plain(status, "Too many requests. Please try again later.")
	case http.StatusRequestHeaderFieldsTooLarge:
		return plain(status, "The request header is too large.")
	case http.StatusServiceUnavailable:
		return plain(status, "The server is busy. Please try again.")
	}
	return crash("Internal Server Error")
}
