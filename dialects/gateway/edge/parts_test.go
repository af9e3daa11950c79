package edge_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/dragoman-gateway/dragoman/dialects/gateway/edge"
)

func TestAsyncWriterWritesEveryLineInOrderByTheTimeItIsClosed(t *testing.T) {
	var out, want bytes.Buffer
	s := edge.NewAsyncWriter(&out)
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

func TestAsyncWriterDropsAndCountsRatherThanWaitForAStuckOutput(t *testing.T) {
	w := stuckWriter{make(chan bool)}
	s := edge.NewAsyncWriter(w)
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

func TestListenerHoldsBackConnectionsBeyondItsLimit(t *testing.T) {
	inner, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l := edge.LimitListener(inner, edge.ListenerConfig{Connections: 1})
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

func TestAdminEndpoints(t *testing.T) {
	var broken error
	page := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTeapot) })
	admin := edge.NewAdminHandler(page, func(context.Context) error { return broken })
	ask := func(path string) int {
		rec := httptest.NewRecorder()
		admin.ServeHTTP(rec, httptest.NewRequest("GET", path, nil))
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
	admin.Drain()
	check("not ready while draining", "/_dragoman/ready", 503)
}

func TestLimitedConnectionsCanCloseTheirWritingHalf(t *testing.T) {
	inner, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l := edge.LimitListener(inner, edge.ListenerConfig{Connections: 1})
	defer l.Close()
	client, err := net.Dial("tcp", inner.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	server, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	if err := server.(interface{ CloseWrite() error }).CloseWrite(); err != nil {
		t.Fatal(err)
	}
	if n, err := client.Read(make([]byte, 1)); n != 0 || !errors.Is(err, io.EOF) {
		t.Errorf("the client reads %d bytes: %v", n, err)
	}
}
