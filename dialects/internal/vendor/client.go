package vendor

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/cenkalti/backoff/v5"
	"golang.org/x/sync/semaphore"
	"golang.org/x/time/rate"
)

// Options say where a vendor's server is and how gently it is treated. URL is required.
type Options struct {
	// URL is the scheme and host, perhaps with a path before that of the API.
	URL string
	// CAFile has the certificates that sign the server's, in PEM; "" trusts the system's.
	CAFile string
	// Rate bounds the requests a second; below 0 is no bound, 0 is 10.
	Rate float64
	// Concurrency is how many requests run at once; 0 is 4.
	Concurrency int
	// Timeout bounds one attempt with its body; 0 is 30 s.
	Timeout time.Duration
	// Tries is how often a request is sent at most, 0 is 5; and Patience bounds them all
	// with their pauses, 0 is 2 minutes.
	Tries    int
	Patience time.Duration
	// Pause is the first of the pauses between tries, which grow; 0 is 500 ms.
	Pause time.Duration
	// MaxBody bounds an answer, in bytes; 0 is 64 MiB.
	MaxBody int64
	// Transport is used instead of the network if it is set.
	Transport http.RoundTripper
	// Called is called for each request that is sent; nil is nothing.
	Called func()
}

func (o Options) withDefaults() Options {
	if o.Rate == 0 {
		o.Rate = 10
	}
	o.Concurrency = orElse(o.Concurrency, 4)
	o.Timeout = orElse(o.Timeout, 30*time.Second)
	o.Tries = orElse(o.Tries, 5)
	o.Patience = orElse(o.Patience, 2*time.Minute)
	o.Pause = orElse(o.Pause, 500*time.Millisecond)
	o.MaxBody = orElse(o.MaxBody, 64<<20)
	if o.Called == nil {
		o.Called = func() {}
	}
	return o
}

func orElse[T int | int64 | time.Duration](v, standard T) T {
	if v <= 0 {
		return standard
	}
	return v
}

// Client sends requests to one server. It is safe for concurrent use.
type Client struct {
	opts  Options
	base  *url.URL
	http  *http.Client
	rate  *rate.Limiter
	turns *semaphore.Weighted
}

// New returns a client. It fails for a URL that is not one of HTTP, and for a file of
// certificates that cannot be read.
func New(opts Options) (*Client, error) {
	opts = opts.withDefaults()
	base, err := url.Parse(strings.TrimRight(opts.URL, "/"))
	switch {
	case err != nil || base.Host == "" || base.Scheme != "http" && base.Scheme != "https":
		return nil, errors.New("the URL of the vendor is not one such as https://panel.example.com")
	case base.User != nil:
		return nil, errors.New("the URL of the vendor must not hold credentials")
	}
	limit := rate.Limit(opts.Rate)
	if opts.Rate < 0 {
		limit = rate.Inf
	}
	c := &Client{
		opts: opts, base: base, rate: rate.NewLimiter(limit, max(1, int(opts.Rate))),
		turns: semaphore.NewWeighted(int64(opts.Concurrency)),
	}
	transport := opts.Transport
	if transport == nil {
		if transport, err = newTransport(opts); err != nil {
			return nil, err
		}
	}
	c.http = &http.Client{Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	return c, nil
}

func newTransport(opts Options) (http.RoundTripper, error) {
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.MaxIdleConnsPerHost = opts.Concurrency
	if opts.CAFile == "" {
		return t, nil
	}
	pem, err := os.ReadFile(opts.CAFile)
	if err != nil {
		return nil, err
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("%s: no certificate in PEM", opts.CAFile)
	}
	t.TLSClientConfig = &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}
	return t, nil
}

// Host returns the name of the server, for messages.
func (c *Client) Host() string { return c.base.Host }

