package econtext

import (
	"errors"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects"
)

// pathUser finds the user that the path names.
func (c *call) pathUser(tx *core.Tx) (*core.User, error) {
	u, err := tx.User(core.ByUID(c.d.realm, c.param("userid")))
	if errors.Is(err, core.ErrNotFound) {
		return nil, c.unknown("user")
	}
	return u, err
}

func showUser(c *call) (reply, error) {
	if err := dialects.BeginAnswer(c.writer()); err != nil { // applications may make it large
		return nil, err
	}
	var v *userView
	err := c.view(func(tx *core.Tx) error {
		u, err := c.pathUser(tx)
		if err == nil {
			v, err = c.d.loadUserView(tx, u)
		}
		return err
	})
	return userReply(v), err
}

func userReply(v *userView) reply {
	return func(e *encoder) error {
		defer e.hold(v.size())()
		e.RawKey("user")
		e.user(v, e.c.d.version.user)
		return nil
	}
}
