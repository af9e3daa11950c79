package gateway

import (
	"context"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/dragoman-gateway/dragoman/core/passwd"
	"github.com/dragoman-gateway/dragoman/dialects/internal/turns"
)

func TestAFloodForMetricsWaitsBehindItself(t *testing.T) {
	gate := passwd.NewGate(1, 1)
	h := inTurn(prometheus.DefaultGatherer, turns.On(gate))
	ask := func() *httptest.ResponseRecorder {
		rec := httptest.NewRecorder()
		h.ServeHTTP(rec, httptest.NewRequest("GET", "/", nil))
		return rec
	}
	ended, inside := make(chan bool), make(chan bool)
	go func() { _ = gate.Do(context.Background(), func() { inside <- true; <-ended }) }()
	<-inside
	first := make(chan *httptest.ResponseRecorder)
	go func() { first <- ask() }()
	for gate.Stats().Waiting < 1 {
	}
	if got := ask(); got.Code != 503 || got.Header().Get("Retry-After") == "" {
		t.Errorf("one too many: %d", got.Code)
	}
	close(ended)
	if got := <-first; got.Code != 200 || !strings.Contains(got.Body.String(), "go_goroutines") {
		t.Errorf("the one that waited: %d %.100s", got.Code, got.Body)
	}
}
