// Package userload reads the groups of many users in a number of queries that
// does not depend on how many users there are.
package userload

import (
	"cmp"
	"slices"

	"github.com/dragoman-gateway/dragoman/core"
)

// Kind is a kind of group to load.
type Kind struct {
	// Name is the kind, as in "onapp.role".
	Name string
	// Parent is the kind of the groups' parents, which are loaded too, whether or
	// not a user is a member of them; "" loads none. It must be the Name of a
	// later Kind.
	Parent string
	// IDs are further groups to load, for [Groups.Find]. They need not exist.
	IDs []int64
}

// Groups are the groups of some users.
type Groups struct {
	members []core.Membership // by user, then kind, then age
	groups  []*core.Group     // those of members
	found   []*core.Group     // by kind, then ID
}

// Load reads the groups of those kinds of the users, who share one realm: one
// query for all memberships, and one for each kind of which a group is needed.
func Load(tx *core.Tx, users []*core.User, kinds ...Kind) (*Groups, error) {
	g := &Groups{}
	if len(users) == 0 {
		return g, nil
	}
	realm := users[0].Realm
	if err := g.loadMembers(tx, realm, users, kinds); err != nil {
		return nil, err
	}
	for i := range kinds {
		ids := slices.Clone(kinds[i].IDs)
		for _, m := range g.members {
			if m.Kind == kinds[i].Name {
				ids = append(ids, m.Group)
			}
		}
		for _, child := range g.found {
			if slices.ContainsFunc(kinds[:i], func(k Kind) bool { return k.Name == child.Kind && k.Parent == kinds[i].Name }) {
				ids = append(ids, child.Parent)
			}
		}
		if err := g.loadGroups(tx, realm, kinds[i].Name, ids); err != nil {
			return nil, err
		}
	}
	g.join()
	return g, nil
}

func (g *Groups) loadMembers(tx *core.Tx, realm core.Realm, users []*core.User, kinds []Kind) (err error) {
	q := core.MembershipQuery{Realm: realm, Users: make([]int64, len(users))}
	for i, u := range users {
		q.Users[i] = u.ID
	}
	if len(kinds) == 1 {
		q.Kind = kinds[0].Name
	}
	all, err := tx.Memberships(q)
	if err != nil {
		return err
	}
	g.members = slices.Clone(all) // the store's are shared
	g.members = slices.DeleteFunc(g.members, func(m core.Membership) bool {
		return !slices.ContainsFunc(kinds, func(k Kind) bool { return k.Name == m.Kind })
	})
	slices.SortStableFunc(g.members, byUserAndKind)
	return nil
}

func byUserAndKind(a, b core.Membership) int {
	if n := cmp.Compare(a.User, b.User); n != 0 {
		return n
	}
	return cmp.Compare(a.Kind, b.Kind)
}

// loadGroups reads the groups with the ids, of which 0 means none.
func (g *Groups) loadGroups(tx *core.Tx, realm core.Realm, kind string, ids []int64) error {
	slices.Sort(ids)
	ids = slices.Compact(ids)
	if len(ids) > 0 && ids[0] == 0 {
		ids = ids[1:]
	}
	if len(ids) == 0 {
		return nil
	}
	groups, err := tx.Groups(core.GroupQuery{Realm: realm, Kind: kind, IDs: ids})
	if err != nil {
		return err
	}
	g.found = append(g.found, groups...)
	slices.SortFunc(g.found, func(a, b *core.Group) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.ID, b.ID))
	})
	return nil
}

// join puts its group beside each membership, and drops one without a group.
func (g *Groups) join() {
	g.groups = make([]*core.Group, 0, len(g.members))
	g.members = slices.DeleteFunc(g.members, func(m core.Membership) bool {
		group := g.Find(m.Kind, m.Group)
		if group != nil {
			g.groups = append(g.groups, group)
		}
		return group == nil
	})
}

// Of returns the user's groups of a kind, in the order in which the user joined
// them. The caller may sort them, and must not append to them.
func (g *Groups) Of(user int64, kind string) []*core.Group {
	want := core.Membership{User: user, Kind: kind}
	first, _ := slices.BinarySearchFunc(g.members, want, byUserAndKind)
	end := first
	for end < len(g.members) && byUserAndKind(g.members[end], want) == 0 {
		end++
	}
	return g.groups[first:end:end]
}

// Find returns a loaded group, or nil.
func (g *Groups) Find(kind string, id int64) *core.Group {
	i, ok := slices.BinarySearchFunc(g.found, id, func(o *core.Group, id int64) int {
		return cmp.Or(cmp.Compare(o.Kind, kind), cmp.Compare(o.ID, id))
	})
	if !ok {
		return nil
	}
	return g.found[i]
}
