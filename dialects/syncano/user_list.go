package syncano

import (
	"strings"

	"github.com/dragoman-gateway/dragoman/core"
)

// findUser finds the person of the path, whom the caller may see.
func findUser(c *call, tx *core.Tx) (err error) {
	id := c.id("user")
	if c.restrictedToSelf(id) {
		return errNotFound
	}
	c.user, err = tx.User(core.ByID(c.instance.Realm, id))
	return err
}

// findOwnUser is findUser for the paths that speak of oneself.
func findOwnUser(c *call, _ *core.Tx) error {
	c.user = c.caller.user
	return nil
}

func showUser(c *call) (reply, error) {
	u, err := c.loadUserView(c.tx, c.user)
	if err != nil {
		return reply{}, err
	}
	return c.showUserView(u)
}

func (c *call) showUserView(u *userView) (reply, error) {
	return show(c.userShape(), func(e *encoder) { e.user(u) })
}

func (c *call) userShape() *shape {
	if c.v.v2 {
		return flatUserShape
	}
	return userShape
}

func listUsers(c *call) (reply, error) {
	page, err := c.page()
	if err != nil {
		return reply{}, err
	}
	q := core.UserQuery{Realm: c.instance.Realm, UsernamePrefix: c.query().Get("username__startswith")}
	if c.caller.user != nil {
		q.IDs = []int64{c.caller.user.ID}
	}
	users, err := page.Users(c.tx, q)
	if err != nil {
		return reply{}, err
	}
	views, err := c.loadUserViews(c.tx, users)
	if err != nil {
		return reply{}, err
	}
	return c.showPage(page, len(views), c.userShape(), func(i int) int64 { return views[i].user.ID }, func(e *encoder, i int) { e.user(&views[i]) })
}

// login answers who the name and password are; see README, post-login-tells.
func login(c *call) (reply, error) {
	in, err := c.bodyObject()
	if err != nil {
		return reply{}, err
	}
	p := &problems{}
	name := c.text(in, "username", textRule{required: true, max: 64}, p)
	password := c.text(in, "password", textRule{required: true, max: 128}, p)
	if err := p.err(); err != nil {
		return reply{}, err
	}
	u, err := c.d.findByName(c.req.Context(), c.instance.Realm, strings.ToLower(name.Or("")))
	if err != nil {
		return reply{}, err
	}
	if err := c.d.verifyPassword(c.req.Context(), u, password.Or(""), errWrongUsername); err != nil {
		return reply{}, err
	}
	var view *userView
	err = c.view(func(tx *core.Tx) (err error) {
		if u, err = tx.User(core.ByID(u.Realm, u.ID)); err == nil {
			view, err = c.loadUserView(tx, u)
		}
		return err
	})
	if err != nil {
		return reply{}, err
	}
	return c.showUserView(view)
}
