// Package dragomantest gives a Go test a gateway of its own, in memory: the APIs of
// Syncano, eContext Auth, OnApp and SCIM, with a clock, faults and a journal.
//
//	gw := dragomantest.New(t)
//	client := gw.Client() // of requests to gw.Base()
//	gw.Fault(sandbox.Fault{Operation: "users.create", Status: 429, First: 1})
//	gw.Advance(30 * 24 * time.Hour)
//	gw.Verify(sandbox.Expectation{Filter: sandbox.Filter{Operation: "users.create"}})
//
// It ends with the test, and may be used in parallel tests.
package dragomantest

import (
	"context"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/gateway/sandbox"
)

// The administrator and the keys of the development seed, with which a gateway begins.
const (
	Username   = "admin"
	Password   = "changeme1"
	SyncanoKey = "3a6e0c9d1f5b72843a6e0c9d1f5b72843a6e0c91" // of the instance main
	OnAppKey   = "5d41402abc4b2a76b9719d911017c592ae3f4c01"
	SCIMToken  = "6b1f0d2c9a8e7f4b5c3d6b1f0d2c9a8e"
)

// Gateway is a gateway of one test. It is safe for concurrent use.
type Gateway struct {
	t       testing.TB
	sandbox *sandbox.Sandbox
	port    func() *httptest.Server
}

// Option changes how a gateway begins.
type Option func(*sandbox.Creation)

// WithSeed begins with the text of a seed file.
func WithSeed(text string) Option { return func(c *sandbox.Creation) { c.Seed = text } }

// WithArchive begins with the text of an archive, which has numbers and keys too.
func WithArchive(text string) Option { return func(c *sandbox.Creation) { c.Archive = text } }

// WithSetting sets a flag of "dragoman serve", such as "onapp-version".
func WithSetting(name, value string) Option {
	return func(c *sandbox.Creation) {
		if c.Settings == nil {
			c.Settings = map[string]string{}
		}
		c.Settings[name] = value
	}
}

// WithClock begins at a time, at which the clock stands still.
func WithClock(at time.Time) Option {
	return func(c *sandbox.Creation) { c.Clock, c.Frozen = at, true }
}

// WithRandom makes ids, keys and salts follow from a number.
func WithRandom(seed uint64) Option { return func(c *sandbox.Creation) { c.Random = seed } }

// WithStrict notes in the journal what the vendor ignored without a word.
func WithStrict() Option { return func(c *sandbox.Creation) { c.Strict = true } }

// New returns a gateway that ends with the test.
func New(t testing.TB, options ...Option) *Gateway {
	t.Helper()
	return NewOn(t, shared(), options...)
}

// shared prepares each seed once for all tests of the process.
var shared = sync.OnceValue(func() *sandbox.Manager { return sandbox.New(sandbox.Config{}) })

// NewOn returns a gateway that is a sandbox of the manager, which has settings of the
// test's own.
func NewOn(t testing.TB, m *sandbox.Manager, options ...Option) *Gateway {
	t.Helper()
	var c sandbox.Creation
	for _, set := range options {
		set(&c)
	}
	s, err := m.Create(context.Background(), c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = m.Drop(s.Name()) })
	return &Gateway{t: t, sandbox: s, port: sync.OnceValue(func() *httptest.Server {
		server := httptest.NewServer(s)
		t.Cleanup(server.Close)
		return server
	})}
}

// Base is the URL to which [Gateway.Client] sends requests.
func (g *Gateway) Base() string { return "http://" + g.sandbox.Name() + ".localhost" }

// Client returns a client that talks to the gateway in memory, without a port.
func (g *Gateway) Client() *http.Client { return &http.Client{Transport: transport{g.sandbox}} }

// URL returns a URL of this machine, for clients that need a port.
func (g *Gateway) URL() string { return g.port().URL }

// Sandbox returns what the control API knows of the gateway.
func (g *Gateway) Sandbox() *sandbox.Sandbox { return g.sandbox }

// transport hands requests to a handler.
type transport struct{ http.Handler }

// RoundTrip implements http.RoundTripper.
func (t transport) RoundTrip(r *http.Request) (res *http.Response, err error) {
	w := httptest.NewRecorder()
	defer func() {
		if v := recover(); v != nil { // a fault that cuts the connection
			res, err = nil, http.ErrAbortHandler
		}
	}()
	served := r.Clone(r.Context())
	served.RequestURI, served.RemoteAddr, served.Host = r.URL.RequestURI(), "127.0.0.1:1", r.URL.Host
	served.URL.Scheme, served.URL.Host = "", ""
	if served.Body == nil {
		served.Body = http.NoBody
	}
	t.ServeHTTP(w, served)
	res = w.Result()
	res.Request = r
	return res, nil
}

// AddUser adds an enabled user to the realm main and returns it.
func (g *Gateway) AddUser(username, email, password string) *core.User {
	g.t.Helper()
	u, err := g.sandbox.AddUser(context.Background(), &core.User{Realm: core.MainRealm, Username: username, Email: email, Enabled: true}, password)
	if err != nil {
		g.t.Fatal(err)
	}
	return u
}

// Fault makes calls go wrong.
func (g *Gateway) Fault(f sandbox.Fault) {
	g.t.Helper()
	if _, err := g.sandbox.SetFault(&f); err != nil {
		g.t.Fatal(err)
	}
}

// Advance moves the clock forward.
func (g *Gateway) Advance(d time.Duration) { g.sandbox.Clock().Advance(d) }

// Reset returns to the start.
func (g *Gateway) Reset() {
	g.t.Helper()
	if err := g.sandbox.Reset(""); err != nil {
		g.t.Fatal(err)
	}
}

// Journal returns the calls that the filter chooses.
func (g *Gateway) Journal(f sandbox.Filter) []*sandbox.Entry { return g.sandbox.Journal(f) }

// Verify fails the test unless calls were made as expected.
func (g *Gateway) Verify(x sandbox.Expectation) {
	g.t.Helper()
	if _, err := g.sandbox.Verify(x); err != nil {
		g.t.Error(err)
	}
}
