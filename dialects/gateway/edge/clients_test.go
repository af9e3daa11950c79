package edge_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects"
	"github.com/dragoman-gateway/dragoman/dialects/gateway/edge"
	"github.com/dragoman-gateway/dragoman/dialects/ratelimit"
)

// doFrom is do from another address.
func (w *fixture) doFrom(address string) *httptest.ResponseRecorder {
	r := httptest.NewRequest("GET", "/first/", nil)
	r.RemoteAddr = address
	rec := httptest.NewRecorder()
	w.ServeHTTP(rec, r)
	return rec
}

func TestRequestsOfOneClientLeaveRoomForOthers(t *testing.T) {
	for name, c := range map[string]struct{ first, same, other string }{
		"IPv4": {"192.0.2.1:1", "192.0.2.1:2", "192.0.2.2:1"},
		"IPv6": {"[2001:db8:0:1::1]:1", "[2001:db8:0:1:ffff::2]:1", "[2001:db8:0:2::1]:1"},
	} {
		t.Run(name, func(t *testing.T) {
			entered, leave, hold := make(chan bool), make(chan bool), c.first
			w := newFixture(t, func(cfg *edge.Config) { cfg.MaxClientRequests = 1 }, func(_ http.ResponseWriter, r *http.Request) {
				if r.RemoteAddr == hold {
					entered <- true
					<-leave
				}
			})
			done := make(chan bool)
			go func() { w.doFrom(c.first); close(done) }()
			<-entered
			if got := w.doFrom(c.same); got.Code != 503 || got.Body.String() != "first refuses" || got.Header().Get("X-Request-Id") == "" {
				t.Errorf("the same client: %d %s", got.Code, got.Body)
			}
			if got := w.doFrom(c.other); got.Code != 200 {
				t.Errorf("another client: %d", got.Code)
			}
			close(leave)
			<-done
			if got := w.doFrom(c.same); got.Code != 200 {
				t.Errorf("the same client later: %d", got.Code)
			}
		})
	}
}

func TestRateOfOneClientLeavesOthersAlone(t *testing.T) {
	now := time.Now()
	w := newFixture(t, func(cfg *edge.Config) {
		cfg.ClientLimiter = ratelimit.New(1, 2, func() time.Time { return now })
	}, func(http.ResponseWriter, *http.Request) {})
	for range 2 {
		if got := w.doFrom("192.0.2.1:1"); got.Code != 200 {
			t.Errorf("within the burst: %d", got.Code)
		}
	}
	if got := w.doFrom("192.0.2.1:1"); got.Code != 429 {
		t.Errorf("beyond the burst: %d", got.Code)
	}
	if got := w.doFrom("192.0.2.2:1"); got.Code != 200 {
		t.Errorf("another client: %d", got.Code)
	}
}

// addressedListener gives its connections addresses of clients.
type addressedListener struct {
	conns chan net.Conn
}

type addressedConn struct {
	net.Conn
	address string
	closed  chan bool
}

func (c addressedConn) RemoteAddr() net.Addr {
	return net.TCPAddrFromAddrPort(mustAddrPort(c.address))
}

func (c addressedConn) Close() error { close(c.closed); return nil }

func (l addressedListener) Accept() (net.Conn, error) { return <-l.conns, nil }
func (l addressedListener) Close() error              { return nil }
func (l addressedListener) Addr() net.Addr            { return &net.TCPAddr{} }

