package econtext

import (
	"cmp"
	"slices"

	"github.com/dragoman-gateway/dragoman/core"
)

// newUserViews returns views without relations: all that minimal users show.
func newUserViews(tx *core.Tx, users []*core.User) (views []userView, err error) {
	views = make([]userView, len(users))
	for i, u := range users {
		if views[i], err = newUserView(tx, u); err != nil {
			return nil, err
		}
	}
	return views, nil
}

// loadUserView loads one user's relations, which are few and likely in memory, one by one.
func (d *Dialect) loadUserView(tx *core.Tx, u *core.User) (*userView, error) {
	v, err := newUserView(tx, u)
	if err != nil {
		return nil, err
	}
	memberships, err := tx.Memberships(core.MembershipQuery{Realm: d.realm, Users: []int64{u.ID}})
	if err != nil {
		return nil, err
	}
	for i := range memberships {
		m := &memberships[i]
		if m.Kind != kindApplication && m.Kind != kindGroup && m.Kind != kindOrganization {
			continue
		}
		g, err := tx.Group(core.GroupRef{Realm: d.realm, Kind: m.Kind, ID: m.Group})
		if err != nil {
			return nil, err
		}
		view, err := d.newGroupView(tx, g)
		if err != nil {
			return nil, err
		}
		v.add(view)
	}
	for _, id := range v.facet.keys {
		r, err := tx.Record(core.RecordRef{Realm: d.realm, Kind: kindAPIKey, ID: id})
		if err != nil {
			return nil, err
		}
		doc, err := documentOf(r.Body)
		if err != nil {
			return nil, err
		}
		v.keys = append(v.keys, apiKeyView{Record: r, doc: doc})
	}
	v.sort()
	return &v, nil
}

func (v *userView) add(g *groupView) {
	switch g.Kind {
	case kindApplication:
		v.applications = append(v.applications, *g)
	case kindGroup:
		v.groups = append(v.groups, *g)
	case kindOrganization:
		v.organization = g
	}
}

// userLoader loads the relations of many users in a fixed number of queries.
type userLoader struct {
	d           *Dialect
	tx          *core.Tx
	views       []userView
	ids         []int64       // of the users
	index       map[int64]int // see indexOf
	memberships []core.Membership

	applications, groups, organizations []groupView // sorted by ID
}

func (d *Dialect) loadUserViews(tx *core.Tx, users []*core.User) ([]userView, error) {
	views, err := newUserViews(tx, users)
	if err != nil || len(users) == 0 {
		return views, err
	}
	l := userLoader{d: d, tx: tx, views: views, ids: make([]int64, len(users))}
	for i, u := range users {
		l.ids[i] = u.ID
	}
	if err := l.load(); err != nil {
		return nil, err
	}
	for i := range views {
		views[i].sort()
	}
	return views, nil
}

// indexOf finds a user's view by ID. Most pages do not need it.
func (l *userLoader) indexOf(id int64) int {
	if l.index == nil {
		l.index = make(map[int64]int, len(l.ids))
		for i, id := range l.ids {
			l.index[id] = i
		}
	}
	return l.index[id]
}

// load loads the groups before the applications: each names its own, of which
// its user need not be a member.
func (l *userLoader) load() (err error) {
	l.memberships, err = l.tx.Memberships(core.MembershipQuery{Realm: l.d.realm, Users: l.ids})
	if err != nil {
		return err
	}
	if l.groups, err = l.groupViews(kindGroup, nil); err != nil {
		return err
	}
	if err = l.nameApplications(); err != nil {
		return err
	}
	if l.d.v2 {
		if l.organizations, err = l.groupViews(kindOrganization, nil); err != nil {
			return err
		}
	}
	l.join()
	return l.loadKeys()
}

// nameApplications loads the applications, also those of the groups, and names them in the groups.
func (l *userLoader) nameApplications() (err error) {
	ids := make([]int64, 0, len(l.groups)+len(l.memberships))
	for i := range l.groups {
		ids = append(ids, l.groups[i].Parent)
	}
	if l.applications, err = l.groupViews(kindApplication, ids); err != nil {
		return err
	}
	for i := range l.groups {
		if app := find(l.applications, l.groups[i].Parent); app != nil {
			l.groups[i].application = app.UID
		}
	}
	return nil
}

// groupViews loads the groups of a kind that the memberships name, and those of ids.
func (l *userLoader) groupViews(kind string, ids []int64) ([]groupView, error) {
	for i := range l.memberships {
		if l.memberships[i].Kind == kind {
			ids = append(ids, l.memberships[i].Group)
		}
	}
	if len(ids) == 0 {
		return nil, nil
	}
	slices.Sort(ids)
	return readGroupViews(l.tx, core.GroupQuery{Realm: l.d.realm, Kind: kind, IDs: slices.Compact(ids)})
}

// find looks an ID up in views sorted by ID; nil if it is not there.
func find(views []groupView, id int64) *groupView {
	i, ok := slices.BinarySearchFunc(views, id, func(g groupView, id int64) int { return cmp.Compare(g.ID, id) })
	if !ok {
		return nil
	}
	return &views[i]
}

// join gives each view what the memberships say.
func (l *userLoader) join() {
	if len(l.memberships) == 0 {
		return
	}
	l.allocate()
	for i := range l.memberships {
		m := &l.memberships[i]
		var views []groupView
		switch m.Kind {
		case kindApplication:
			views = l.applications
		case kindGroup:
			views = l.groups
		case kindOrganization:
			views = l.organizations
		}
		if g := find(views, m.Group); g != nil {
			l.views[l.indexOf(m.User)].add(g)
		}
	}
}

// allocate cuts the lists of all users from one piece of memory.
func (l *userLoader) allocate() {
	type counts struct{ applications, groups int }
	all := make([]counts, len(l.views))
	for i := range l.memberships {
		n := &all[l.indexOf(l.memberships[i].User)]
		switch l.memberships[i].Kind {
		case kindApplication:
			n.applications++
		case kindGroup:
			n.groups++
		}
	}
	left := make([]groupView, len(l.memberships))
	for i, n := range all {
		v, end := &l.views[i], n.applications+n.groups
		v.applications, v.groups = left[:0:n.applications], left[n.applications:n.applications:end]
		left = left[end:]
	}
}

func (l *userLoader) loadKeys() error {
	var ids []int64
	for i := range l.views {
		ids = append(ids, l.views[i].facet.keys...)
	}
	if len(ids) == 0 {
		return nil
	}
	records, err := l.tx.Records(core.RecordQuery{Realm: l.d.realm, Kind: kindAPIKey, IDs: ids})
	if err != nil {
		return err
	}
	for _, r := range records {
		doc, err := documentOf(r.Body)
		if err != nil {
			return err
		}
		v := &l.views[l.indexOf(r.Owner)]
		v.keys = append(v.keys, apiKeyView{Record: r, doc: doc})
	}
	return nil
}
