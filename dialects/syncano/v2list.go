package syncano

import (
	"cmp"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/syncano/internal/schema"
)

// userQueryFields are the fields that v2's queries and orders of users know
// beside the schema's.
func userQueryFields() []queryField {
	return append(sharedFields(),
		builtin("id", schema.Integer, func(o *dataObject) operand { return number(float64(o.owner)) }),
		builtin("username", schema.String, func(o *dataObject) operand { return text(o.user.Username) }),
	)
}

// listFlatUsers lists those people whom the caller may read and the query wants.
func listFlatUsers(k *call) error {
	p, err := k.readPage()
	if err != nil {
		return err
	}
	s := &userScan{k: k}
	if err := k.view(s.prepare); err != nil {
		return err
	}
	order, err := k.readOrder(p)
	if err != nil {
		return err
	}
	found, err := k.fillPage(p, order, s)
	if err != nil {
		return err
	}
	count, err := k.listCount(func(tx *core.Tx) (int64, error) { return countUsers(tx, k.instance.Realm) })
	if err != nil {
		return err
	}
	return k.writeFlatUsers(p, order, found, count)
}

func (k *call) writeFlatUsers(p *page, order *ordering, found []dataObject, count int64) error {
	k.showKey = k.who.account != nil
	users := make([]*core.User, len(found))
	for i := range found {
		users[i] = found[i].user
	}
	var people []person
	err := k.view(func(tx *core.Tx) (err error) {
		people, err = k.findPeople(tx, users)
		return err
	})
	if err != nil {
		return err
	}
	var first, last string
	if n := len(found); n > 0 {
		first, last = order.cursor(&found[0]), order.cursor(&found[n-1])
	}
	k.setFilter()
	k.startPage(p, len(found), first, last)
	for i := range people {
		k.writeUser(&people[i])
	}
	k.endCounted(count)
	return nil
}

// userScan reads the people in the order of their ids.
type userScan struct {
	k      *call
	match  *matcher
	rights rights
}

// prepare reads what the request asks for, and what the caller may see.
func (s *userScan) prepare(tx *core.Tx) (err error) {
	k := s.k
	if k.class, err = schema.FindProfileClass(tx, k.instance.Realm); err != nil {
		return err
	}
	if s.match, err = k.readQuery(tx, k.class, userQueryFields()); err != nil {
		return err
	}
	s.rights, err = k.rights(tx)
	return err
}

func (s *userScan) chunk(tx *core.Tx, at span) (found []dataObject, seen int, last int64, err error) {
	q := core.UserQuery{Realm: s.k.instance.Realm, AfterID: at.after, BeforeID: at.before, Desc: at.desc, Limit: at.limit,
		IDs: s.match.narrow.ids, UsernamePrefix: cmp.Or(s.k.query().Get("username__startswith"), s.match.narrow.prefix)}
	if s.rights.user != 0 && s.k.who.key.IgnoreACL {
		q.IDs = []int64{s.rights.user} // a user key narrows even a key that ignores rights
	}
	users, err := tx.Users(q)
	if err != nil {
		return nil, 0, 0, err
	}
	for _, u := range users {
		last = u.ID
		o := &dataObject{byUser: true}
		if err := o.fillProfile(s.k.class, u); err != nil {
			return nil, 0, 0, err
		}
		if s.rights.of(o) < rightRead {
			continue
		}
		ok, err := s.match.matches(tx, o)
		if err != nil {
			return nil, 0, 0, err
		}
		if ok {
			found = append(found, *o)
		}
	}
	return found, len(users), last, nil
}

// countUsers is countObjects for people.
func countUsers(tx *core.Tx, realm core.Realm) (int64, error) {
	n, err := tx.CountUsers(core.UserQuery{Realm: realm})
	return int64(n), err
}
