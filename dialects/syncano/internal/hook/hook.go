// Package hook asks a program of the operator's, by HTTP, what the gateway itself
// cannot know: whether another provider's token is good, or to send an e-mail.
package hook

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"github.com/dragoman-gateway/dragoman/dialects/internal/turns"
)

const (
	// maxAnswer bounds the body of an answer, in bytes.
	maxAnswer = 64 << 10
	// places is how many questions are under way at once.
	places = 16
)

// Hook is one URL to ask. It is safe for concurrent use.
type Hook struct {
	// Timeout bounds a question, the wait for a free place included. New makes it 5 s.
	Timeout time.Duration

	url    string
	client *http.Client
	places *turns.Places
}

// Check reports what is wrong with the URL of a hook.
func Check(target string) error {
	u, err := url.Parse(target)
	if err != nil {
		return errors.New("not a URL") // the cause would repeat a password in it
	}
	if u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return errors.New("want http://HOST/PATH or https://HOST/PATH")
	}
	return nil
}

// New makes a hook of a URL that Check finds right. A user name and password in it
// are sent by Basic authentication.
func New(target string) *Hook {
	// No redirects: a token must not go where the operator did not send it.
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	return &Hook{Timeout: 5 * time.Second, url: target, client: client, places: turns.NewPlaces(places)}
}

// Ask posts the question as JSON, and reads the answer, a JSON object, into answer if
// the hook says yes. It returns false if the hook says no, with 401 or 403. All other
// answers, and none within the timeout, are errors, whose text holds no secret. The
// client of [passwd.ClientOf] has at most half of the questions that are under way.
func (h *Hook) Ask(ctx context.Context, question, answer any) (bool, error) {
	ctx, cancel := context.WithTimeout(ctx, h.Timeout)
	defer cancel()
	give, err := h.places.Take(ctx)
	if err != nil {
		return false, errors.New("hook: too many questions under way")
	}
	defer give()
	res, err := h.post(ctx, question)
	if err != nil {
		return false, err
	}
	defer res.Body.Close()
	switch {
	case res.StatusCode == http.StatusUnauthorized || res.StatusCode == http.StatusForbidden:
		return false, nil
	case res.StatusCode < 200 || res.StatusCode > 299:
		return false, fmt.Errorf("hook: status %d", res.StatusCode)
	}
	return true, read(res.Body, answer)
}

func (h *Hook) post(ctx context.Context, question any) (*http.Response, error) {
	body, err := json.Marshal(question)
	if err != nil {
		return nil, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, h.url, bytes.NewReader(body))
	if err != nil {
		return nil, errors.New("hook: the URL is broken")
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Accept", "application/json")
	res, err := h.client.Do(req)
	if err == nil {
		return res, nil
	}
	var outer *url.Error
	if errors.As(err, &outer) { // without the URL, which may hold a password
		err = outer.Err
	}
	return nil, fmt.Errorf("hook: %w", err)
}

// read reads an answer; without anything to read into, its body does not matter.
func read(body io.Reader, into any) error {
	text, err := io.ReadAll(io.LimitReader(body, maxAnswer+1))
	switch {
	case into == nil:
		return nil
	case err != nil:
		return fmt.Errorf("hook: %w", err)
	case len(text) > maxAnswer:
		return errors.New("hook: the answer is too large")
	}
	if err := json.Unmarshal(text, into); err != nil {
		return errors.New("hook: the answer is not the JSON object that is wanted")
	}
	return nil
}
