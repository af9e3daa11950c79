package econtext

import (
	"github.com/dragoman-gateway/dragoman/core"
)

// chunk is how many users are read at once. A page of up to that many is one
// consistent state; a longer list is read in chunks, each its own state, so
// that a list of any length needs little memory and holds up nobody.
const chunk = 1000

// listing is a list of users to answer with.
type listing struct {
	query   core.UserQuery
	minimal bool
	// status keeps only users with exactly that status; "" keeps all.
	status string
	// alone leaves out the users' applications and groups.
	alone bool
	// admins keeps only the admins of their organization.
	admins bool
}

func (l *listing) filters() bool { return l.status != "" || l.admins }

func (l *listing) keeps(p *person) bool {
	return (l.status == "" || p.face.statusOf(p.User, p.now) == l.status) && (!l.admins || p.face.admin)
}

// listing reads what the query asks for: limit, offset, order_by and minimal.
// Without limit all users are listed.
func (k *call) listing() (l listing, err error) {
	q := k.query()
	l.query = core.UserQuery{Realm: k.d.realm, Order: userOrder(q.get("order_by"))}
	l.minimal = q.get("minimal") != ""
	if l.query.Limit, err = q.number("limit"); err != nil {
		return l, err
	}
	if k.d.v2 {
		l.query.Limit = or(l.query.Limit, usersAtOnceV2)
	}
	l.query.Offset, err = q.number("offset")
	return l, err
}

// userOrder is what a user field sorts by; one that no list can be sorted by
// sorts as the default does.
func userOrder(field string) core.Order {
	switch field {
	case "id", "href":
		return core.OrderUID
	case "username":
		return core.OrderUsername
	case "name":
		return core.OrderName
	case "created_at":
		return core.OrderCreatedAt
	case "modified_at":
		return core.OrderUpdatedAt
	}
	return core.OrderEmail
}

// write implements reply: it writes the users as they are read.
func (l listing) write(a *answer) error {
	a.RawKey("users")
	return l.array(a)
}

func (l listing) array(a *answer) error {
	a.Arr()
	w := window{listing: l, skip: l.query.Offset, left: l.query.Limit}
	if w.left == 0 {
		w.left = -1
	}
	for !w.done {
		people, err := w.next(a.k)
		if err != nil {
			return err
		}
		if err := w.show(a, people); err != nil {
			return err
		}
	}
	a.End()
	return nil
}

// window walks through a listing.
type window struct {
	listing
	skip int // users to pass over; the store does it where it can
	left int // users to write; negative: all
	done bool
}

// next reads a chunk.
func (w *window) next(k *call) (all []person, err error) {
	q := w.query
	q.Limit = chunk
	if w.filters() {
		q.Offset = 0 // which users count is not for the store to know
	} else {
		w.skip = 0
		if w.left >= 0 {
			q.Limit = min(chunk, w.left)
		}
	}
	err = k.view(func(tx *core.Tx) error {
		users, err := tx.Users(q)
		if err != nil {
			return err
		}
		if w.done = len(users) < q.Limit; len(users) > 0 {
			w.query.After, w.query.Offset = users[len(users)-1], 0
		}
		all, err = w.read(k.d, tx, users)
		return err
	})
	return all, err
}

func (w *window) read(d *Dialect, tx *core.Tx, users []*core.User) ([]person, error) {
	if w.minimal {
		return d.minimalPeople(tx, users)
	}
	all, err := d.gather(tx, users)
	for i := range all {
		if w.alone {
			all[i].applications, all[i].groups = nil, nil
		}
	}
	return all, err
}

func (w *window) show(a *answer, people []person) error {
	for i := range people {
		p := &people[i]
		if !w.keeps(p) {
			continue
		}
		if w.skip > 0 {
			w.skip--
			continue
		}
		if w.left == 0 {
			break
		}
		w.left--
		if w.minimal {
			a.minimalUser(p)
		} else {
			a.user(p)
		}
		if err := a.spill(); err != nil {
			return err
		}
	}
	w.done = w.done || w.left == 0
	return nil
}

// minimalPeople reads what minimal users show: in the documented profile no
// more than the users themselves.
func (d *Dialect) minimalPeople(tx *core.Tx, users []*core.User) ([]person, error) {
	if d.v2 {
		return d.gather(tx, users)
	}
	return people(tx, users)
}
