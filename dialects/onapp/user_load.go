package onapp

import (
	"cmp"
	"slices"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/internal/userload"
)

// loadView loads what is shown of one user.
func (c *call) loadView(tx *core.Tx, u *core.User) (*userView, error) {
	views, err := c.loadViews(tx, []*core.User{u})
	if err != nil {
		return nil, err
	}
	return views[0], nil
}

// loadViews loads what is shown of these users, in a fixed number of queries.
func (c *call) loadViews(tx *core.Tx, users []*core.User) ([]*userView, error) {
	groups, err := userload.Load(tx, users, userload.Kind{Name: kindRole}, userload.Kind{Name: kindUserGroup})
	if err != nil {
		return nil, err
	}
	fields, err := c.d.loadFields(tx)
	if err != nil {
		return nil, err
	}
	views := make([]*userView, len(users))
	for i, u := range users {
		if views[i], err = c.buildView(tx, u, groups, fields); err != nil {
			return nil, err
		}
	}
	return views, nil
}

// buildView builds the view of a user from its groups and the definitions of fields.
func (c *call) buildView(tx *core.Tx, u *core.User, groups *userload.Groups, fields []field) (*userView, error) {
	f, err := facetOf(u)
	if err != nil {
		return nil, err
	}
	v := &userView{
		version: c.d.version, user: u, facet: f, status: statusAt(tx.Now(), u),
		group: f.Group, fields: fieldValues(fields, u), hideLogin: c.d.cfg.HideLoginFromKeys && c.byKey && u.ID == c.user.ID,
	}
	for _, g := range groups.Of(u.ID, kindUserGroup) {
		v.group = g.ID
	}
	for _, g := range groups.Of(u.ID, kindRole) {
		r, err := roleOf(g)
		if err != nil {
			return nil, err
		}
		v.roles = append(v.roles, r)
	}
	slices.SortFunc(v.roles, func(a, b *role) int { return cmp.Compare(a.group.ID, b.group.ID) })
	return v, nil
}
