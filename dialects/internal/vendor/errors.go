package vendor

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Error says which request the server did not answer, and why. It quotes no credentials
// and nothing of a body.
type Error struct {
	Request string // method, host and path
	Status  int    // 0: there was no answer
	Reason  string

	temporary bool
}

func (e *Error) Error() string {
	if e.Status == 0 {
		return fmt.Sprintf("%s: %s", e.Request, e.Reason)
	}
	return fmt.Sprintf("%s: answered %d: %s", e.Request, e.Status, e.Reason)
}

// Status returns the status of the answer that the error is about, or 0.
func Status(err error) int {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Status
	}
	return 0
}

// Failed reports whether the error says that the server does not work: that there is no
// answer, or not one to the question, or that the server is too busy or does not know the
// caller. It does not if the server finds fault with the question.
func Failed(err error) bool {
	switch status := Status(err); status {
	case http.StatusUnauthorized, http.StatusForbidden, http.StatusRequestTimeout, http.StatusTooManyRequests:
		return true
	default:
		return err != nil && (status < 400 || status > 499)
	}
}

// Nonsense returns the error of an answer whose body is not what the request asks for.
// where names the place in it, such as users.3.email.
func (c *Client) Nonsense(r Request, where, why string) error {
	return c.fault(r, http.StatusOK, where+": "+why, false)
}

func (c *Client) fault(r Request, status int, why string, temporary bool) *Error {
	method := r.Method
	if method == "" {
		method = http.MethodGet
	}
	return &Error{Request: method + " " + c.base.Scheme + "://" + c.base.Host + c.base.Path + r.Path, Status: status, Reason: why, temporary: temporary}
}

// judge returns why the answer is not one to the request, or "", and whether asking
// again may help.
func judge(r Request, res *http.Response) (why string, temporary bool) {
	if why, temporary := judgeStatus(r, res); why != "" {
		return why, temporary
	}
	media, _, _ := strings.Cut(res.Header.Get("Content-Type"), ";")
	if !isJSON(media) && res.StatusCode != http.StatusNoContent {
		return fmt.Sprintf("the body is %q and not JSON", media), false
	}
	return "", false
}

func judgeStatus(r Request, res *http.Response) (why string, temporary bool) {
	status := res.StatusCode
	switch {
	case status >= 300 && status < 400:
		return "a redirect, which is not followed; give the URL that it leads to" + target(res), false
	case status == http.StatusTooManyRequests:
		return "too many requests", true
	case status == http.StatusRequestTimeout || status >= 500 && status != http.StatusNotImplemented && !slices.Contains(r.Statuses, status):
		return "the server fails", true
	case status != http.StatusOK && !slices.Contains(r.Statuses, status):
		return http.StatusText(status), false
	}
	return "", false
}

func isJSON(media string) bool {
	media = strings.ToLower(strings.TrimSpace(media))
	return media == "application/json" || strings.HasSuffix(media, "+json")
}

// target names where a redirect leads, without its query.
func target(res *http.Response) string {
	u, err := res.Location()
	if err != nil {
		return ""
	}
	return ": " + (&url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path}).String()
}

// noAnswer words a failure of the network without the URL, whose query may hold secrets.
func (c *Client) noAnswer(ctx context.Context, err error) string {
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return fmt.Sprintf("no answer within %v", c.opts.Timeout)
	}
	if u, ok := errors.AsType[*url.Error](err); ok {
		err = u.Err
	}
	return err.Error()
}

func isCertificate(err error) bool {
	_, ok := errors.AsType[*tls.CertificateVerificationError](err)
	return ok
}

// retryAfter is how long the server asks to wait: seconds or a date.
func retryAfter(h http.Header, now time.Time) time.Duration {
	text := h.Get("Retry-After")
	if seconds, err := strconv.Atoi(text); err == nil && seconds > 0 {
		return time.Duration(min(seconds, 1<<30)) * time.Second
	}
	if at, err := http.ParseTime(text); err == nil {
		return max(0, at.Sub(now))
	}
	return 0
}
