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
	g := gathering{d: d, tx: tx, people: all, ids: idsOf(users)}
	if err := g.read(); err != nil {
		return nil, err
	}
	for i := range all {
		all[i].sort()
	}
	return all, nil
}

// reload is gather for one user, whose things are few and likely in memory: they
// are asked for one by one.
func (d *Dialect) reload(tx *core.Tx, u *core.User) (*person, error) {
	f, err := faceOf(u)
	if err != nil {
		return nil, err
	}
	p := &person{User: u, face: f, now: tx.Now()}
	all, err := tx.Memberships(core.MembershipQuery{Realm: d.realm, Users: []int64{u.ID}})
	if err != nil {
		return nil, err
	}
	for i := range all {
		if err := d.addThing(tx, p, &all[i]); err != nil {
			return nil, err
		}
	}
	for _, id := range f.keys {
		if err := d.addKey(tx, p, id); err != nil {
			return nil, err
		}
	}
	p.sort()
	return p, nil
}

// addThing gives the person what a membership names, if it is this dialect's.
func (d *Dialect) addThing(tx *core.Tx, p *person, m *core.Membership) error {
	switch m.Kind {
	case kindApplication, kindGroup, kindOrganization:
	default:
		return nil
	}
	t, err := d.thing(tx, m.Kind, m.Group)
	switch m.Kind {
	case kindApplication:
		p.applications = append(p.applications, t)
	case kindGroup:
		p.groups = append(p.groups, t)
	case kindOrganization:
		org := t
		p.organization = &org
	}
	return err
}

func (d *Dialect) thing(tx *core.Tx, kind string, id int64) (t thing, err error) {
	if t.Group, err = tx.Group(core.GroupRef{Realm: d.realm, Kind: kind, ID: id}); err != nil {
		return t, err
	}
	if t.doc, err = documentOf(t.Body); err != nil || kind != kindGroup {
		return t, err
	}
	app, err := tx.Group(core.GroupRef{Realm: d.realm, Kind: kindApplication, ID: t.Parent})
	if err == nil {
		t.app = app.UID
	}
	return t, err
}

func (d *Dialect) addKey(tx *core.Tx, p *person, id int64) error {
	r, err := tx.Record(core.RecordRef{Realm: d.realm, Kind: kindAPIKey, ID: id})
	if err != nil {
		return err
	}
	doc, err := documentOf(r.Body)
	p.keys = append(p.keys, key{Record: r, doc: doc})
	return err
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
