package dialecttest

import (
	"bytes"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"
)

// Target is a running gateway that transcripts can be played against.
type Target struct {
	// URL is its base, as in "http://127.0.0.1:8080".
	URL string
	// Vars stand for {name} in what is sent and expected.
	Vars Vars
	// Advance moves the gateway's clock; nil skips the transcripts that need it.
	Advance func(time.Duration)
	// Thrice asks three times for what was had once, and looks at the last answer:
	// what a dialect remembers of its answers must not be seen in them.
	Thrice bool
	// Kept returns what the gateway's store keeps in plain text, in which no secret that
	// was sent or shown may be; nil leaves that out.
	Kept func() (string, error)
	// Rewrite lets the -update flag rewrite what the answers are compared with.
	Rewrite bool
}

// host is what requests name unless they say otherwise: answers that hold an
// absolute link are then the same at every run.
const host = "gateway.test"

// player plays one transcript against one target.
type player struct {
	target *Target
	client *client
	vars   Vars
	heard  []string // secrets that were sent or shown
}

func newPlayer(t testing.TB, target *Target) *player {
	t.Helper()
	c, err := newClient(target.URL)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.close)
	return &player{target: target, client: c, vars: target.Vars.with(nil)}
}

// play sends one request and keeps what the exchange wants kept of the answer.
func (p *player) play(ex *exchange) (*Answer, error) {
	if ex.advance != 0 {
		p.target.Advance(ex.advance)
	}
	answer, err := p.send(ex)
	for again := 0; again < 2 && err == nil && p.target.Thrice && harmless(ex, answer); again++ {
		answer, err = p.send(ex)
	}
	if err == nil {
		err = p.keep(ex, answer)
	}
	return answer, err
}

// harmless reports whether the exchange can be repeated with the same result.
func harmless(ex *exchange, had *Answer) bool {
	return strings.HasPrefix(ex.line, "GET ") && had.Status == http.StatusOK
}

func (p *player) send(ex *exchange) (*Answer, error) {
	raw, err := ex.raw(p.vars)
	if err != nil {
		return nil, err
	}
	method, _, _ := strings.Cut(ex.line, " ")
	answer, err := p.client.do(method, raw)
	if err != nil {
		return nil, fmt.Errorf("%s: no answer: %w", ex.line, err)
	}
	if p.target.Kept != nil && answer.Status < http.StatusBadRequest {
		p.heard = append(p.heard, secretsIn(string(raw))...)
		p.heard = append(p.heard, secretsIn(string(answer.Body))...)
	}
	return answer, nil
}

func (p *player) keep(ex *exchange, answer *Answer) (err error) {
	for _, l := range ex.lets {
		if p.vars[l.name], err = answer.Look(l.what); err != nil {
			return fmt.Errorf("%s: %d: let %s: %w", ex.line, answer.Status, l.name, err)
		}
	}
	return nil
}

// raw is the request as it goes out. What a client cannot leave out is added
// when the transcript leaves it out: Host, and the length of a body that is not empty.
func (ex *exchange) raw(v Vars) ([]byte, error) {
	body, err := ex.body.bytes(v)
	if err != nil {
		return nil, err
	}
	line, err := v.mustExpand(ex.line)
	if err != nil {
		return nil, err
	}
	if !strings.Contains(line, " HTTP/1.") {
		line += " HTTP/1.1"
	}
	headers, err := expandHeaders(ex.headers, v)
	if err != nil {
		return nil, err
	}
	if !hasHeader(headers, "Host") {
		headers = append([]string{"Host: " + host}, headers...)
	}
	if len(body) > 0 && !hasHeader(headers, "Content-Length") && !hasHeader(headers, "Transfer-Encoding") {
		headers = append(headers, fmt.Sprintf("Content-Length: %d", len(body)))
	}
	var b bytes.Buffer
	b.WriteString(line + "\r\n" + strings.Join(headers, "\r\n") + "\r\n\r\n")
	b.Write(body)
	return b.Bytes(), nil
}

// expandHeaders fills in the variables. A variable may hold whole lines, or none.
func expandHeaders(lines []string, v Vars) ([]string, error) {
	var headers []string
	for _, line := range lines {
		text, err := v.mustExpand(line)
		if err != nil {
			return nil, err
		}
		for _, h := range strings.Split(text, "\n") {
			if h != "" {
				headers = append(headers, h)
			}
		}
	}
	return headers, nil
}

func hasHeader(lines []string, name string) bool {
	for _, line := range lines {
		if key, _, _ := strings.Cut(line, ":"); strings.EqualFold(strings.TrimSpace(key), name) {
			return true
		}
	}
	return false
}
