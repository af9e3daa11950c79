package syncano

import (
	"cmp"
	"slices"
	"time"

	"github.com/dragoman-gateway/dragoman/core"
)

// userQueryFields are the fields that v2's queries and orders of users know
// beside the schema's.
func userQueryFields() []queryField {
	return append(sharedFields(),
		builtin("id", typeInteger, func(o *dataObject) operand { return number(float64(o.owner)) }),
		builtin("username", typeString, func(o *dataObject) operand { return text(o.user.Username) }),
	)
}

// listFlatUsers lists those people whom the caller may read and the query wants.
func listFlatUsers(k *call, tx *core.Tx) error {
	p, err := k.readPage()
	if err != nil {
		return err
	}
	k.showKey = k.who.account != nil
	if k.class, err = findProfileClass(tx, k.instance.Realm); err != nil {
		return err
	}
	order, err := k.readOrder(p)
	if err != nil {
		return err
	}
	s := userScan{k: k, tx: tx}
	if s.match, err = k.readQuery(tx, k.class, userQueryFields()); err != nil {
		return err
	}
	if s.rights, err = k.rights(tx); err != nil {
		return err
	}
	users, cursors, err := s.find(p, order)
	if err != nil {
		return err
	}
	people, err := k.findPeople(tx, users)
	if err != nil {
		return err
	}
	return k.writeFlatUsers(tx, p, people, cursors)
}

func (k *call) writeFlatUsers(tx *core.Tx, p *page, people []person, cursors [2]string) error {
	count := int64(-1)
	if truthy(k.query().Get("include_count")) {
		n, err := countUsers(tx, k.instance.Realm)
		if err != nil {
			return err
		}
		count = n
	}
	k.setFilter()
	k.startPage(p, len(people), cursors[0], cursors[1])
	for i := range people {
		k.writeUser(&people[i])
	}
	k.out.End()
	if count >= 0 {
		k.out.Key("objects_count").Int(count)
	}
	k.out.End()
	return nil
}

// userScan walks the people in the order of their ids.
type userScan struct {
	k      *call
	tx     *core.Tx
	match  *matcher
	rights rights
}

// find returns the people of the page and the cursors of its two ends.
func (s *userScan) find(p *page, order *ordering) (users []*core.User, ends [2]string, err error) {
	if p.size == 0 {
		return nil, ends, nil
	}
	var kept []dataObject
	if order == nil {
		p.bound()
		kept, err = s.byID(p)
	} else {
		best := bestOf{order: order, page: p}
		err = s.each(0, 0, false, scanChunk, func(o *dataObject) bool { best.offer(o); return true })
		kept = best.result()
	}
	for i := range kept {
		users = append(users, kept[i].user)
	}
	if n := len(kept); n > 0 {
		ends = [2]string{order.cursor(&kept[0]), order.cursor(&kept[n-1])}
	}
	return users, ends, err
}

func (s *userScan) byID(p *page) (kept []dataObject, err error) {
	err = s.each(p.after, p.before, p.queryDesc(), p.size, func(o *dataObject) bool {
		kept = append(kept, *o)
		return len(kept) < p.size
	})
	if p.reversed() {
		slices.Reverse(kept)
	}
	return kept, err
}

// each shows take every person whom the caller may read and the query wants,
// until it says no. The first chunk is as long as told.
func (s *userScan) each(after, before int64, desc bool, limit int, take func(*dataObject) bool) error {
	q := core.UserQuery{Realm: s.k.instance.Realm, AfterID: after, BeforeID: before, Desc: desc, Limit: limit,
		IDs: s.match.narrow.ids, UsernamePrefix: cmp.Or(s.k.query().Get("username__startswith"), s.match.narrow.prefix)}
	if s.rights.user != 0 && s.k.who.key.IgnoreACL {
		q.IDs = []int64{s.rights.user} // a user key narrows even a key that ignores rights
	}
	for deadline := time.Now().Add(scanTime); ; q.Limit = scanChunk {
		users, err := s.tx.Users(q)
		if err != nil {
			return err
		}
		if more, err := s.offer(users, take); !more || err != nil || len(users) < q.Limit {
			return err
		}
		if time.Now().After(deadline) {
			return errTooSlow
		}
		if last := users[len(users)-1].ID; desc {
			q.BeforeID = last
		} else {
			q.AfterID = last
		}
	}
}

func (s *userScan) offer(users []*core.User, take func(*dataObject) bool) (more bool, err error) {
	for _, u := range users {
		o, err := s.object(u)
		if err != nil {
			return false, err
		}
		if s.rights.of(o) < rightRead {
			continue
		}
		ok, err := s.match.matches(s.tx, o)
		if err != nil {
			return false, err
		}
		if ok && !take(o) {
			return false, nil
		}
	}
	return true, nil
}

// object is the person as the query sees one. Who came from another dialect and
// has no profile yet is seen with the one that he is going to get when shown.
func (s *userScan) object(u *core.User) (*dataObject, error) {
	o := &dataObject{byPerson: true}
	furnished, err := o.fillCopy(s.k.class, u)
	if err != nil || furnished {
		return o, err
	}
	o.row = newProfile(u)
	o.body, err = decodeObject(o.row)
	return o, err
}

// countUsers is countObjects for people.
func countUsers(tx *core.Tx, realm core.Realm) (int64, error) {
	n, err := tx.CountUsers(core.UserQuery{Realm: realm})
	return int64(n), err
}
