package gateway

import (
	"net/http"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/console"
	"github.com/dragoman-gateway/dragoman/dialects/gateway/audit"
	"github.com/dragoman-gateway/dragoman/dialects/gateway/edge"
)

// ConsoleMode says whether a gateway has a console, and what it may do.
type ConsoleMode string

// The modes of a console. The zero value is ConsoleOff.
const (
	ConsoleOff   ConsoleMode = "off"
	ConsoleRead  ConsoleMode = "read"
	ConsoleWrite ConsoleMode = "write"
)

// openConsole mounts the console among the program's own endpoints.
func (g *Gateway) openConsole() {
	if g.cfg.Console != ConsoleRead && g.cfg.Console != ConsoleWrite {
		return
	}
	g.live = new(console.Live)
	cfg := console.Config{
		Directory: g.directory, Dialects: g.mux(), Write: g.cfg.Console == ConsoleWrite, Live: g.live, Log: g.cfg.Log,
		Secure: func(r *http.Request) bool { return r.TLS != nil || r.URL.Scheme == "https" },
	}
	if log, ok := g.cfg.Auditor.(*audit.Log); ok {
		cfg.History = log.History
	}
	g.admin.Mount("console/", console.New(cfg))
}

// observe notes each request for the console.
func (g *Gateway) observe() func(*http.Request) (*http.Request, func(edge.Seen)) {
	if g.live == nil {
		return nil
	}
	return func(r *http.Request) (*http.Request, func(edge.Seen)) {
		ctx, trace := core.WithTrace(r.Context())
		return r.WithContext(ctx), func(s edge.Seen) { g.live.Note(entryOf(s, trace)) }
	}
}

// entryOf is a request as the console shows it.
func entryOf(s edge.Seen, t *core.Trace) console.Entry {
	e := console.Entry{
		Time: s.Start, Dialect: s.Dialect, Operation: s.Operation, Method: s.Method, Status: s.Status, Took: s.Took, Bytes: s.Bytes,
		RequestID: s.RequestID, Remote: s.Remote,
	}
	if realm, id, ok := t.User(); ok {
		e.Realm, e.User = string(realm), id
	}
	if s.Status < http.StatusBadRequest {
		return e
	}
	if e.Why = t.Login(); e.Why != "" {
		return e
	}
	if cause := core.AsError(s.Err); cause != nil {
		e.Why = cause.Summary() // the whole text may repeat what the client sent
	} else {
		e.Why = http.StatusText(s.Status)
	}
	return e
}
