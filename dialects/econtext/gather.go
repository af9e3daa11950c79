package econtext

import (
	"cmp"
	"slices"

	"github.com/dragoman-gateway/dragoman/core"
)

// gathering is one reading of what belongs to some users.
type gathering struct {
	d           *Dialect
	tx          *core.Tx
	people      []person
	ids         []int64 // of the people
	at          places  // see place
	memberships []core.Membership

	applications, groups, organizations []thing // sorted by number
}

// places finds a person by number.
type places map[int64]int

// place finds a person. Most pages have no need to.
func (g *gathering) place(id int64) int {
	if g.at == nil {
		g.at = make(places, len(g.ids))
		for i, id := range g.ids {
			g.at[id] = i
		}
	}
	return g.at[id]
}

func idsOf(users []*core.User) []int64 {
	ids := make([]int64, len(users))
	for i, u := range users {
		ids[i] = u.ID
	}
	return ids
}

// read reads the groups before the applications: each names its own, of which
// its user need not be a member.
func (g *gathering) read() (err error) {
	g.memberships, err = g.tx.Memberships(core.MembershipQuery{Realm: g.d.realm, Users: g.ids})
	if err != nil {
		return err
	}
	if g.groups, err = g.things(kindGroup, nil); err != nil {
		return err
	}
	if err = g.nameApplications(); err != nil {
		return err
	}
	if g.d.v2 {
		if g.organizations, err = g.things(kindOrganization, nil); err != nil {
			return err
		}
	}
	g.join()
	return g.readKeys()
}

// nameApplications reads the applications, and fills in those of the groups: a
// group's user need not be a member of its application.
func (g *gathering) nameApplications() (err error) {
	ids := make([]int64, 0, len(g.groups)+len(g.memberships))
	for i := range g.groups {
		ids = append(ids, g.groups[i].Parent)
	}
	if g.applications, err = g.things(kindApplication, ids); err != nil {
		return err
	}
	for i := range g.groups {
		if app := find(g.applications, g.groups[i].Parent); app != nil {
			g.groups[i].app = app.UID
		}
	}
	return nil
}

// things reads the groups of a kind that the memberships name, and more.
func (g *gathering) things(kind string, ids []int64) ([]thing, error) {
	for i := range g.memberships {
		if g.memberships[i].Kind == kind {
			ids = append(ids, g.memberships[i].Group)
		}
	}
	if len(ids) == 0 {
		return nil, nil
	}
	slices.Sort(ids)
	groups, err := g.tx.Groups(core.GroupQuery{Realm: g.d.realm, Kind: kind, IDs: slices.Compact(ids)})
	if err != nil {
		return nil, err
	}
	return thingsOf(groups)
}

func thingsOf(groups []*core.Group) ([]thing, error) {
	all := make([]thing, len(groups))
	for i, g := range groups {
		doc, err := documentOf(g.Body)
		if err != nil {
			return nil, err
		}
		all[i] = thing{Group: g, doc: doc}
	}
	return all, nil
}

// find looks a number up in things sorted by number; nil if it is not there.
func find(all []thing, id int64) *thing {
	i, ok := slices.BinarySearchFunc(all, id, func(t thing, id int64) int { return cmp.Compare(t.ID, id) })
	if !ok {
		return nil
	}
	return &all[i]
}

// join gives each person what the memberships say.
func (g *gathering) join() {
	if len(g.memberships) == 0 {
		return
	}
	g.makeRoom()
	for i := range g.memberships {
		m := &g.memberships[i]
		p := &g.people[g.place(m.User)]
		switch m.Kind {
		case kindApplication:
			p.applications = appendFound(p.applications, g.applications, m.Group)
		case kindGroup:
			p.groups = appendFound(p.groups, g.groups, m.Group)
		case kindOrganization:
			p.organization = find(g.organizations, m.Group)
		}
	}
}

// makeRoom cuts the lists of all people from one piece of memory.
func (g *gathering) makeRoom() {
	type room struct{ applications, groups int }
	rooms := make([]room, len(g.people))
	for i := range g.memberships {
		r := &rooms[g.place(g.memberships[i].User)]
		switch g.memberships[i].Kind {
		case kindApplication:
			r.applications++
		case kindGroup:
			r.groups++
		}
	}
	left := make([]thing, len(g.memberships))
	for i, r := range rooms {
		p, end := &g.people[i], r.applications+r.groups
		p.applications, p.groups = left[:0:r.applications], left[r.applications:r.applications:end]
		left = left[end:]
	}
}

func appendFound(to, all []thing, id int64) []thing {
	if t := find(all, id); t != nil {
		to = append(to, *t)
	}
	return to
}

func (g *gathering) readKeys() error {
	var ids []int64
	for i := range g.people {
		ids = append(ids, g.people[i].face.keys...)
	}
	if len(ids) == 0 {
		return nil
	}
	records, err := g.tx.Records(core.RecordQuery{Realm: g.d.realm, Kind: kindAPIKey, IDs: ids})
	if err != nil {
		return err
	}
	for _, r := range records {
		doc, err := documentOf(r.Body)
		if err != nil {
			return err
		}
		p := &g.people[g.place(r.Owner)]
		p.keys = append(p.keys, key{Record: r, doc: doc})
	}
	return nil
}
