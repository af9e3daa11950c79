package wire

import (
	"bytes"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"testing/iotest"
)

// chunked hides the length of a body, as a chunked request does.
type chunked struct{ io.Reader }

func TestWithBody(t *testing.T) {
	long := strings.Repeat("x", 3*keepBody)
	for name, c := range map[string]struct {
		body  io.Reader
		limit int64
		want  string
		err   error
	}{
		"an absent body is empty":             {nil, 10, "", nil},
		"an empty body is empty":              {strings.NewReader(""), 10, "", nil},
		"a body at the limit passes":          {strings.NewReader("0123456789"), 10, "0123456789", nil},
		"a body over the limit is refused":    {strings.NewReader("0123456789a"), 10, "", ErrTooLarge},
		"a chunked body at the limit passes":  {chunked{strings.NewReader("0123456789")}, 10, "0123456789", nil},
		"a chunked body over it is refused":   {chunked{strings.NewReader("0123456789a")}, 10, "", ErrTooLarge},
		"a chunked empty body is empty":       {chunked{strings.NewReader("")}, 10, "", nil},
		"a body larger than a buffer is read": {strings.NewReader(long), 1 << 20, long, nil},
		"a cut connection is an error":        {chunked{io.MultiReader(strings.NewReader("ab"), errReader{})}, 10, "", errCut},
	} {
		t.Run(name, func(t *testing.T) {
			payload := readAll(t, c.body)
			var got string
			err := WithBody(bodyRequest(c.body, payload), c.limit, func(b []byte) error {
				got = string(b)
				return nil
			})
			if got != c.want || !errors.Is(err, c.err) {
				t.Errorf("WithBody = %d bytes, %v", len(got), err)
			}
		})
	}
}

var errCut = errors.New("cut")

type errReader struct{}

func (errReader) Read([]byte) (int, error) { return 0, errCut }

func readAll(t *testing.T, r io.Reader) []byte {
	t.Helper()
	if r == nil {
		return nil
	}
	payload, err := io.ReadAll(r)
	if err != nil && !errors.Is(err, errCut) {
		t.Fatal(err)
	}
	return payload
}

// bodyRequest makes a request of the same kind as the case's reader, which is used up.
func bodyRequest(kind io.Reader, payload []byte) *http.Request {
	switch c := kind.(type) {
	case nil:
		return httptest.NewRequest(http.MethodPut, "/", nil)
	case chunked:
		r := io.Reader(bytes.NewReader(payload))
		if _, whole := c.Reader.(*strings.Reader); !whole {
			r = io.MultiReader(r, errReader{})
		}
		return httptest.NewRequest(http.MethodPut, "/", chunked{r})
	}
	return httptest.NewRequest(http.MethodPut, "/", bytes.NewReader(payload))
}

func TestALateBodyIsToldFromACutOne(t *testing.T) {
	late := &net.OpError{Op: "read", Err: os.ErrDeadlineExceeded}
	for cause, want := range map[error]error{late: ErrTooSlow, io.ErrUnexpectedEOF: ErrCutOff, errCut: ErrCutOff} {
		r := httptest.NewRequest(http.MethodPut, "/", chunked{iotest.ErrReader(cause)})
		if err := WithBody(r, 10, func([]byte) error { return nil }); !errors.Is(err, want) {
			t.Errorf("after %v: %v", cause, err)
		}
	}
}

func TestWithBodyHandsOnTheErrorOfUse(t *testing.T) {
	r := httptest.NewRequest(http.MethodPut, "/", strings.NewReader("x"))
	if err := WithBody(r, 10, func([]byte) error { return errCut }); !errors.Is(err, errCut) {
		t.Errorf("got %v", err)
	}
}

// A client that declares much and sends nothing must not make the server reserve what it declares.
func TestDeclaredLengthIsNotBelieved(t *testing.T) {
	r := httptest.NewRequest(http.MethodPut, "/", chunked{strings.NewReader("x")})
	r.ContentLength = 1 << 30
	var buf bytes.Buffer
	if err := fill(&buf, r, 1<<30); err != nil || buf.Cap() > 2*keepBody {
		t.Errorf("reserved %d bytes, %v", buf.Cap(), err)
	}
}

func TestBuffersAreEmptiedAndGiantsDropped(t *testing.T) {
	buf := bytes.NewBufferString("hunter2")
	left := buf.Bytes()
	recycle(buf)
	if bytes.Contains(left, []byte("hunter2")) {
		t.Error("a kept buffer still holds its text")
	}
	giant := bytes.NewBuffer(make([]byte, 10, keepBody+1))
	recycle(giant)
	if giant.Len() == 0 {
		t.Error("a giant buffer was kept")
	}
}
