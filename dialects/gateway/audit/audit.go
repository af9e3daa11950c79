// Package audit writes what happens to a store, one JSON line for each change and each
// login.
package audit

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"sync"
	"time"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects"
)

// maxPending is how many lines wait while they cannot be written.
const maxPending = 10_000

// Log is a [core.Auditor]. It is safe for concurrent use.
type Log struct {
	// Out gets one line in each Write.
	Out io.Writer
	// Path is the file that Out appends to, for [Log.History]; "" if it is none.
	Path string
	// Errors gets a line when writing begins to fail, and when it works again.
	Errors *slog.Logger
	// Required refuses changes while lines cannot be written.
	Required bool

	mu      sync.Mutex
	pending [][]byte
	written int  // bytes of the first that are written
	failing bool // the last line could not be written
	lost    int
}

// line is an event as it is written.
type line struct {
	Time      time.Time     `json:"time"`
	Event     string        `json:"event"` // "login" or "change"
	Outcome   core.Outcome  `json:"outcome"`
	Caller    string        `json:"caller"`
	Dialect   string        `json:"dialect,omitempty"`
	Operation string        `json:"operation,omitempty"`
	Request   string        `json:"request_id,omitempty"`
	Address   string        `json:"address,omitempty"`
	Realm     core.Realm    `json:"realm,omitempty"` // of a known user who logs in
	User      int64         `json:"user,omitempty"`
	Changes   []core.Change `json:"changes,omitempty"`
}

// Note implements [core.Auditor]: it writes the event before it returns.
func (l *Log) Note(ctx context.Context, e core.Event) {
	info := dialects.RequestInfoOf(ctx)
	out := line{
		Time: e.Time, Event: "change", Outcome: e.Outcome, Caller: e.Actor.String(), Dialect: info.Dialect,
		Request: info.ID, Address: info.Address, Realm: e.Login.Realm, User: e.Login.ID, Changes: e.Changes,
	}
	if e.IsLogin {
		out.Event = "login"
	}
	if info.Operation != nil {
		out.Operation = info.Operation()
	}
	text, err := json.Marshal(out)
	if err != nil {
		l.Errors.Error("audit", "error", err.Error())
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.pending) == maxPending {
		l.lost++
	} else {
		l.pending = append(l.pending, append(text, '\n'))
	}
	_ = l.flush()
}

var errNotWritten = errors.New("the audit cannot be written")

// Ready implements [core.Auditor].
func (l *Log) Ready() error {
	if !l.Required {
		return nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := l.flush(); err != nil {
		return errors.Join(errNotWritten, err)
	}
	return nil
}

// Redirect makes the lines from now on go to out, and those that wait; one that is partly
// written goes there whole.
func (l *Log) Redirect(out io.Writer) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.Out, l.written = out, 0
	_ = l.flush()
}

// flush writes what waits, in its order. It logs the first failure and the end of
// failures.
func (l *Log) flush() error {
	for len(l.pending) > 0 {
		n, err := l.Out.Write(l.pending[0][l.written:])
		if err != nil {
			l.written += n // the rest of the line follows, once
			if !l.failing {
				l.failing = true
				l.Errors.Error("the audit cannot be written; its lines wait in memory", "error", err.Error(), "changes_refused", l.Required)
			}
			return err
		}
		l.pending, l.written = l.pending[1:], 0
	}
	if l.failing {
		l.Errors.Info("the audit is written again", "lines_lost", l.lost)
		l.failing, l.lost = false, 0
	}
	return nil
}
