package scim

import (
	"cmp"
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/scim/internal/filter"
	"github.com/dragoman-gateway/dragoman/dialects/scim/internal/schema"
)

func listUsers(c *call) (*reply, error) {
	return c.list(scope{users: true, t: c.types.users}, c.queryParams())
}

// storedOrder returns the order in which the store lists what the search asks for.
func (s *search) storedOrder() (core.Order, bool) {
	switch {
	case !s.users || s.groups || s.filter != nil && !s.changed.alone:
		return 0, false
	case s.sort == nil && s.filter != nil:
		return core.OrderUpdatedAt, true
	case s.sort == nil:
		return core.OrderID, true
	case s.sort.Extension:
		return 0, false
	}
	switch key := s.sort.Attr.Name; {
	case key == schema.Meta && s.sort.Sub != nil && s.sort.Sub.Name == "lastModified":
		return core.OrderUpdatedAt, true
	case s.filter != nil:
		return 0, false
	case key == schema.ID:
		return core.OrderUID, true
	case key == attrUserName:
		return core.OrderUsername, true
	case key == schema.Meta && s.sort.Sub != nil && s.sort.Sub.Name == "created":
		return core.OrderCreatedAt, true
	}
	return 0, false
}

// storedPage is a page of all users, or of those who changed within bounds.
func (c *call) storedPage(tx *core.Tx, s *search, order core.Order) (*page, error) {
	q := s.changed.query(c.realm())
	total, err := tx.CountUsers(q)
	if err != nil {
		return nil, err
	}
	p := &page{total: total}
	if s.count == 0 || s.start > total {
		return p, nil
	}
	q.Order, q.Desc, q.Offset, q.Limit = order, s.desc, s.start-1, s.count
	if s.cursor != nil {
		q.Offset, q.Limit, q.After = 0, s.count+1, s.cursor.lastUser(c.realm())
	}
	users, err := tx.Users(q)
	if err != nil {
		return nil, err
	}
	if len(users) > s.count { // there are more behind the cursor
		users = users[:s.count]
		p.next = s.cursor.nextUser(c, tx, s, users[len(users)-1])
	}
	p.resources, err = c.listed(users, tx)
	return p, err
}

// listed shows users without their groups.
func (c *call) listed(users []*core.User, tx *core.Tx) ([]listed, error) {
	all := make([]listed, 0, len(users))
	for _, u := range users {
		r, err := c.userResource(u, tx.Now())
		if err != nil {
			return nil, err
		}
		all = append(all, listed{t: c.types.users, r: r, u: u, number: u.ID})
	}
	return all, nil
}

// findUsers finds the users who meet the filter, by an index or by looking at all.
func (c *call) findUsers(tx *core.Tx, s *search) ([]listed, error) {
	users, indexed, err := indexedUsers(c, tx, s.filter)
	if err != nil {
		return nil, err
	}
	if !indexed {
		return scanUsers(c, tx, s)
	}
	return matchUsers(c, tx, s, users, nil)
}

// matchUsers appends the users who meet the filter. Their groups are read only if
// the filter or the order asks for them.
func matchUsers(c *call, tx *core.Tx, s *search, users []*core.User, found []listed) ([]listed, error) {
	groups := mentions(s.filter, attrGroups) || s.sort != nil && s.sort.Attr.Name == attrGroups
	resources, err := c.loadUsers(tx, users, groups)
	for i, r := range resources {
		if s.matches == nil || s.matches(r) {
			found = append(found, listed{t: c.types.users, r: r, u: users[i], number: users[i].ID})
		}
	}
	return found, err
}

// scanBatch is how many users are read at once.
const scanBatch = 500

// scanUsers tests the users one by one, within a bound: all, or those whose last change
// may meet the filter. They are in order of birth.
func scanUsers(c *call, tx *core.Tx, s *search) (found []listed, err error) {
	q := s.changed.query(c.realm())
	total, err := tx.CountUsers(q)
	if err != nil {
		return nil, err
	}
	if total > c.d.cfg.MaxScan {
		return nil, &failure{status: http.StatusBadRequest, scimType: "tooMany", detail: textTooMany}
	}
	q.Limit = scanBatch
	for {
		users, err := tx.Users(q)
		if err != nil || len(users) == 0 {
			slices.SortFunc(found, func(a, b listed) int { return cmp.Compare(a.number, b.number) })
			return found, err
		}
		if found, err = matchUsers(c, tx, s, users, found); err != nil {
			return nil, err
		}
		q.After = users[len(users)-1]
	}
}

