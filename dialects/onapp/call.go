package onapp

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/dragoman-gateway/dragoman/core"
)

// call is one request.
type call struct {
	d      *Dialect
	w      http.ResponseWriter
	r      *http.Request
	path   echo.Context // has the ids in the path
	format format
	params
	caller
}

// id returns the number in the path under that name; 0, which no object has, for anything else.
func (c *call) id(name string) int64 {
	text := c.path.Param(name)
	if !isDigits(text) || len(text) > 18 {
		return 0
	}
	id, _ := castInt(text)
	return id
}

func (c *call) view(fn func(*core.Tx) error) error { return c.d.dir.View(c.r.Context(), fn) }

// update changes the store as the caller. One whose password was set meanwhile, perhaps to the
// same one, is authenticated again first.
func (c *call) update(fn func(*core.Tx) error) error {
	return c.d.dir.UpdateProven(c.r.Context(), c.actor(), c.proveAgain, func(tx *core.Tx) error {
		if err := c.confirm(tx); err != nil {
			return err
		}
		return fn(tx)
	})
}

// targetUser reads a user, marked as deleted or not, and refuses a caller who lacks the right. The
// user comes first: a 404 goes before a 403.
func (c *call) targetUser(tx *core.Tx, id int64, a access) (*core.User, error) {
	u, err := tx.UserIncludingDeleted(core.ByID(c.d.cfg.Realm, id))
	if err != nil {
		return nil, err
	}
	return u, require(c.may(a, u.ID))
}

// targetGroup reads the group of that kind that the path names and refuses a caller who lacks the
// right.
func (c *call) targetGroup(tx *core.Tx, kind string, a access) (*core.Group, error) {
	g, err := tx.Group(core.GroupRef{Realm: c.d.cfg.Realm, Kind: kind, ID: c.id("id")})
	if err != nil {
		return nil, err
	}
	return g, require(c.mayAll(a))
}

// require fails with Forbidden for a caller who lacks a right.
func require(allowed bool) error {
	if allowed {
		return nil
	}
	return &core.Error{Kind: core.Forbidden}
}
