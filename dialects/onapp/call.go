package onapp

import (
	"context"
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/dragoman-gateway/dragoman/core"
)

// call is one request on its way through a handler.
type call struct {
	d      *Dialect
	w      http.ResponseWriter
	r      *http.Request
	ids    echo.Context // knows the ids in the path
	format format
	params
	caller
	// Room for what every answer needs, so that it is not made anew each time.
	tag [1]string
	one [1]int64
}

func (c *call) ctx() context.Context { return c.r.Context() }

// id is the number in the path under that name; 0, which nothing has, for anything else.
func (c *call) id(name string) int64 { return asID(c.ids.Param(name)) }

func (c *call) view(fn func(*core.Tx) error) error { return c.d.dir.View(c.ctx(), fn) }

func (c *call) update(fn func(*core.Tx) error) error { return c.d.dir.Update(c.ctx(), fn) }

// realm is the population this dialect speaks for.
func (c *call) realm() core.Realm { return c.d.cfg.Realm }

// forbidden refuses a caller who lacks a right.
func forbidden(lacks bool) error {
	if lacks {
		return &core.Error{Kind: core.Forbidden}
	}
	return nil
}