// mentions reports whether a filter names the attribute.
func mentions(x filter.Expr, attr string) bool {
	is := func(path string) bool {
		name := path[strings.LastIndexByte(path, ':')+1:]
		name, _, _ = strings.Cut(name, ".")
		return strings.EqualFold(name, attr)
	}
	switch x := x.(type) {
	case filter.And:
		return mentions(x.Left, attr) || mentions(x.Right, attr)
	case filter.Or:
		return mentions(x.Left, attr) || mentions(x.Right, attr)
	case filter.Not:
		return mentions(x.X, attr)
	case filter.Compare:
		return is(x.Attr)
	case filter.Values:
		return is(x.Attr)
	}
	return false
}

// indexedUsers finds the few users among which all that meet the filter are, by an
// index. ok is false if there is none for the filter. They are in order of birth.
func indexedUsers(c *call, tx *core.Tx, x filter.Expr) (users []*core.User, ok bool, err error) {
	for _, term := range conjuncts(x, nil) {
		key, value, ok := lookup(c.types.users, term)
		find := c.d.userIndexes[key]
		if !ok || find == nil {
			continue
		}
		users, err := find(c, tx, value)
		slices.SortFunc(users, func(a, b *core.User) int { return int(a.ID - b.ID) })
		return slices.CompactFunc(users, func(a, b *core.User) bool { return a.ID == b.ID }), true, err
	}
	return nil, false, nil
}

// conjuncts returns the terms that must all be true.
func conjuncts(x filter.Expr, terms []filter.Expr) []filter.Expr {
	if and, ok := x.(filter.And); ok {
		return conjuncts(and.Right, conjuncts(and.Left, terms))
	}
	if x == nil {
		return terms
	}
	return append(terms, x)
}

// lookup returns what an equality can be looked up by: an attribute and its text.
func lookup(t *schema.ResourceType, x filter.Expr) (key, value string, ok bool) {
	switch x := x.(type) {
	case filter.Compare:
		target, found := t.Resolve(x.Attr)
		if !found || target.Extension || x.Op != filter.Equal || x.Value.Kind == filter.Null {
			return "", "", false
		}
		return target.Attr.Name, x.Value.Text, target.Sub == nil || target.Sub.Name == "value"
	case filter.Values:
		target, found := t.Resolve(x.Attr)
		if !found || target.Extension || target.Sub != nil {
			return "", "", false
		}
		terms := conjuncts(x.Filter, nil)
		if x.Sub != nil {
			terms = append(terms, *x.Sub)
		}
		for _, term := range terms {
			c, isCompare := term.(filter.Compare)
			if isCompare && c.Op == filter.Equal && c.Value.Kind == filter.String && strings.EqualFold(c.Attr, "value") {
				return target.Attr.Name, c.Value.Text, true
			}
		}
	}
	return "", "", false
}

// userIndex finds users by a text.
type userIndex func(c *call, tx *core.Tx, value string) ([]*core.User, error)

// userIndexes are the attributes that an index finds users by.
func userIndexes() map[string]userIndex {
	return map[string]userIndex{
		schema.ID: func(c *call, tx *core.Tx, value string) ([]*core.User, error) {
			return oneUser(tx, value, core.ByUID(c.realm(), value))
		},
		attrUserName: func(c *call, tx *core.Tx, value string) ([]*core.User, error) {
			return oneUser(tx, value, core.ByUsername(c.realm(), value))
		},
		schema.ExternalID: func(c *call, tx *core.Tx, value string) ([]*core.User, error) {
			return owners(tx, c.realm(), externalIDKey(c.token.Name, value))
		},
		attrEmails: func(c *call, tx *core.Tx, value string) ([]*core.User, error) {
			users, err := oneUser(tx, value, core.ByEmail(c.realm(), value))
			if err != nil {
				return nil, err
			}
			more, err := owners(tx, c.realm(), emailKey(value))
			return append(users, more...), err
		},
	}
}

// oneUser returns the user of a reference, or none.
func oneUser(tx *core.Tx, value string, ref core.UserRef) ([]*core.User, error) {
	if !isID(value) {
		return nil, nil
	}
	u, err := tx.User(ref)
	if errors.Is(err, core.ErrNotFound) {
		return nil, nil
	}
	return []*core.User{u}, err
}

// owners returns the users who have a value.
func owners(tx *core.Tx, realm core.Realm, k lookupKey) ([]*core.User, error) {
	records, err := tx.Records(k.query(realm))
	if err != nil || len(records) == 0 {
		return nil, err
	}
	ids := make([]int64, 0, len(records))
	for _, r := range records {
		ids = append(ids, r.Owner)
	}
	return tx.Users(core.UserQuery{Realm: realm, IDs: ids})
}
