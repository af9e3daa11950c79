package hook_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/dragoman-gateway/dragoman/dialects/syncano/internal/hook"
)

type verdict struct {
	ID string `json:"id"`
}

// ask asks a server that answers so.
func ask(t *testing.T, answer http.HandlerFunc) (verdict, bool, error) {
	t.Helper()
	server := httptest.NewServer(answer)
	defer server.Close()
	var v verdict
	ok, err := hook.New(strings.Replace(server.URL, "://", "://gateway:hunter2@", 1)).Ask(context.Background(), map[string]string{"token": "T0K3N"}, &v)
	return v, ok, err
}

func TestAskSendsJSONAndReadsTheAnswer(t *testing.T) {
	v, ok, err := ask(t, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		user, password, _ := r.BasicAuth()
		if r.Method != "POST" || r.Header.Get("Content-Type") != "application/json" || string(body) != `{"token":"T0K3N"}` || user+":"+password != "gateway:hunter2" {
			t.Errorf("%s %s %s %s:%s", r.Method, r.Header, body, user, password)
		}
		_, _ = io.WriteString(w, `{"id": "7", "more": [1]}`)
	})
	if v.ID != "7" || !ok || err != nil {
		t.Error(v, ok, err)
	}
}

func TestOnly401And403AreANo(t *testing.T) {
	for status, no := range map[int]bool{401: true, 403: true, 400: false, 404: false, 429: false, 500: false, 302: false} {
		_, ok, err := ask(t, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Location", "/elsewhere")
			w.WriteHeader(status)
		})
		if ok || (err == nil) != no {
			t.Errorf("%d: %v, %v", status, ok, err)
		}
	}
}

func TestNoRedirectIsFollowed(t *testing.T) {
	var asked atomic.Int32
	_, _, _ = ask(t, func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		http.Redirect(w, r, "/elsewhere", http.StatusTemporaryRedirect)
	})
	if n := asked.Load(); n != 1 {
		t.Errorf("asked %d times", n)
	}
}

func TestAnErrorHoldsNoSecret(t *testing.T) {
	answers := map[string]http.HandlerFunc{
		"closed":    func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
		"not json":  func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "T0K3N hunter2") },
		"too large": func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, strings.Repeat(" ", 1<<17)) },
	}
	for name, answer := range answers {
		_, _, err := ask(t, answer)
		if err == nil || strings.Contains(err.Error(), "hunter2") || strings.Contains(err.Error(), "T0K3N") {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, bad := range []string{"", "7", "ftp://host/", "http://", "http://u:hunter2@host:port/"} {
		if err := hook.Check(bad); err == nil || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: %v", bad, err)
		}
	}
}

func TestAskEndsWithItsRequest(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.ReadAll(r.Body) // the server sees that the client is gone only then
		cancel()
		<-r.Context().Done()
	}))
	defer server.Close()
	if ok, err := hook.New(server.URL).Ask(ctx, nil, nil); ok || err == nil {
		t.Error(ok, err)
	}
}
