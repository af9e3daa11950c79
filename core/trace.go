package core

import (
	"context"
	"sync"
)

// Trace collects what the core learns of one request: who it acts as, and how its
// login went. It is for what operators read; no client sees it. It is safe for
// concurrent use.
type Trace struct {
	mu    sync.Mutex
	user  UserRef
	login string
}

type traceKey struct{}

// WithTrace returns a context whose Verify and Update write into the trace.
func WithTrace(ctx context.Context) (context.Context, *Trace) {
	t := new(Trace)
	return context.WithValue(ctx, traceKey{}, t), t
}

// User returns the user that the request acts as, or tried to log in as; ok is
// false if none is known.
func (t *Trace) User() (realm Realm, id int64, ok bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.user.Realm, t.user.ID, t.user.ID != 0
}

// Login returns why the request's last login failed, or "".
func (t *Trace) Login() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.login
}

// Outcomes of a login, in words for operators.
const (
	loginWithheld = "too many wrong passwords: attempts are withheld for a while"
	loginUnknown  = "no user has this name"
	loginNoSecret = "the user has no password"
	loginWrong    = "wrong password"
	loginInactive = "right password, but the user is disabled, expired or deleted"
)

// traceLogin notes how an attempt went, if the context has a trace.
func (d *Directory) traceLogin(ctx context.Context, a Attempt, right, withheld bool) {
	t, ok := ctx.Value(traceKey{}).(*Trace)
	if !ok {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if a.User != nil && a.User.ID != 0 {
		t.user = ByID(a.User.Realm, a.User.ID)
	}
	switch known := t.user.ID != 0; {
	case withheld:
		t.login = loginWithheld
	case a.User == nil && !known:
		t.login = loginUnknown
	case a.User != nil && a.User.Password == "" && !right:
		t.login = loginNoSecret
	case !right:
		t.login = loginWrong
	case a.User != nil && a.User.ID != 0 && !a.User.Active(d.Now()):
		t.login = loginInactive
	default:
		t.login = ""
	}
}

// traceActor notes who makes a change, if the context has a trace.
func traceActor(ctx context.Context, who Actor) {
	if who.user.ID == 0 {
		return
	}
	if t, ok := ctx.Value(traceKey{}).(*Trace); ok {
		t.mu.Lock()
		t.user = who.user
		t.mu.Unlock()
	}
}
