package econtext

import (
	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/internal/userload"
)

// newUserViews returns views without relations: all that minimal users show.
func newUserViews(tx *core.Tx, users []*core.User) (views []userView, err error) {
	views = make([]userView, len(users))
	for i, u := range users {
		views[i] = userView{User: u, now: tx.Now()}
		if views[i].facet, err = facetOf(u); err != nil {
			return nil, err
		}
	}
	return views, nil
}

// loadUserView loads one user's relations.
func (d *Dialect) loadUserView(tx *core.Tx, u *core.User) (*userView, error) {
	views, err := d.loadUserViews(tx, []*core.User{u})
	if err != nil {
		return nil, err
	}
	return &views[0], nil
}

// loadUserViews loads users' relations in a fixed number of queries.
func (d *Dialect) loadUserViews(tx *core.Tx, users []*core.User) ([]userView, error) {
	views, err := newUserViews(tx, users)
	if err != nil {
		return nil, err
	}
	kinds := []userload.Kind{{Name: kindGroup, Parent: kindApplication}, {Name: kindApplication}, {Name: kindOrganization}}
	if !d.v2 {
		kinds = kinds[:2] // does not show the organization
	}
	loaded, err := userload.Load(tx, users, kinds...)
	if err != nil {
		return nil, err
	}
	if err := loadKeys(tx, views); err != nil {
		return nil, err
	}
	room := make([]groupView, 0, 2*len(views)) // one piece of memory for the lists of all users
	for i := range views {
		v := &views[i]
		if v.applications, room, err = appendGroupViews(room, loaded.Of(v.ID, kindApplication)); err != nil {
			return nil, err
		}
		if v.groups, room, err = appendGroupViews(room, loaded.Of(v.ID, kindGroup)); err != nil {
			return nil, err
		}
		for j := range v.groups {
			if app := loaded.Find(kindApplication, v.groups[j].Parent); app != nil {
				v.groups[j].application = app.UID
			}
		}
		if d.v2 {
			var organizations []groupView
			if organizations, room, err = appendGroupViews(room, loaded.Of(v.ID, kindOrganization)); err != nil {
				return nil, err
			}
			if len(organizations) > 0 {
				v.organization = &organizations[0]
			}
		}
		v.sort()
	}
	return views, nil
}

// loadKeys loads the users' API keys.
func loadKeys(tx *core.Tx, views []userView) error {
	var ids []int64
	owners := map[int64]*userView{}
	for i := range views {
		if v := &views[i]; len(v.facet.keys) > 0 {
			ids = append(ids, v.facet.keys...)
			owners[v.ID] = v
		}
	}
	if len(ids) == 0 {
		return nil
	}
	records, err := tx.Records(core.RecordQuery{Realm: views[0].Realm, Kind: kindAPIKey, IDs: ids})
	if err != nil {
		return err
	}
	for _, r := range records {
		doc, err := documentOf(r.Body)
		if err != nil {
			return err
		}
		if v := owners[r.Owner]; v != nil {
			v.keys = append(v.keys, apiKeyView{Record: r, doc: doc})
		}
	}
	return nil
}
