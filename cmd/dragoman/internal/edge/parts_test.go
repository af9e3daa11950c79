package edge_test

import (
	"bytes"
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/dragoman-gateway/dragoman/cmd/dragoman/internal/edge"
)

func TestSinkWritesEveryLineInOrderByTheTimeItIsClosed(t *testing.T) {
	var out, want bytes.Buffer
	s := edge.NewSink(&out)
	for i := range 5000 {
		line := strings.Repeat("x", i%80) + "\n"
		want.WriteString(line)
		_, _ = s.Write([]byte(line))
	}
	_ = s.Close()
	if !bytes.Equal(out.Bytes(), want.Bytes()) {
		t.Errorf("%d bytes, want %d", out.Len(), want.Len())
	}
}

// stuckWriter takes nothing until it is let go.
type stuckWriter struct{ release chan bool }

func (w stuckWriter) Write(p []byte) (int, error) { <-w.release; return len(p), nil }

func TestSinkDropsAndCountsRatherThanWaitForAStuckOutput(t *testing.T) {
	w := stuckWriter{make(chan bool)}
	s := edge.NewSink(w)
	big := bytes.Repeat([]byte("y"), 1<<20)
	for range 20 {
		_, _ = s.Write(big)
	}
	if s.Dropped() == 0 {
		t.Error("nothing was dropped")
	}
	close(w.release)
	_ = s.Close()
}

func TestRealmLimiterLetsABurstPassAndThenTheRate(t *testing.T) {
	now := time.Unix(1000, 0)
	l := edge.NewRealmLimiter(10, 3, func() time.Time { return now }, new(atomic.Uint64))
	for i := range 3 {
		if _, ok := l.Allow("a"); !ok {
			t.Fatalf("request %d of the burst is refused", i)
		}
	}
	if wait, ok := l.Allow("a"); ok || wait != 100*time.Millisecond {
		t.Errorf("the fourth waits %v, %v", wait, ok)
	}
	if _, ok := l.Allow("b"); !ok {
		t.Error("another realm pays for the first")
	}
	now = now.Add(100 * time.Millisecond)
	if _, ok := l.Allow("a"); !ok {
		t.Error("refused although its time has come")
	}
}

func TestListenerHoldsBackConnectionsBeyondItsLimit(t *testing.T) {
	inner, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l := edge.LimitListener(inner, 1)
	accepted := make(chan net.Conn)
	go func() {
		for c, err := l.Accept(); err == nil; c, err = l.Accept() {
			accepted <- c
		}
		close(accepted)
	}()
	for range 2 {
		if _, err := net.Dial("tcp", inner.Addr().String()); err != nil {
			t.Fatal(err)
		}
	}
	first := <-accepted
	select {
	case <-accepted:
		t.Fatal("a second connection came in")
	case <-time.After(50 * time.Millisecond):
	}
	_ = first.Close()
	_ = first.Close() // twice frees once
	<-accepted
	if l.Open() != 1 || l.Held() == 0 {
		t.Errorf("%d open, held back %d times", l.Open(), l.Held())
	}
	_ = l.Close()
	if _, open := <-accepted; open {
		t.Error("a closed listener accepts")
	}
}

func TestOwnEndpoints(t *testing.T) {
	var broken error
	page := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTeapot) })
	own := edge.NewOwn(page, func(context.Context) error { return broken })
	ask := func(path string) int {
		rec := httptest.NewRecorder()
		own.ServeHTTP(rec, httptest.NewRequest("GET", path, nil))
		return rec.Code
	}
	check := func(claim, path string, want int) {
		t.Helper()
		if got := ask(path); got != want {
			t.Errorf("%s: %d, want %d", claim, got, want)
		}
	}
	check("healthy", "/_dragoman/health", 200)
	check("ready", "/_dragoman/ready", 200)
	check("metrics", "/_dragoman/metrics", 418)
	check("nothing else", "/_dragoman/other", 404)
	broken = errors.New("gone")
	check("not ready without a store", "/_dragoman/ready", 503)
	check("healthy without a store", "/_dragoman/health", 200)
	broken = nil
	own.Drain()
	check("not ready while draining", "/_dragoman/ready", 503)
}
