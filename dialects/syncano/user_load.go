package syncano

import (
	"errors"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/internal/userload"
	"github.com/dragoman-gateway/dragoman/dialects/syncano/internal/schema"
)

// loadUserView loads what is shown of one user.
func loadUserView(c *call, tx *core.Tx, u *core.User) (*userView, error) {
	views, err := loadUserViews(c, tx, []*core.User{u})
	if err != nil {
		return nil, err
	}
	return &views[0], nil
}

// loadUserViews loads what is shown of many users, in a fixed number of queries.
// The group of a profile is left out when it does not exist any more.
func loadUserViews(c *call, tx *core.Tx, users []*core.User) ([]userView, error) {
	if len(users) == 0 {
		return nil, nil
	}
	of, err := schema.FindProfileClass(tx, users[0].Realm)
	if err != nil {
		return nil, err
	}
	views := make([]userView, len(users))
	kind := userload.Kind{Name: groupKind}
	hidden, err := hiddenKeys(c, tx, users)
	if err != nil {
		return nil, err
	}
	for i, u := range users {
		views[i].user = u
		if !hidden[u.ID] {
			views[i].key = u.Handle(userKeyHandle)
		}
		if err := views[i].profile.fillProfile(of, u); err != nil {
			return nil, err
		}
		kind.IDs = appendID(kind.IDs, views[i].profile.body.Group)
	}
	groups, err := userload.Load(tx, users, kind)
	if err != nil {
		return nil, err
	}
	for i := range views {
		v := &views[i]
		v.groups = groups.Of(v.user.ID, groupKind)
		if g := v.profile.body.Group; g != 0 && groups.Find(groupKind, g) != nil {
			v.profile.group = g
		}
	}
	return views, nil
}

// hiddenKeys returns the users whose keys the caller may not see: those who hold
// authority. Accounts with full right see every key, and users see their own.
func hiddenKeys(c *call, tx *core.Tx, users []*core.User) (map[int64]bool, error) {
	if c.caller.account != nil && c.caller.role >= fullRole {
		return nil, nil
	}
	ids := make([]int64, 0, len(users))
	for _, u := range users {
		if u.Handle(userKeyHandle) != "" && !(c.caller.user != nil && c.caller.user.ID == u.ID) {
			ids = append(ids, u.ID)
		}
	}
	if len(ids) == 0 {
		return nil, nil
	}
	return tx.WithAuthority(users[0].Realm, ids)
}

// existingGroup returns id if there is such a group, else 0.
func existingGroup(tx *core.Tx, realm core.Realm, id int64) (int64, error) {
	if id == 0 {
		return 0, nil
	}
	_, err := tx.Group(core.GroupRef{Realm: realm, Kind: groupKind, ID: id})
	if errors.Is(err, core.ErrNotFound) {
		return 0, nil
	}
	return id, err
}

// groupsByID loads groups and leaves out those that do not exist.
func groupsByID(tx *core.Tx, realm core.Realm, ids []int64) (map[int64]*core.Group, error) {
	if len(ids) == 0 {
		return nil, nil
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
