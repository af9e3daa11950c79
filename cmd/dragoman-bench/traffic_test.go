package main

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"
)

func startHandler(t *testing.T, h http.Handler) (addr string) {
	t.Helper()
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	return server.Listener.Addr().String()
}

// targets asks for /0, /1, /2...
func targets(w *target) render { return w.byID("GET /", w.tail("")) }

func newTestTraffic(addr string, picks uint64) *traffic {
	w := &target{addr: addr}
	return w.newTraffic(requestSpec{request: targets(w), picks: picks, status: 200}, 4)
}

func TestTraffic(t *testing.T) {
	t.Run("asks for the targets in turn", func(t *testing.T) {
		var mu sync.Mutex
		met := map[string]int{}
		addr := startHandler(t, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			mu.Lock()
			defer mu.Unlock()
			met[r.URL.Path]++
		}))
		tr := newTestTraffic(addr, 10)
		tr.inTurn = true
		defer tr.close()
		sum, err := tr.round(t.Context(), 20*time.Millisecond)
		if err != nil {
			t.Fatal(err)
		}
		var all, least, most int
		for _, n := range met {
			all += n
			if least == 0 || n < least {
				least = n
			}
			most = max(most, n)
		}
		if int(sum.done) != all || sum.failed > 0 || uint64(sum.latency.TotalCount()) != sum.done {
			t.Errorf("%d answers, %d failures, %d latencies, but %d requests", sum.done, sum.failed, sum.latency.TotalCount(), all)
		}
		if len(met) != min(all, 10) || most-least > 1 {
			t.Errorf("%d targets were met, from %d to %d times", len(met), least, most)
		}
	})
	t.Run("goes on when the server ends connections", func(t *testing.T) {
		addr := startHandler(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("Connection", "close") }))
		tr := newTestTraffic(addr, 1)
		defer tr.close()
		sum, err := tr.round(t.Context(), 20*time.Millisecond)
		if err != nil || sum.failed > 0 || sum.done < 4 {
			t.Errorf("%d answers, %d failures: %v", sum.done, sum.failed, err)
		}
	})
	t.Run("counts wrong answers apart", func(t *testing.T) {
		tr := newTestTraffic(startHandler(t, http.NotFoundHandler()), 1)
		defer tr.close()
		sum, err := tr.round(t.Context(), 10*time.Millisecond)
		var wrong *unexpected
		if err != nil || sum.done > 0 || sum.failed == 0 || !errors.As(sum.failure, &wrong) || wrong.status != 404 {
			t.Errorf("%d answers, %d failures, the first of them %v: %v", sum.done, sum.failed, sum.failure, err)
		}
	})
	t.Run("counts broken answers and reconnects", func(t *testing.T) {
		addr := startHandler(t, http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }))
		tr := newTestTraffic(addr, 1)
		defer tr.close()
		sum, err := tr.round(t.Context(), 10*time.Millisecond)
		if err != nil || sum.done > 0 || sum.failed < 4 {
			t.Errorf("%d answers, %d failures: %v", sum.done, sum.failed, err)
		}
	})
	t.Run("ends with its context", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		release := make(chan struct{})
		defer close(release)
		addr := startHandler(t, http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
			cancel()
			<-release
		}))
		tr := newTestTraffic(addr, 1)
		defer tr.close()
		if _, err := tr.round(ctx, time.Hour); !errors.Is(err, context.Canceled) {
			t.Errorf("it ends with %v", err)
		}
	})
}

func TestWarmUp(t *testing.T) {
	t.Run("meets each target once", func(t *testing.T) {
		var mu sync.Mutex
		met := map[string]int{}
		addr := startHandler(t, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			mu.Lock()
			defer mu.Unlock()
			met[r.URL.Path]++
		}))
		tr := newTestTraffic(addr, 100)
		defer tr.close()
		if err := tr.warmUp(t.Context(), 50); err != nil {
			t.Fatal(err)
		}
		for path, n := range met {
			if n != 1 {
				t.Errorf("%s was met %d times", path, n)
			}
		}
		if len(met) != 50 {
			t.Errorf("%d targets were met", len(met))
		}
	})
	t.Run("shows a wrong answer", func(t *testing.T) {
		tr := newTestTraffic(startHandler(t, http.NotFoundHandler()), 1)
		defer tr.close()
		err := tr.warmUp(t.Context(), 1)
		if err == nil || err.Error() != `the response is 404 "404 page not found\n"` {
			t.Errorf("it says %v", err)
		}
	})
}