// Request is what to ask. A request may be sent more than once.
type Request struct {
	Method string // "" is GET
	Path   string // escaped, with its leading slash
	Query  url.Values
	Header http.Header // credentials and the like; names in their canonical form
	Body   []byte
	// Statuses are those that answer the question, besides 200.
	Statuses []int
}

// Answer is what the server said.
type Answer struct {
	Status int
	Header http.Header
	Body   []byte
}

// Do sends the request until the server answers it. It fails with an [Error] if the
// server does not, in time, or answers something else, and with the context's error.
func (c *Client) Do(ctx context.Context, r Request) (*Answer, error) {
	return retried(ctx, c, func() (*Answer, time.Duration, *Error) { return c.try(ctx, r) })
}

// retried calls try until it succeeds, fails for good, or has had enough tries or time.
func retried[T any](ctx context.Context, c *Client, try func() (_ T, wait time.Duration, _ *Error)) (none T, err error) {
	if err := c.turns.Acquire(ctx, 1); err != nil {
		return none, err
	}
	defer c.turns.Release(1)
	pauses := backoff.NewExponentialBackOff()
	pauses.InitialInterval, pauses.MaxInterval = c.opts.Pause, 30*time.Second
	var last *Error
	a, err := backoff.Retry(ctx, func() (T, error) {
		a, wait, err := try()
		if err == nil {
			return a, nil
		}
		last = err
		switch {
		case !err.temporary:
			return none, backoff.Permanent(err)
		case wait > 0:
			return none, &backoff.RetryAfterError{Duration: wait}
		}
		return none, err
	}, backoff.WithBackOff(pauses), backoff.WithMaxTries(uint(c.opts.Tries)), backoff.WithMaxElapsedTime(c.opts.Patience))
	switch {
	case err == nil:
		return a, nil
	case ctx.Err() != nil:
		return none, ctx.Err()
	}
	return none, last
}

// try sends the request once. wait is how long the server wants to be left alone.
func (c *Client) try(ctx context.Context, r Request) (a *Answer, wait time.Duration, fault *Error) {
	if err := c.rate.Wait(ctx); err != nil {
		return nil, 0, c.fault(r, 0, "no turn in time under the limit of requests a second", false)
	}
	ctx, cancel := context.WithTimeout(ctx, c.opts.Timeout)
	defer cancel()
	c.opts.Called()
	res, err := c.send(ctx, r)
	if err != nil {
		return nil, 0, c.fault(r, 0, c.noAnswer(ctx, err), !isCertificate(err))
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(res.Body, c.opts.MaxBody+1))
	switch {
	case int64(len(body)) > c.opts.MaxBody:
		return nil, 0, c.fault(r, res.StatusCode, fmt.Sprintf("the body is longer than %d MiB", c.opts.MaxBody>>20), false)
	case err != nil:
		return nil, 0, c.fault(r, res.StatusCode, "the body is cut: "+c.noAnswer(ctx, err), true)
	}
	if why, temporary := judge(r, res); why != "" {
		return nil, retryAfter(res.Header, time.Now()), c.fault(r, res.StatusCode, why, temporary)
	}
	return &Answer{Status: res.StatusCode, Header: res.Header, Body: body}, 0, nil
}

func (c *Client) send(ctx context.Context, r Request) (*http.Response, error) {
	u := *c.base
	u.RawQuery = r.Query.Encode()
	req, err := http.NewRequestWithContext(ctx, r.Method, u.Scheme+"://"+u.Host+u.EscapedPath()+r.Path, bytes.NewReader(r.Body))
	if err != nil {
		return nil, err
	}
	req.URL.RawQuery = u.RawQuery
	for name, values := range r.Header {
		req.Header[name] = values
	}
	if req.Header.Get("Accept") == "" {
		req.Header.Set("Accept", "application/json")
	}
	if len(r.Body) > 0 && req.Header.Get("Content-Type") == "" {
		req.Header.Set("Content-Type", "application/json")
	}
	return c.http.Do(req)
}
