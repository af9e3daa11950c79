package econtext

import (
	"context"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/dragoman-gateway/dragoman/core"
)

// call is one request on its way through the dialect.
type call struct {
	echo.Context
	d       *Dialect
	started time.Time
	pairs   [2]candidate
	answer  answer
}

// handler does what a request asks and returns what to answer.
type handler func(*call) (reply, error)

// reply writes the members of the answer's "result" object.
type reply interface{ write(*answer) error }

// replyFunc is a function as a reply.
type replyFunc func(*answer) error

func (f replyFunc) write(a *answer) error { return f(a) }

func (k *call) ctx() context.Context { return k.Request().Context() }

// base begins every href of the answer.
func (k *call) base() string {
	if k.d.cfg.BaseURL != "" {
		return k.d.cfg.BaseURL
	}
	scheme := "http://"
	if k.Request().TLS != nil {
		scheme = "https://"
	}
	return scheme + k.Request().Host
}

// elapsed is the time since routing in seconds, never negative, by the
// directory's clock.
func (k *call) elapsed() float64 {
	return max(0, k.d.dir.Now().Sub(k.started).Seconds())
}

func (k *call) view(fn func(*core.Tx) error) error { return k.d.dir.View(k.ctx(), fn) }

func (k *call) update(fn func(*core.Tx) error) error { return k.d.dir.Update(k.ctx(), fn) }
