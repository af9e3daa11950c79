package main

import (
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

type seen struct {
	status int
	body   string
	close  bool
}

// readAll reads every answer in text, in the pieces that wrap makes of it.
func readAll(text string, wrap func(io.Reader) io.Reader) (all []seen, err error) {
	rr := newResponseReader(wrap(strings.NewReader(text)))
	rr.keep = true
	for {
		res, err := rr.next()
		if err != nil {
			return all, err
		}
		all = append(all, seen{res.status, string(rr.body), res.close})
		if res.bytes != len(rr.body) {
			return all, errors.New("bytes counted and bytes kept differ")
		}
	}
}

func TestResponseReader(t *testing.T) {
	long := strings.Repeat("0123456789abcdef", 3*headLimit/16)
	tests := map[string]struct {
		text string
		want []seen
	}{
		"content length":              {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", []seen{{200, "hello", false}}},
		"names in any case":           {"HTTP/1.1 200 OK\r\ncontent-LENGTH:3\r\n\r\nabc", []seen{{200, "abc", false}}},
		"longer than the buffer":      {"HTTP/1.1 200 OK\r\nContent-Length: 196608\r\n\r\n" + long, []seen{{200, long, false}}},
		"empty":                       {"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", []seen{{404, "", false}}},
		"204 has no body":             {"HTTP/1.1 204 No Content\r\n\r\nHTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n", []seen{{204, "", false}, {304, "", false}}},
		"chunks":                      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nA;x=1\r\n0123456789\r\n0\r\nTrailer: x\r\n\r\n", []seen{{200, "abc0123456789", false}}},
		"many on one connection":      {"HTTP/1.1 201 C\r\nContent-Length: 1\r\n\r\nxHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\ny\r\n0\r\n\r\nHTTP/1.1 503 B\r\nContent-Length: 1\r\n\r\nz", []seen{{201, "x", false}, {200, "y", false}, {503, "z", false}}},
		"100 comes before the answer": {"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", []seen{{200, "ok", false}}},
		"close is noticed":            {"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok", []seen{{200, "ok", true}}},
		"HTTP/1.0 closes":             {"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok", []seen{{200, "ok", true}}},
		"no length: up to the end":    {"HTTP/1.1 200 OK\r\n\r\nall of it", []seen{{200, "all of it", true}}},
	}
	pieces := map[string]func(io.Reader) io.Reader{
		"whole":    func(r io.Reader) io.Reader { return r },
		"by bytes": iotest.OneByteReader,
	}
	for name, tt := range tests {
		for piece, wrap := range pieces {
			t.Run(name+"/"+piece, func(t *testing.T) {
				got, err := readAll(tt.text, wrap)
				if !errors.Is(err, io.ErrUnexpectedEOF) {
					t.Errorf("ends with %v", err)
				}
				if len(got) != len(tt.want) {
					t.Fatalf("%d answers, want %d", len(got), len(tt.want))
				}
				for i := range got {
					if got[i] != tt.want[i] {
						t.Errorf("answer %d is %.80v, want %.80v", i, got[i], tt.want[i])
					}
				}
			})
		}
	}
}

func TestResponseReaderRefuses(t *testing.T) {
	tests := map[string]string{
		"what is not HTTP":          "220 mail.example.com ESMTP\r\n\r\n",
		"a status that is none":     "HTTP/1.1 abc OK\r\n\r\n",
		"a negative length":         "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
		"an endless header":         "HTTP/1.1 200 OK\r\nX: " + strings.Repeat("x", headLimit),
		"a chunk without a size":    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
		"a chunk longer than said":  "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab\r\n0\r\n\r\n",
		"a body that is cut off":    "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc",
		"a chunk that is cut off":   "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nabc",
		"a header that is cut off":  "HTTP/1.1 200 OK\r\nContent-Le",
		"a kept body without bound": "HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n",
	}
	for name, text := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := readAll(text, func(r io.Reader) io.Reader { return r })
			if len(got) > 0 || err == nil {
				t.Errorf("got %v and %v, want an error only", got, err)
			}
		})
	}
}
