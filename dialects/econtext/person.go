package econtext

import (
	"cmp"
	"slices"
	"time"

	"github.com/dragoman-gateway/dragoman/core"
)

// person is a user with everything that is shown of one.
type person struct {
	*core.User
	face         *face
	now          time.Time // the status depends on it
	applications []thing
	groups       []thing
	keys         []key
	organization *thing // nil: none
	// bareModified shows modified_at without its offset, as one answer of the
	// profile v2 does.
	bareModified bool
}

// thing is an application, a group or an organization.
type thing struct {
	*core.Group
	doc *document
	app string // a group's application, by id
}

// key is an API key.
type key struct {
	*core.Record
	doc *document
}

// people is what minimal users show: no more than the users themselves.
func people(tx *core.Tx, users []*core.User) ([]person, error) {
	all := make([]person, len(users))
	for i, u := range users {
		f, err := faceOf(u)
		if err != nil {
			return nil, err
		}
		all[i] = person{User: u, face: f, now: tx.Now()}
	}
	return all, nil
}

// gather reads what belongs to users, by a fixed number of queries however many they are.
func (d *Dialect) gather(tx *core.Tx, users []*core.User) ([]person, error) {
	all, err := people(tx, users)
	if err != nil || len(users) == 0 {
		return all, err
	}
	g := gathering{d: d, tx: tx, people: all, ids: idsOf(users), at: placesOf(users)}
	if err := g.read(); err != nil {
		return nil, err
	}
	for i := range all {
		all[i].sort()
	}
	return all, nil
}

// reload is gather for one user.
func (d *Dialect) reload(tx *core.Tx, u *core.User) (*person, error) {
	all, err := d.gather(tx, []*core.User{u})
	if err != nil {
		return nil, err
	}
	return &all[0], nil
}

// sort puts the lists in the order in which they are shown. The vendor's server
// has none; here it is the same at every call.
func (p *person) sort() {
	byName := func(a, b thing) int { return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.UID, b.UID)) }
	slices.SortFunc(p.applications, byName)
	slices.SortFunc(p.groups, byName)
	slices.SortFunc(p.keys, func(a, b key) int {
		return cmp.Or(b.CreatedAt.Compare(a.CreatedAt), cmp.Compare(a.Key, b.Key))
	})
}
