package wire

import (
	"bytes"
	"net/http"
	"net/url"
)

// InnerGet returns a request of the program to itself for a path, with the host and
// the context of r, and none of its headers.
func InnerGet(r *http.Request, path string) *http.Request {
	inner := r.Clone(r.Context())
	inner.Method, inner.Header, inner.Body, inner.ContentLength = http.MethodGet, http.Header{}, http.NoBody, 0
	inner.URL = &url.URL{Scheme: r.URL.Scheme, Path: path}
	inner.RequestURI = path
	return inner
}

// Recorder is a ResponseWriter that keeps the answer to an inner request.
type Recorder struct {
	Status int
	Body   bytes.Buffer
	header http.Header
}

// Header implements http.ResponseWriter.
func (w *Recorder) Header() http.Header {
	if w.header == nil {
		w.header = http.Header{}
	}
	return w.header
}

// WriteHeader implements http.ResponseWriter.
func (w *Recorder) WriteHeader(status int) {
	if w.Status == 0 {
		w.Status = status
	}
}

// Write implements http.ResponseWriter.
func (w *Recorder) Write(b []byte) (int, error) {
	w.WriteHeader(http.StatusOK)
	return w.Body.Write(b)
}
