package vendor

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"
)

// fetchTime is how many times the time of a request a file may take.
const fetchTime = 10

// ErrLink reports a link that is not followed: only those to the server itself and those
// of HTTPS are.
var ErrLink = errors.New("the link leads elsewhere without TLS, or is not one")

// Fetch writes what is at a link that the server has shown, up to limit bytes, and returns
// its content type. It sends no credentials. It fails as Do does, after as many tries, for
// each of which open returns where to write.
func (c *Client) Fetch(ctx context.Context, link string, limit int64, open func() (io.Writer, error)) (contentType string, err error) {
	u, err := c.base.Parse(link)
	switch {
	case err != nil || link == "" || u.Host == "" || u.User != nil:
		return "", ErrLink
	case u.Scheme != "https" && (u.Scheme != c.base.Scheme || u.Host != c.base.Host):
		return "", ErrLink
	}
	return retried(ctx, c, func() (string, time.Duration, *Error) { return c.fetch(ctx, u, limit, open) })
}

// fetch is one try.
func (c *Client) fetch(ctx context.Context, u *url.URL, limit int64, open func() (io.Writer, error)) (contentType string, wait time.Duration, fault *Error) {
	failed := func(status int, why string, temporary bool) *Error {
		shown := url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path}
		return &Error{Request: "GET " + shown.String(), Status: status, Reason: why, temporary: temporary}
	}
	if err := c.rate.Wait(ctx); err != nil {
		return "", 0, failed(0, "no turn in time under the limit of requests a second", false)
	}
	out, err := open()
	if err != nil {
		return "", 0, failed(0, err.Error(), false)
	}
	ctx, cancel := context.WithTimeout(ctx, fetchTime*c.opts.Timeout)
	defer cancel()
	c.opts.Called()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return "", 0, failed(0, "not a link", false)
	}
	res, err := c.http.Do(req)
	if err != nil {
		return "", 0, failed(0, c.noAnswer(ctx, err), !isCertificate(err))
	}
	defer func() { _ = res.Body.Close() }()
	if why, temporary := judgeStatus(Request{}, res); why != "" {
		return "", retryAfter(res.Header, time.Now()), failed(res.StatusCode, why, temporary)
	}
	n, err := io.Copy(out, io.LimitReader(res.Body, limit+1))
	switch {
	case n > limit:
		return "", 0, failed(res.StatusCode, fmt.Sprintf("the file is longer than %d bytes", limit), false)
	case err != nil:
		return "", 0, failed(res.StatusCode, "the file is cut: "+c.noAnswer(ctx, err), true)
	}
	return res.Header.Get("Content-Type"), 0, nil
}
