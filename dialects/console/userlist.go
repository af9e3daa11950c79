package console

import (
	"slices"

	"github.com/dragoman-gateway/dragoman/core"
)

// Bounds of one page. What no index finds is looked at user by user, and a page answers
// before it has looked at all of very many.
const (
	pageSize  = 50   // users on it
	scanChunk = 500  // users that a filter looks at in one query
	maxScan   = 1000 // users that a filter looks at
	maxSearch = 4096 // users that a search looks at
)

// portion is users in the order of a list.
type portion struct {
	users []*core.User
	at    []int64        // for each, what the list goes on behind
	in    map[int64]bool // those in the group; nil if all are
	last  bool           // no more follow
	// stopped is what the list goes on behind if it has looked at enough; 0 if it has not.
	stopped int64
}

// fill reads one page. One that has looked at enough links to where it goes on.
func (p *usersPage) fill(tx *core.Tx) error {
	f, size := p.Filter, pageSize+1
	p.Users, p.More, p.Partial = nil, "", false
	if f.State != "" || f.Dialect != "" {
		size = scanChunk
	}
	for looked := 0; ; {
		next, err := f.next(tx, size)
		if err != nil {
			return err
		}
		for i, u := range next.users {
			if (next.in == nil || next.in[u.ID]) && f.matches(u, tx) {
				if len(p.Users) == pageSize {
					p.More = f.link(f.After)
					return nil
				}
				p.Users = append(p.Users, u)
			}
			f.After = next.at[i]
		}
		if next.last {
			return nil
		}
		f.After = max(f.After, next.stopped)
		if looked += len(next.users); next.stopped != 0 || looked >= maxScan {
			p.More, p.Partial = f.link(f.After), true
			return nil
		}
	}
}

// addByUID puts the user whose UID was searched for before those whose names match.
func (p *usersPage) addByUID(tx *core.Tx) error {
	f := p.Filter
	if f.Text == "" || f.After != 0 || f.Group != 0 {
		return nil
	}
	u, err := tx.UserIncludingDeleted(core.ByUID(f.Realm, f.Text))
	if core.KindOf(err) == core.NotFound {
		return nil
	}
	if err == nil && f.matches(u, tx) && !slices.ContainsFunc(p.Users, func(o *core.User) bool { return o.ID == u.ID }) {
		p.Users = slices.Insert(p.Users, 0, u)
	}
	return err
}

// next reads the users behind After: by number, or the members of a group in the order
// in which they joined.
func (f userFilter) next(tx *core.Tx, limit int) (p portion, err error) {
	if f.Group != 0 && f.Text == "" {
		return f.nextMembers(tx, limit)
	}
	scan := core.Scan{Most: maxSearch}
	if p.users, err = tx.Users(f.query(limit, &scan)); err != nil {
		return p, err
	}
	p.stopped, p.last = scan.Stopped, len(p.users) < limit && scan.Stopped == 0
	for _, u := range p.users {
		p.at = append(p.at, u.ID)
	}
	if f.Group == 0 || len(p.users) == 0 {
		return p, nil
	}
	joined, err := tx.Memberships(core.MembershipQuery{Realm: f.Realm, Kind: f.Kind, Group: f.Group, Users: p.at})
	p.in = map[int64]bool{}
	for _, m := range joined {
		p.in[m.User] = true
	}
	return p, err
}

func (f userFilter) nextMembers(tx *core.Tx, limit int) (p portion, err error) {
	joined, err := tx.Memberships(core.MembershipQuery{Realm: f.Realm, Kind: f.Kind, Group: f.Group, AfterID: f.After, Limit: limit})
	p.last = len(joined) < limit
	if err != nil || len(joined) == 0 {
		return p, err
	}
	ids := make([]int64, len(joined))
	for i, m := range joined {
		ids[i] = m.User
	}
	users, err := tx.Users(core.UserQuery{Realm: f.Realm, IDs: ids, Deleted: true})
	if err != nil {
		return p, err
	}
	for _, m := range joined {
		i := slices.IndexFunc(users, func(u *core.User) bool { return u.ID == m.User })
		if i >= 0 {
			p.users, p.at = append(p.users, users[i]), append(p.at, m.ID)
		}
	}
	return p, nil
}
