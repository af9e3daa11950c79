package edge

import (
	"compress/gzip"
	"io"
	"net/http"
	"strings"
)

// inflate returns r with its body as it was before the client compressed it by gzip. The
// bounds of bodies are those of the text, which is read piece by piece: a small body that
// would become a large one is refused like a large one.
func inflate(r *http.Request) *http.Request {
	values := r.Header["Content-Encoding"]
	if len(values) != 1 || r.Body == nil || r.Body == http.NoBody {
		return r
	}
	if name := strings.ToLower(strings.TrimSpace(values[0])); name != "gzip" && name != "x-gzip" {
		return r
	}
	header := r.Header.Clone()
	header.Del("Content-Encoding")
	header.Del("Content-Length")
	r = r.WithContext(r.Context())
	r.Header, r.Body, r.ContentLength = header, &inflatedBody{ReadCloser: r.Body}, -1
	return r
}

// inflatedBody reads nothing before the handler does: a client may wait to be told to
// send its body.
type inflatedBody struct {
	io.ReadCloser
	text io.Reader
}

// Read implements io.Reader.
func (b *inflatedBody) Read(p []byte) (int, error) {
	if b.text == nil {
		text, err := gzip.NewReader(b.ReadCloser)
		if err != nil {
			return 0, err
		}
		b.text = text
	}
	return b.text.Read(p)
}
