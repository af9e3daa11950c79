package vendor

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// server is a vendor whose answers are a function, without a network.
type server func(n int, r *http.Request) (*http.Response, error)

type transport struct {
	answer server
	calls  atomic.Int64
}

func (t *transport) RoundTrip(r *http.Request) (*http.Response, error) {
	return t.answer(int(t.calls.Add(1)), r)
}

func answer(status int, media, body string, header ...string) *http.Response {
	h := http.Header{"Content-Type": {media}}
	for i := 0; i < len(header); i += 2 {
		h.Set(header[i], header[i+1])
	}
	return &http.Response{StatusCode: status, Header: h, Body: io.NopCloser(strings.NewReader(body))}
}

type cutBody struct{}

func (cutBody) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }
func (cutBody) Close() error             { return nil }

func newClient(t *testing.T, s server) (*Client, *transport) {
	t.Helper()
	tr := &transport{answer: s}
	c, err := New(Options{URL: "https://vendor.example/base/", Transport: tr})
	if err != nil {
		t.Fatal(err)
	}
	return c, tr
}

// TestNonsenseAnswersAreErrors asks servers that answer what no client expects.
func TestNonsenseAnswersAreErrors(t *testing.T) {
	const ok = "application/json"
	tests := []struct {
		name   string
		answer server
		calls  int64
		words  string
		least  time.Duration // what the pauses take
	}{
		{"an HTML page", func(int, *http.Request) (*http.Response, error) {
			return answer(200, "text/html; charset=utf-8", "<html>"), nil
		}, 1, `answered 200: the body is "text/html" and not JSON`, 0},
		{"a redirect", func(int, *http.Request) (*http.Response, error) {
			return answer(302, "text/html", "", "Location", "https://other.example/login?next=secret"), nil
		}, 1, "redirect, which is not followed; give the URL that it leads to", 0},
		{"a failing server", func(int, *http.Request) (*http.Response, error) {
			return answer(503, "text/html", "down"), nil
		}, 5, "answered 503: the server fails", time.Second},
		{"too many requests", func(int, *http.Request) (*http.Response, error) {
			return answer(429, ok, "{}"), nil
		}, 5, "answered 429: too many requests", time.Second},
		{"too many requests for a day", func(int, *http.Request) (*http.Response, error) {
			return answer(429, ok, "{}", "Retry-After", "86400"), nil
		}, 1, "answered 429: too many requests", 0},
		{"too many requests for a while", func(n int, _ *http.Request) (*http.Response, error) {
			return answer(429, ok, "{}", "Retry-After", "7"), nil
		}, 5, "answered 429: too many requests", 28 * time.Second},
		{"cut bodies", func(int, *http.Request) (*http.Response, error) {
			return &http.Response{StatusCode: 200, Header: http.Header{"Content-Type": {ok}}, Body: cutBody{}}, nil
		}, 5, "answered 200: the body is cut", time.Second},
		{"silence", func(_ int, r *http.Request) (*http.Response, error) {
			<-r.Context().Done()
			return nil, r.Context().Err()
		}, 4, "no answer within 30s", 90 * time.Second},
		{"refused credentials", func(int, *http.Request) (*http.Response, error) {
			return answer(401, ok, "{}"), nil
		}, 1, "answered 401: Unauthorized", 0},
		{"no connection", func(int, *http.Request) (*http.Response, error) {
			return nil, errors.New("connection refused")
		}, 5, "connection refused", time.Second},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c, tr := newClient(t, test.answer)
				began := time.Now()
				_, err := c.Do(t.Context(), Request{Path: "/users", Query: map[string][]string{"key": {"secret"}}})
				if e, ok := errors.AsType[*Error](err); !ok || !strings.Contains(e.Error(), test.words) {
					t.Fatalf("got %v, want %q", err, test.words)
				}
				if !strings.HasPrefix(err.Error(), "GET https://vendor.example/base/users: ") || strings.Contains(err.Error(), "secret") {
					t.Errorf("the error names not the request, or a secret: %v", err)
				}
				if tr.calls.Load() != test.calls {
					t.Errorf("%d calls, want %d", tr.calls.Load(), test.calls)
				}
				if took := time.Since(began); took < test.least || took > 2*time.Minute+30*time.Second {
					t.Errorf("took %v, want at least %v and not over two minutes", took, test.least)
				}
			})
		})
	}
}

func TestAServerThatRecoversAnswers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, _ := newClient(t, func(n int, r *http.Request) (*http.Response, error) {
			if n < 4 {
				return answer(502, "text/html", ""), nil
			}
			return answer(200, "application/json; charset=utf-8", r.URL.String()), nil
		})
		a, err := c.Do(t.Context(), Request{Path: "/users/a%2Fb", Query: map[string][]string{"limit": {"2"}}})
		if err != nil || string(a.Body) != "https://vendor.example/base/users/a%2Fb?limit=2" {
			t.Fatalf("got %s, %v", a.Body, err)
		}
	})
}

