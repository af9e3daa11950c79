package syncano

import (
	"errors"
	"slices"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/syncano/internal/schema"
)

// groupKind is the kind of Syncano's groups.
const groupKind = "syncano.group"

// userView is a user with everything that this dialect shows of one.
type userView struct {
	user    *core.User
	profile dataObject
	groups  []*core.Group
	// sentUsername is the username as the client sent it, in the answer to its write.
	sentUsername string
}

// loadUserView loads what is shown of one user.
func (k *call) loadUserView(tx *core.Tx, u *core.User) (*userView, error) {
	c, err := schema.FindProfileClass(tx, u.Realm)
	if err != nil {
		return nil, err
	}
	p := &userView{user: u}
	if err := p.profile.fillProfile(c, u); err != nil {
		return nil, err
	}
	return p, p.findGroups(tx)
}

// findGroups loads the person's groups, and drops a group of the profile that
// is no longer there.
func (p *userView) findGroups(tx *core.Tx) error {
	list, err := tx.Memberships(core.MembershipQuery{Realm: p.user.Realm, Kind: groupKind, Users: []int64{p.user.ID}})
	if err != nil {
		return err
	}
	for _, m := range list {
		g, err := tx.Group(core.GroupRef{Realm: m.Realm, Kind: groupKind, ID: m.Group})
		if err != nil {
			return err
		}
		p.groups = append(p.groups, g)
	}
	p.profile.group, err = livingGroup(tx, p.user.Realm, p.profile.body.Group)
	return err
}

// livingGroup returns id if there is such a group, else 0.
func livingGroup(tx *core.Tx, realm core.Realm, id int64) (int64, error) {
	if id == 0 {
		return 0, nil
	}
	_, err := tx.Group(core.GroupRef{Realm: realm, Kind: groupKind, ID: id})
	if errors.Is(err, core.ErrNotFound) {
		return 0, nil
	}
	return id, err
}

// loadUserViews loads what is shown of many users, in a fixed number of queries.
func (k *call) loadUserViews(tx *core.Tx, users []*core.User) ([]userView, error) {
	if len(users) == 0 {
		return nil, nil
	}
	page := newUserPage(users)
	if err := page.findProfiles(tx); err != nil {
		return nil, err
	}
	return page.views, page.findGroups(tx)
}

type userPage struct {
	realm core.Realm
	views []userView
	ids   []int64
	byID  map[int64]*userView // nil while ids are in order
}

func newUserPage(users []*core.User) *userPage {
	page := &userPage{views: make([]userView, len(users)), ids: make([]int64, len(users))}
	for i, u := range users {
		page.realm = u.Realm
		page.views[i].user = u
		page.ids[i] = u.ID
	}
	if !slices.IsSorted(page.ids) {
		page.byID = make(map[int64]*userView, len(users))
		for i, id := range page.ids {
			page.byID[id] = &page.views[i]
		}
	}
	return page
}

// person finds the one with that id, who is on the page.
func (page *userPage) person(id int64) *userView {
	if page.byID != nil {
		return page.byID[id]
	}
	i, _ := slices.BinarySearch(page.ids, id)
	return &page.views[i]
}

func (page *userPage) findProfiles(tx *core.Tx) error {
	if len(page.ids) == 0 {
		return nil
	}
	c, err := schema.FindProfileClass(tx, page.realm)
	if err != nil {
		return err
	}
	for i := range page.views {
		p := &page.views[i]
		if err := p.profile.fillProfile(c, p.user); err != nil {
			return err
		}
	}
	return nil
}

func (page *userPage) findGroups(tx *core.Tx) error {
	memberships, err := tx.Memberships(core.MembershipQuery{Realm: page.realm, Kind: groupKind, Users: page.ids})
	if err != nil {
		return err
	}
	groups, err := groupsByID(tx, page.realm, page.groupIDs(memberships))
	if err != nil {
		return err
	}
	first := make([]*core.Group, 0, len(memberships)) // most people are in one group: theirs need no slice each
	for _, m := range memberships {
		g := groups[m.Group]
		if g == nil {
			continue
		}
		p := page.person(m.User)
		if p.groups == nil {
			first = append(first, g)
			p.groups = first[len(first)-1 : len(first) : len(first)]
		} else {
			p.groups = append(p.groups, g)
		}
	}
	for i := range page.views {
		o := &page.views[i].profile
		if groups[o.body.Group] != nil {
			o.group = o.body.Group
		}
	}
	return nil
}

func (page *userPage) groupIDs(memberships []core.Membership) []int64 {
	var ids []int64
	for _, m := range memberships {
		ids = append(ids, m.Group)
	}
	for i := range page.views {
		if id := page.views[i].profile.body.Group; id != 0 {
			ids = append(ids, id)
		}
	}
	return schema.SortedIDs(ids)
}

// fewGroups is how many groups are had by point reads, which memory answers,
// rather than by one query, which it does not.
const fewGroups = 8

// groupsByID loads groups; those that are not there any more are left out.
func groupsByID(tx *core.Tx, realm core.Realm, ids []int64) (map[int64]*core.Group, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	if len(ids) <= fewGroups {
		return fewByID(tx, realm, ids)
	}
	list, err := tx.Groups(core.GroupQuery{Realm: realm, Kind: groupKind, IDs: ids})
	if err != nil {
		return nil, err
	}
	byID := make(map[int64]*core.Group, len(list))
	for _, g := range list {
		byID[g.ID] = g
	}
	return byID, nil
}

func fewByID(tx *core.Tx, realm core.Realm, ids []int64) (map[int64]*core.Group, error) {
	byID := make(map[int64]*core.Group, len(ids))
	for _, id := range ids {
		g, err := tx.Group(core.GroupRef{Realm: realm, Kind: groupKind, ID: id})
		if errors.Is(err, core.ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		byID[id] = g
	}
	return byID, nil
}