func TestConnectionsOfOneClientLeaveRoomForOthers(t *testing.T) {
	inner := addressedListener{make(chan net.Conn, 8)}
	l := edge.LimitListener(inner, edge.ListenerConfig{
		Connections: 8, ClientConnections: 2, TrustedProxies: mustPrefixes("10.0.0.0/8"),
	})
	open := func(address string) addressedConn {
		c := addressedConn{address: address, closed: make(chan bool)}
		inner.conns <- c
		return c
	}
	accept := func() net.Conn {
		c, err := l.Accept()
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	open("192.0.2.1:1")
	open("192.0.2.1:2")
	first := accept()
	accept()
	third := open("192.0.2.1:3")
	open("192.0.2.2:1")
	if got := accept().RemoteAddr().String(); got != "192.0.2.2:1" || l.Refused() != 1 {
		t.Errorf("accepted %s, %d refused", got, l.Refused())
	}
	<-third.closed
	for range 3 {
		open("10.0.0.1:1")
		accept()
	}
	_ = first.Close()
	open("192.0.2.1:4")
	if got := accept().RemoteAddr().String(); got != "192.0.2.1:4" || l.Open() != 6 {
		t.Errorf("accepted %s, %d open", got, l.Open())
	}
}

func TestConnContextOfASocketFileHasNoClient(t *testing.T) {
	a, b := net.Pipe()
	defer a.Close()
	defer b.Close()
	if ctx := edge.ConnContext(context.Background(), a); ctx != context.Background() {
		t.Error("a client without an address")
	}
}

func mustAddrPort(text string) netip.AddrPort { return netip.MustParseAddrPort(text) }

func mustPrefixes(text string) []netip.Prefix { return []netip.Prefix{netip.MustParsePrefix(text)} }

func TestBodiesOfOneClientLeaveRoomForOthers(t *testing.T) {
	entered, leave := make(chan bool), make(chan bool)
	w := newFixture(t, func(cfg *edge.Config) { cfg.MaxClientBodies = 150 << 10 }, func(w http.ResponseWriter, r *http.Request) {
		if _, err := io.ReadAll(r.Body); err != nil {
			w.WriteHeader(map[bool]int{true: 503, false: 400}[errors.Is(err, core.ErrBusy)])
			return
		}
		if r.Header.Get("Hold") != "" {
			entered <- true
			<-leave
		}
	})
	post := func(address string, size int, hold string) int {
		r := httptest.NewRequest("POST", "/first/", strings.NewReader(strings.Repeat("x", size)))
		r.ContentLength, r.RemoteAddr = -1, address // in chunks
		r.Header.Set("Hold", hold)
		rec := httptest.NewRecorder()
		w.ServeHTTP(rec, r)
		return rec.Code
	}
	done := make(chan bool)
	go func() { post("192.0.2.1:1", 100<<10, "yes"); close(done) }()
	<-entered
	for _, c := range []struct {
		address    string
		size, want int
	}{{"192.0.2.1:2", 100 << 10, 503}, {"192.0.2.1:2", 10 << 10, 200}, {"192.0.2.2:1", 100 << 10, 200}, {"192.0.2.2:1", 200 << 10, 503}} {
		if got := post(c.address, c.size, ""); got != c.want {
			t.Errorf("%d bytes of %s: %d", c.size, c.address, got)
		}
	}
	close(leave)
	<-done
	if got := post("192.0.2.1:3", 100<<10, ""); got != 200 {
		t.Errorf("the same client later: %d", got)
	}
}

func TestRequestsOfOneCallerLeaveRoomForOthers(t *testing.T) {
	entered, leave := make(chan bool), make(chan bool)
	w := newFixture(t, func(cfg *edge.Config) { cfg.MaxCallerRequests = 1 }, func(w http.ResponseWriter, r *http.Request) {
		wait, ok := dialects.Limiters{}.Allow(w, "main", r.RemoteAddr)
		if _, again := (dialects.Limiters{}).Allow(w, "main", r.RemoteAddr); again != ok {
			t.Error("a request is counted twice")
		}
		if !ok {
			w.WriteHeader(429)
			if wait != time.Second {
				t.Errorf("it is to be tried again after %v", wait)
			}
			return
		}
		if r.Header.Get("Hold") != "" {
			entered <- true
			<-leave
		}
	})
	do := func(caller, hold string) int {
		r := httptest.NewRequest("GET", "/first/", nil)
		r.RemoteAddr = caller
		r.Header.Set("Hold", hold)
		rec := httptest.NewRecorder()
		w.ServeHTTP(rec, r)
		return rec.Code
	}
	done := make(chan bool)
	go func() { do("user 1", "yes"); close(done) }()
	<-entered
	for caller, want := range map[string]int{"user 1": 429, "user 2": 200, "": 200} {
		if got := do(caller, ""); got != want {
			t.Errorf("%q: %d, want %d", caller, got, want)
		}
	}
	close(leave)
	<-done
	if got := do("user 1", ""); got != 200 {
		t.Errorf("the same caller later: %d", got)
	}
}
