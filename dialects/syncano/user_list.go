package syncano

import (
	"cmp"
	"errors"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/syncano/internal/query"
	"github.com/dragoman-gateway/dragoman/dialects/syncano/internal/schema"
)

// findUser finds the person of the path, whom the caller may see.
func findUser(c *call, tx *core.Tx) (err error) {
	id := c.id("user")
	if restrictedToSelf(c, id) {
		return errNotFound
	}
	c.user, err = tx.User(core.ByID(c.instance.Realm, id))
	return err
}

// findOwnUser is findUser for the paths of the caller's own user.
func findOwnUser(c *call, _ *core.Tx) error {
	c.user = c.caller.user
	return nil
}

func showUser(c *call) (reply, error) {
	u, err := loadUserView(c, c.tx, c.user)
	if err != nil {
		return reply{}, err
	}
	return showUserView(c, u)
}

func showUserView(c *call, u *userView) (reply, error) {
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
	views, err := loadUserViews(c, c.tx, users)
	if err != nil {
		return reply{}, err
	}
	return showPage(c, page, len(views), c.userShape(), func(i int) int64 { return views[i].user.ID }, func(e *encoder, i int) { e.user(&views[i]) })
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
	if err := checkBatchLogin(c); err != nil {
		return reply{}, err
	}
	u, err := c.d.findByName(c.req.Context(), c.instance.Realm, name.Or(""))
	if err != nil {
		return reply{}, err
	}
	attempt := c.attempt(c.instance.Realm, name.Or(""), u)
	given := core.Credential{Dialect: Name, Realm: c.instance.Realm, Login: name.Or(""), Secret: password.Or(""), User: u}
	if c.d.dir.Adopt(c.req.Context(), attempt, given) {
		if u, err = c.d.findByName(c.req.Context(), c.instance.Realm, name.Or("")); err != nil {
			return reply{}, err
		}
		attempt.User = u
	}
	if err := c.d.verifyPassword(c.req.Context(), attempt, password.Or(""), errWrongUsername); err != nil {
		return reply{}, c.hideName(u, err)
	}
	return showLogin(c, u)
}

// showLogin answers a login with the user, and gives them a user key if they have none.
func showLogin(c *call, u *core.User) (reply, error) {
	if u.Handle(userKeyHandle) == "" {
		if err := makeUserKey(c, u); err != nil {
			return reply{}, err
		}
	}
	var view *userView
	err := c.view(func(tx *core.Tx) (err error) {
		if u, err = tx.User(core.ByID(u.Realm, u.ID)); err == nil {
			view, err = loadUserView(c, tx, u)
		}
		return err
	})
	if err != nil {
		return reply{}, err
	}
	view.key = u.Handle(userKeyHandle)
	return showUserView(c, view)
}

// hideName answers a wrong password of a user who holds authority like an unknown
// name: the keys that may ask are public, and such names are worth guessing at.
func (c *call) hideName(u *core.User, wrong error) error {
	if u == nil || !errors.Is(wrong, errWrongPassword) {
		return wrong
	}
	err := c.view(func(tx *core.Tx) error {
		authority, err := tx.Authority(u)
		if err == nil && !authority.Empty() {
			wrong = errWrongUsername
		}
		return err
	})
	if err != nil {
		return err
	}
	return wrong
}

// makeUserKey gives a user who logs in a user key, if they have none.
func makeUserKey(c *call, u *core.User) error {
	key := newEvenKey(c.d.dir)
	self := core.ActingUser(Name, u, core.ProofSecret)
	return c.d.dir.Update(c.req.Context(), self, func(tx *core.Tx) error {
		now, err := tx.User(core.ByID(u.Realm, u.ID))
		if err != nil || now.Handle(userKeyHandle) != "" {
			return err
		}
		now.SetHandle(userKeyHandle, key)
		return tx.SaveUserKeepingUpdatedAt(now)
	})
}

// listFlatUsers lists the users that the caller may read and the query wants.
func listFlatUsers(c *call) (reply, error) {
	p, err := c.readPage()
	if err != nil {
		return reply{}, err
	}
	s := &userScan{k: c}
	if err := c.view(s.prepare); err != nil {
		return reply{}, err
	}
	order, err := query.ReadOrder(c.query(), p, c.class)
	if err != nil {
		return reply{}, err
	}
	found, err := objectPage(c, p, order, s.chunk)
	if err != nil {
		return reply{}, err
	}
	count, err := listCount(c, func(tx *core.Tx) (int64, error) { return countUsers(tx, c.instance.Realm) })
	if err != nil {
		return reply{}, err
	}
	return showFlatUsers(c, p, order, found, count)
}

func showFlatUsers(c *call, p *query.Page, order *query.Order, found []*dataObject, count int64) (reply, error) {
	c.showKey = c.caller.account != nil
	users := make([]*core.User, len(found))
	for i := range found {
		users[i] = found[i].user
	}
	var views []userView
	err := c.view(func(tx *core.Tx) (err error) {
		views, err = loadUserViews(c, tx, users)
		return err
	})
	if err != nil {
		return reply{}, err
	}
	first, last := cursors(order, found)
	return showPageAt(c, p, len(views), flatUserShape, first, last, count, func(e *encoder, i int) { e.user(&views[i]) })
}

// userScan reads the people in the order of their ids.
type userScan struct {
	k      *call
	match  *query.Matcher
	rights rights
}

// prepare reads what the request asks for, and what the caller may see.
func (s *userScan) prepare(tx *core.Tx) (err error) {
	k := s.k
	if k.class, err = schema.FindProfileClass(tx, k.instance.Realm); err != nil {
		return err
	}
	if s.match, err = k.readQuery(tx, k.class, query.UserFields()); err != nil {
		return err
	}
	s.rights, err = k.rights(tx)
	return err
}

func (s *userScan) chunk(tx *core.Tx, at query.Range) (chunk query.Chunk[*dataObject], err error) {
	narrow := s.match.Narrow()
	q := core.UserQuery{Realm: s.k.instance.Realm, AfterID: at.After, BeforeID: at.Before, Desc: at.Desc, Limit: at.Limit,
		IDs: narrow.IDs, UsernamePrefix: cmp.Or(s.k.query().Get("username__startswith"), narrow.UsernamePrefix)}
	if u := s.k.caller.user; u != nil && (s.k.caller.key.IgnoreACL || !s.k.byVersion(false, true)) {
		q.IDs = []int64{u.ID} // a user key narrows even a key that ignores rights, and by v1's rule every key
	}
	users, err := tx.Users(q)
	if err != nil {
		return chunk, err
	}
	objects := make([]*dataObject, len(users))
	for i, u := range users {
		objects[i] = &dataObject{byUser: true}
		if err := objects[i].fillProfile(s.k.class, u); err != nil {
			return chunk, err
		}
		chunk.Last = u.ID
	}
	chunk.Read = len(users)
	chunk.Found, err = s.rights.matching(tx, objects, s.match)
	return chunk, err
}

// countUsers is countObjects for people.
func countUsers(tx *core.Tx, realm core.Realm) (int64, error) {
	n, err := tx.CountUsers(core.UserQuery{Realm: realm})
	return int64(n), err
}
