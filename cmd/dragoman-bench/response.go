package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
)

// response is what the generator reads of a response.
type response struct {
	status int
	bytes  int  // of the body
	close  bool // the server closes the connection
}

// errNotHTTP says that a response is not HTTP/1.
var errNotHTTP = errors.New("the response is not HTTP/1.1")

const (
	headLimit = 64 << 10
	// keepLimit bounds a body that is kept and not only counted.
	keepLimit = 64 << 20
)

// responseReader reads the responses of one connection. It parses only the status
// line and the three headers that delimit a response, because it shares the cores
// with the server that it measures.
type responseReader struct {
	from   io.Reader
	buf    []byte // r to w: read and not yet used
	r, w   int
	keep   bool   // keep the body
	body   []byte // of the last response, if keep
	length int64  // Content-Length; -1 without one
	chunks bool   // Transfer-Encoding: chunked
}

func newResponseReader(from io.Reader) *responseReader {
	return &responseReader{from: from, buf: make([]byte, headLimit)}
}

// next reads one response to its end.
func (rr *responseReader) next() (res response, err error) {
	rr.body = rr.body[:0]
	for res.status < 200 { // 1xx come before the response
		if res, err = rr.readHead(); err != nil {
			return res, err
		}
	}
	res.bytes, err = rr.readBody(&res)
	return res, err
}

// readHead reads up to and with the empty line.
func (rr *responseReader) readHead() (res response, err error) {
	end, looked := -1, 0
	for {
		if end = bytes.Index(rr.buf[rr.r+looked:rr.w], []byte("\r\n\r\n")); end >= 0 {
			break
		}
		looked = max(rr.w-rr.r-3, 0)
		if err = rr.fill(); err != nil {
			return res, err
		}
	}
	head := rr.buf[rr.r : rr.r+looked+end+2]
	rr.r += looked + end + 4
	return rr.parseHead(head)
}

// fill reads more into the buffer.
func (rr *responseReader) fill() error {
	if rr.r > 0 {
		rr.w = copy(rr.buf, rr.buf[rr.r:rr.w])
		rr.r = 0
	}
	if rr.w == len(rr.buf) {
		return fmt.Errorf("a line or header of more than %d bytes", headLimit)
	}
	n, err := rr.from.Read(rr.buf[rr.w:])
	rr.w += n
	if n > 0 {
		return nil
	}
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}

// parseHead reads the status line and headers, each with its line end.
func (rr *responseReader) parseHead(head []byte) (res response, err error) {
	line, head := cutLine(head)
	if len(line) < 12 || string(line[:7]) != "HTTP/1." {
		return res, errNotHTTP
	}
	if res.status, err = strconv.Atoi(string(line[9:12])); err != nil {
		return res, errNotHTTP
	}
	res.close = line[7] == '0'
	rr.length, rr.chunks = -1, false
	for len(head) > 0 {
		line, head = cutLine(head)
		if err = rr.parseHeader(line, &res); err != nil {
			return res, err
		}
	}
	return res, nil
}

func cutLine(b []byte) (line, rest []byte) {
	i := bytes.IndexByte(b, '\n')
	if i < 1 {
		return b, nil
	}
	return b[:i-1], b[i+1:]
}

func (rr *responseReader) parseHeader(line []byte, res *response) error {
	if v, ok := headerValue(line, "content-length:"); ok {
		n, err := strconv.ParseInt(string(v), 10, 64)
		if err != nil || n < 0 {
			return fmt.Errorf("the response's Content-Length is %q", v)
		}
		rr.length = n
	}
	if v, ok := headerValue(line, "transfer-encoding:"); ok {
		rr.chunks = bytes.EqualFold(v, []byte("chunked"))
	}
	if v, ok := headerValue(line, "connection:"); ok {
		res.close = bytes.EqualFold(v, []byte("close"))
	}
	return nil
}

// headerValue returns the value if the line begins with the lower-case name and colon.
func headerValue(line []byte, name string) ([]byte, bool) {
	if len(line) < len(name) || line[0]|0x20 != name[0] || !bytes.EqualFold(line[:len(name)], []byte(name)) {
		return nil, false
	}
	return bytes.TrimSpace(line[len(name):]), true
}
