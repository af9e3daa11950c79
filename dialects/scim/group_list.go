package scim

import (
	"errors"
	"slices"
	"strings"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/scim/internal/filter"
	"github.com/dragoman-gateway/dragoman/dialects/scim/internal/schema"
)

func listGroups(c *call) (*reply, error) {
	return c.list(scope{groups: true, t: c.types.groups}, c.queryParams())
}

// findGroups returns the groups that the search finds, in order of birth and without
// their members, unless the filter or the order needs them.
func (c *call) findGroups(tx *core.Tx, s *search) (found []listed, err error) {
	groups, err := candidateGroups(c, tx, s.filter)
	if err != nil {
		return nil, err
	}
	members := mentions(s.filter, attrMembers) || s.sort != nil && s.sort.Attr.Name == attrMembers
	if members && len(groups) > c.d.cfg.MaxScan {
		return nil, bad("tooMany", textTooMany)
	}
	for _, g := range groups {
		r, err := groupForFilter(c, tx, g, s.filter, members)
		if err != nil {
			return nil, err
		}
		if s.matches == nil || s.matches(r) {
			found = append(found, listed{t: c.types.groups, r: r, g: g, number: c.groupNumber(g)})
		}
	}
	return found, nil
}

// candidateGroups are the groups among which all that meet the filter are.
func candidateGroups(c *call, tx *core.Tx, x filter.Expr) ([]*core.Group, error) {
	one := func(g *core.Group, err error) ([]*core.Group, error) {
		if errors.Is(err, core.ErrNotFound) {
			return nil, nil
		}
		return []*core.Group{g}, err
	}
	for _, term := range conjuncts(x, nil) {
		key, value, ok := lookup(c.types.groups, term)
		switch {
		case !ok:
		case key == schema.ID && isID(value):
			return one(c.groupByID(tx, value))
		case key == attrDisplayName && isID(value) && !c.token.AllGroups: // names of others are not unique
			return one(tx.Group(core.GroupRef{Realm: c.realm(), Kind: kindGroup, Key: core.Fold(value)}))
		case key == schema.ExternalID:
			return groupsByExternalID(c, tx, value)
		}
	}
	return c.groupsBehind(tx, 0, 0)
}

func groupsByExternalID(c *call, tx *core.Tx, id string) (groups []*core.Group, err error) {
	k := groupExternalIDKey(c.token.Name, id)
	records, err := tx.Records(k.query(c.realm()))
	for _, r := range records {
		g, err := tx.Group(core.GroupRef{Realm: c.realm(), Kind: kindGroup, UID: strings.TrimPrefix(r.Key, k.key(""))})
		if err != nil && !errors.Is(err, core.ErrNotFound) {
			return nil, err
		}
		if err == nil {
			groups = append(groups, g)
		}
	}
	slices.SortFunc(groups, func(a, b *core.Group) int { return int(a.ID - b.ID) })
	return groups, err
}

// groupForFilter returns a group with the members that the filter is about. If it
// only compares members with ids, no others are read.
func groupForFilter(c *call, tx *core.Tx, g *core.Group, x filter.Expr, members bool) (schema.Resource, error) {
	ids, only := memberTerms(x)
	if !members || !only {
		return c.loadGroup(tx, g, members)
	}
	r, err := c.groupResource(g)
	if err != nil {
		return nil, err
	}
	edit := editMembers(c, tx, g)
	for _, id := range ids {
		if err := edit.set(id, true); err != nil {
			return nil, err
		}
	}
	in, err := edit.members()
	if err != nil {
		return nil, err
	}
	users := map[int64]*core.User{}
	numbers := make([]int64, 0, len(edit.order))
	for _, u := range edit.order {
		if in[u.ID] {
			users[u.ID] = u
			numbers = append(numbers, u.ID)
		}
	}
	r[attrMembers] = memberValues(c, numbers, users)
	return r, nil
}

// memberTerms returns the ids that a filter compares members with; ok is false if it
// asks anything else of members.
func memberTerms(x filter.Expr) (ids []string, ok bool) {
	switch x := x.(type) {
	case filter.And:
		return bothTerms(x.Left, x.Right, memberTerms)
	case filter.Or:
		return bothTerms(x.Left, x.Right, memberTerms)
	case filter.Not:
		return memberTerms(x.X)
	case filter.Compare:
		if !mentions(x, attrMembers) {
			return nil, true
		}
		name := strings.ToLower(x.Attr[strings.LastIndexByte(x.Attr, ':')+1:])
		return []string{x.Value.Text}, x.Op == filter.Equal && x.Value.Kind != filter.Null && (name == attrMembers || name == attrMembers+".value")
	case filter.Values:
		if !mentions(x, attrMembers) {
			return nil, true
		}
		ids, ok = valuesOf(x.Filter)
		return ids, ok && x.Sub == nil
	}
	return nil, true
}

// valuesOf returns the ids of a filter that says only which value an item has.
func valuesOf(x filter.Expr) (ids []string, ok bool) {
	switch x := x.(type) {
	case filter.Or:
		return bothTerms(x.Left, x.Right, valuesOf)
	case filter.Compare:
		return []string{x.Value.Text}, x.Op == filter.Equal && x.Value.Kind != filter.Null && strings.EqualFold(x.Attr, "value")
	}
	return nil, false
}

func bothTerms(x, y filter.Expr, terms func(filter.Expr) ([]string, bool)) ([]string, bool) {
	a, ok := terms(x)
	b, okToo := terms(y)
	return append(a, b...), ok && okToo
}
