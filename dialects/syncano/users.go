package syncano

import (
	"strings"

	"github.com/dragoman-gateway/dragoman/core"
)

// findUser finds the person of the path, whom the caller may see.
func findUser(k *call, tx *core.Tx) (err error) {
	id := k.id("user")
	if k.narrowed(id) {
		return errNotFound
	}
	k.user, err = tx.User(core.ByID(k.instance.Realm, id))
	return err
}

// findOwnUser is findUser for the paths that speak of oneself.
func findOwnUser(k *call, _ *core.Tx) error {
	k.user = k.who.user
	return nil
}

func showUser(k *call) (reply, error) {
	u, err := k.loadUserView(k.tx, k.user)
	if err != nil {
		return reply{}, err
	}
	return k.showUserView(u)
}

func (k *call) showUserView(u *userView) (reply, error) {
	return show(k.userShape(), func(e *encoder) { e.user(u) })
}

func (k *call) userShape() *shape {
	if k.v.v2 {
		return flatUserShape
	}
	return userShape
}

func listUsers(k *call) (reply, error) {
	page, err := k.page()
	if err != nil {
		return reply{}, err
	}
	q := core.UserQuery{Realm: k.instance.Realm, UsernamePrefix: k.query().Get("username__startswith")}
	if k.who.user != nil {
		q.IDs = []int64{k.who.user.ID}
	}
	users, err := page.Users(k.tx, q)
	if err != nil {
		return reply{}, err
	}
	views, err := k.loadUserViews(k.tx, users)
	if err != nil {
		return reply{}, err
	}
	return k.showPage(page, len(views), k.userShape(), func(i int) int64 { return views[i].user.ID }, func(e *encoder, i int) { e.user(&views[i]) })
}

// login answers who the name and password are; see README, post-login-tells.
func login(k *call) (reply, error) {
	in, err := k.bodyObject()
	if err != nil {
		return reply{}, err
	}
	p := &problems{}
	name := k.text(in, "username", textRule{required: true, max: 64}, p)
	password := k.text(in, "password", textRule{required: true, max: 128}, p)
	if err := p.err(); err != nil {
		return reply{}, err
	}
	u, err := k.d.findByName(k.req.Context(), k.instance.Realm, strings.ToLower(name.Or("")))
	if err != nil {
		return reply{}, err
	}
	if err := k.d.verifyPassword(k.req.Context(), u, password.Or(""), errWrongUsername); err != nil {
		return reply{}, err
	}
	var view *userView
	err = k.view(func(tx *core.Tx) (err error) {
		if u, err = tx.User(core.ByID(u.Realm, u.ID)); err == nil {
			view, err = k.loadUserView(tx, u)
		}
		return err
	})
	if err != nil {
		return reply{}, err
	}
	return k.showUserView(view)
}