func TestRequestsKeepToTheRate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, _ := newClient(t, func(int, *http.Request) (*http.Response, error) { return answer(200, "application/json", "1"), nil })
		began := time.Now()
		for range 35 {
			if _, err := c.Do(t.Context(), Request{Path: "/"}); err != nil {
				t.Fatal(err)
			}
		}
		if took := time.Since(began); took < 2*time.Second || took > 3*time.Second {
			t.Errorf("35 requests at 10 a second, of which 10 at once, took %v", took)
		}
	})
}

func TestFewRequestsRunAtOnce(t *testing.T) {
	var now, most atomic.Int64
	c, _ := newClient(t, func(int, *http.Request) (*http.Response, error) {
		most.Store(max(most.Load(), now.Add(1)))
		time.Sleep(time.Millisecond)
		now.Add(-1)
		return answer(200, "application/json", "1"), nil
	})
	c.rate.SetLimit(1e6)
	done := make(chan error)
	for range 20 {
		go func() {
			_, err := c.Do(t.Context(), Request{Path: "/"})
			done <- err
		}()
	}
	for range 20 {
		if err := <-done; err != nil {
			t.Fatal(err)
		}
	}
	if most.Load() > 4 {
		t.Errorf("%d requests at once", most.Load())
	}
}

func TestAWrongCertificateIsRefusedAtOnce(t *testing.T) {
	s := httptest.NewTLSServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("asked without a certificate that is trusted") }))
	defer s.Close()
	s.Config.ErrorLog = nil
	c, err := New(Options{URL: s.URL})
	if err != nil {
		t.Fatal(err)
	}
	if _, err = c.Do(t.Context(), Request{Path: "/", Header: http.Header{"Authorization": {"secret"}}}); err == nil || !strings.Contains(err.Error(), "certificate") {
		t.Fatalf("got %v", err)
	}
}

func TestALargeBodyIsRefused(t *testing.T) {
	tr := &transport{answer: func(int, *http.Request) (*http.Response, error) {
		return answer(200, "application/json", strings.Repeat("1", 1<<20+1)), nil
	}}
	c, err := New(Options{URL: "http://vendor.example", Transport: tr, MaxBody: 1 << 20})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Do(t.Context(), Request{Path: "/"}); err == nil || !strings.Contains(err.Error(), "longer than 1 MiB") {
		t.Fatalf("got %v", err)
	}
}

func TestACancelledRequestEnds(t *testing.T) {
	c, _ := newClient(t, func(int, *http.Request) (*http.Response, error) { return answer(503, "", ""), nil })
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := c.Do(ctx, Request{Path: "/"}); !errors.Is(err, context.Canceled) {
		t.Fatalf("got %v", err)
	}
}

func TestURLsWithoutAHostAreRefused(t *testing.T) {
	for _, u := range []string{"", "panel.example.com", "ftp://panel.example.com", "https://user:secret@panel.example.com", "https://"} {
		if _, err := New(Options{URL: u}); err == nil || strings.Contains(err.Error(), "secret") {
			t.Errorf("%q: %v", u, err)
		}
	}
}

// Files are fetched from the server itself, and from elsewhere only by HTTPS, without
// credentials and up to a limit.
func TestFilesAreFetched(t *testing.T) {
	var asked []string
	c, _ := newClient(t, func(n int, r *http.Request) (*http.Response, error) {
		asked = append(asked, r.URL.String()+r.Header.Get("X-Api-Key"))
		if n == 1 {
			return answer(503, "text/html", "down"), nil
		}
		return answer(200, "image/png", "pixels"), nil
	})
	c.opts.Pause = time.Microsecond
	for _, test := range []struct {
		link  string
		limit int64
		want  string
	}{
		{"https://vendor.example/base/a.png", 6, ""},
		{"https://bucket.example/a.png?signature=x", 6, ""},
		{"https://bucket.example/a.png?signature=x", 5, "GET https://bucket.example/a.png: answered 200: the file is longer than 5 bytes"},
		{"http://bucket.example/a.png", 6, ErrLink.Error()},
		{"https://user@bucket.example/a.png", 6, ErrLink.Error()},
		{"file:///etc/passwd", 6, ErrLink.Error()},
		{"", 6, ErrLink.Error()},
	} {
		var out strings.Builder
		contentType, err := c.Fetch(t.Context(), test.link, test.limit, func() (io.Writer, error) { out.Reset(); return &out, nil })
		switch {
		case test.want == "" && (err != nil || contentType != "image/png" || out.String() != "pixels"):
			t.Errorf("%s: %s %s %v", test.link, contentType, out.String(), err)
		case test.want != "" && (err == nil || err.Error() != test.want):
			t.Errorf("%s: got %v, want %s", test.link, err, test.want)
		}
	}
	if len(asked) != 4 {
		t.Errorf("asked %q", asked)
	}
}
