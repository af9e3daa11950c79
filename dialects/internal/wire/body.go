package wire

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"sync"
)

// WithBody reads a request's whole body, of at most limit bytes, into a buffer that is used again: body must not be
// kept after use returns. ParseJSON and the readers of forms and parts keep nothing of what they read. An absent body
// reads as nil. Errors: ErrTooLarge, ErrTooSlow, ErrCutOff, and those of use.
func WithBody(r *http.Request, limit int64, use func(body []byte) error) error {
	if r.Body == nil || r.Body == http.NoBody || r.ContentLength == 0 {
		return use(nil)
	}
	buf := bodies.Get().(*bytes.Buffer)
	defer recycle(buf)
	if err := fill(buf, r, limit); err != nil {
		return err
	}
	return use(buf.Bytes())
}

// bodies keeps buffers between requests; they hold no content, see recycle.
var bodies = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// keepBody is the largest buffer, in bytes, that is worth keeping for the next request.
const keepBody = 64 << 10

func recycle(buf *bytes.Buffer) {
	if buf.Cap() > keepBody {
		return
	}
	clear(buf.Bytes())
	buf.Reset()
	bodies.Put(buf)
}

// fill believes a declared length only up to keepBody, so that a lie costs the liar and not the memory.
func fill(buf *bytes.Buffer, r *http.Request, limit int64) error {
	if r.ContentLength > limit {
		return ErrTooLarge
	}
	if r.ContentLength > 0 {
		buf.Grow(int(min(r.ContentLength, keepBody-2*bytes.MinRead)) + bytes.MinRead)
	}
	n, err := buf.ReadFrom(io.LimitReader(r.Body, limit+1))
	if n > limit {
		return ErrTooLarge
	}
	return unread(err)
}

// unread tells a client that was too slow from one that is gone.
func unread(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, os.ErrDeadlineExceeded):
		return ErrTooSlow
	}
	return fmt.Errorf("%w: %w", ErrCutOff, err)
}

// BodyReader reads a request's body piece by piece.
type BodyReader struct {
	from io.Reader
	left int64
	err  error
}

// NewBodyReader returns a reader of r's body, which fails after limit bytes.
func NewBodyReader(r *http.Request, limit int64) *BodyReader {
	b := &BodyReader{from: r.Body, left: limit}
	if r.ContentLength > limit {
		b.err = ErrTooLarge
	}
	return b
}

// Read implements [io.Reader].
func (b *BodyReader) Read(p []byte) (int, error) {
	if b.err != nil {
		return 0, b.err
	}
	n, err := b.from.Read(p)
	if b.left -= int64(n); b.left < 0 {
		b.err = ErrTooLarge
		return 0, b.err
	}
	if err != nil && err != io.EOF {
		b.err = unread(err)
		err = b.err
	}
	return n, err
}

// Err is why reading failed: ErrTooLarge, ErrTooSlow or ErrCutOff; nil if it did not. Parsers that read from
// b may have taken the failure for a fault of the body.
func (b *BodyReader) Err() error { return b.err }
