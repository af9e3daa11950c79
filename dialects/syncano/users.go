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

func showUser(k *call, tx *core.Tx) error {
	p, err := k.findPerson(tx, k.user)
	if err != nil {
		return err
	}
	k.setFilter()
	k.writeUser(p)
	return nil
}

func listUsers(k *call, tx *core.Tx) error {
	page, err := k.page()
	if err != nil {
		return err
	}
	q := core.UserQuery{Realm: k.instance.Realm, UsernamePrefix: k.query().Get("username__startswith")}
	if k.who.user != nil {
		q.IDs = []int64{k.who.user.ID}
	}
	users, err := page.Users(tx, q)
	if err != nil {
		return err
	}
	people, err := k.findPeople(tx, users)
	if err != nil {
		return err
	}
	k.writePage(page, len(people), func(i int) int64 { return people[i].user.ID }, func(i int) { k.writeUser(&people[i]) })
	return nil
}

// login answers who the name and password are; see README, post-login-tells.
func login(k *call) error {
	in, err := k.bodyObject()
	if err != nil {
		return err
	}
	p := &problems{}
	name := k.text(in, "username", textRule{required: true, max: 64}, p)
	password := k.text(in, "password", textRule{required: true, max: 128}, p)
	if err := p.err(); err != nil {
		return err
	}
	u, err := k.d.findByName(k.req.Context(), k.instance.Realm, strings.ToLower(name.Or("")))
	if err != nil {
		return err
	}
	if err := k.d.prove(k.req.Context(), u, password.Or(""), errWrongUsername); err != nil {
		return err
	}
	return k.view(func(tx *core.Tx) (err error) {
		if k.user, err = tx.User(core.ByID(u.Realm, u.ID)); err != nil {
			return err
		}
		return showUser(k, tx)
	})
}
