package scim

import (
	"slices"
	"strconv"
	"strings"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects"
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
	"github.com/dragoman-gateway/dragoman/dialects/scim/internal/filter"
	"github.com/dragoman-gateway/dragoman/dialects/scim/internal/schema"
)

const urnList = "urn:ietf:params:scim:api:messages:2.0:ListResponse"

// search is what a list is asked for.
type search struct {
	scope
	filter  filter.Expr    // nil for all
	matches schema.Matcher // of filter
	changed changed        // bounds of filter
	sort    *schema.Target // nil: by birth
	desc    bool
	start   int // from 1
	count   int
	shown   schema.Projection
	cursor  *cursor // nil: paged by index
}

// scope is which resources a list has.
type scope struct {
	users, groups bool
	t             *schema.ResourceType // for the names in the request
}

// params are those of a list, from a query or a body.
type params struct {
	get      func(name string) (value string, present bool)
	attrs    []string
	excluded []string
}

func (c *call) queryParams() params {
	return params{
		get: func(name string) (string, bool) {
			value := c.query(name)
			_, present := c.params[name]
			return value, present
		},
		attrs: listParam(c.query("attributes")), excluded: listParam(c.query("excludedAttributes")),
	}
}

// readSearch reads the parameters of a list.
func (c *call) readSearch(in scope, from params) (s *search, err error) {
	param := func(name string) string { value, _ := from.get(name); return strings.TrimSpace(value) }
	s = &search{scope: in, desc: strings.EqualFold(param("sortOrder"), "descending")}
	if s.shown, err = in.t.Projection(from.attrs, from.excluded); err != nil {
		return nil, err
	}
	if text := param("filter"); text != "" {
		if s.filter, s.matches, err = compile(in.t, text); err != nil {
			return nil, err
		}
		s.changed = changedWithin(in.t, s.filter)
	}
	if by := param("sortBy"); by != "" {
		target, ok := in.t.Resolve(by)
		if !ok || target.Attr == nil || target.Attr.Mutability == schema.WriteOnly {
			return nil, bad(schema.InvalidValue, "The resource has no attribute that sortBy names.")
		}
		s.sort = &target
	}
	if s.start, err = number(param("startIndex"), 1); err != nil {
		return nil, err
	}
	if s.count, err = number(param("count"), defaultPage); err != nil {
		return nil, err
	}
	s.start, s.count = max(s.start, 1), min(max(s.count, 0), maxResults)
	if text, present := from.get("cursor"); present {
		s.start = 0
		s.cursor, err = c.readCursor(text, s, param)
	}
	return s, err
}

// compile parses a filter and checks its names and types.
func compile(t *schema.ResourceType, text string) (filter.Expr, schema.Matcher, error) {
	x, err := filter.Parse(text)
	if err != nil {
		return nil, nil, bad(schema.InvalidFilter, "The filter is malformed: "+err.Error()+".")
	}
	m, err := t.Matcher(x)
	return x, m, err
}

// number reads a count. A larger one than fits is cut.
func number(text string, absent int) (int, error) {
	if text == "" {
		return absent, nil
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil && (n == 0 || !strings.Contains(err.Error(), strconv.ErrRange.Error())) {
		return 0, bad(schema.InvalidValue, "startIndex and count are integers.")
	}
	const most = 1 << 31
	return int(min(max(n, -most), most)), nil
}

// listed is a resource of a list.
type listed struct {
	t *schema.ResourceType
	r schema.Resource
	u *core.User // of a user
	g *core.Group
	// number grows in the order of a list that is not sorted.
	number int64
}

// page is a part of a list.
type page struct {
	total     int
	resources []listed
	next      string // cursor; "" for none
}

// list answers with a page.
func (c *call) list(in scope, from params) (*reply, error) {
	s, err := c.readSearch(in, from)
	if err != nil {
		return nil, err
	}
	if err := dialects.BeginAnswer(c.w); err != nil {
		return nil, err
	}
	var p *page
	err = searchInTurn(c, s, func() error {
		return c.view(func(tx *core.Tx) (err error) {
			if p, err = c.findPage(tx, s); err == nil {
				err = c.complete(tx, s, p)
			}
			return err
		})
	})
	if err != nil {
		return nil, err
	}
	return &reply{render: func(e *wire.Enc) { s.encode(c, e, p) }, bounded: true}, nil
}

// encode ends where the page is too large.
func (s *search) encode(c *call, e *wire.Enc, p *page) {
	e.Obj()
	schemasOf(e, urnList)
	e.RawKey("totalResults").Int(int64(p.total))
	if s.cursor == nil {
		e.RawKey("startIndex").Int(int64(s.start))
	}
	e.RawKey("itemsPerPage").Int(int64(len(p.resources)))
	if p.next != "" {
		e.RawKey("nextCursor").Str(p.next)
	}
	e.RawKey("Resources").Arr()
	for _, i := range p.resources {
		if !fits(c, e) {
			return
		}
		i.t.Encode(e, s.shown.Apply(i.r))
	}
	e.End().End()
}

// leastMember is how many bytes a member of a group takes at least.
const leastMember = 64

// findPage finds a page, straight from the store if that has the list in order.
func (c *call) findPage(tx *core.Tx, s *search) (*page, error) {
	if order, stored := s.storedOrder(); stored {
		return c.storedPage(tx, s, order)
	}
	found, err := c.findAll(tx, s)
	if err != nil {
		return nil, err
	}
	s.order(found)
	p := &page{total: len(found)}
	from := s.start - 1
	if s.cursor != nil {
		from = s.cursor.after(s, found)
	}
	if from < len(found) {
		p.resources = found[from:min(from+s.count, len(found))]
	}
	if s.cursor != nil && from+s.count < len(found) && len(p.resources) > 0 {
		p.next = s.cursor.next(c, tx, s, p.resources[len(p.resources)-1])
	}
	return p, nil
}

// findAll finds all that meets the filter, users first.
func (c *call) findAll(tx *core.Tx, s *search) (found []listed, err error) {
	if s.users {
		if found, err = c.findUsers(tx, s); err != nil {
			return nil, err
		}
	}
	if !s.groups {
		return found, nil
	}
	groups, err := c.findGroups(tx, s)
	return append(found, groups...), err
}

// complete adds to the resources of a page what only an answer needs: the groups of
// users and the members of groups.
func (c *call) complete(tx *core.Tx, s *search, p *page) error {
	var users []*core.User
	var groups []*core.Group
	var shown []schema.Resource
	for _, l := range p.resources {
		if l.u != nil {
			users = append(users, l.u)
		} else {
			groups, shown = append(groups, l.g), append(shown, l.r)
		}
	}
	if s.shown.Shows(attrMembers) && len(groups) > 0 {
		fit := func(members int) bool { return dialects.AnswerFits(c.w, int64(members)*leastMember) }
		if err := c.addMembers(tx, groups, shown, fit); err != nil {
			return err
		}
	}
	if !s.shown.Shows(attrGroups) || len(users) == 0 {
		return nil
	}
	withGroups, err := c.loadUsers(tx, users, true)
	for i := range p.resources {
		if l := &p.resources[i]; l.u != nil && err == nil {
			l.r, withGroups = withGroups[0], withGroups[1:]
		}
	}
	return err
}

// order sorts resources that were found in order of birth.
func (s *search) order(found []listed) {
	if s.sort == nil {
		if s.desc {
			slices.Reverse(found)
		}
		return
	}
	type keyed struct {
		listed
		key sortKey
	}
	all := make([]keyed, len(found))
	for i, l := range found {
		all[i] = keyed{l, s.keyOf(l.r)}
	}
	slices.SortStableFunc(all, func(a, b keyed) int { return s.compareKeys(a.key, b.key) })
	for i := range all {
		found[i] = all[i].listed
	}
}

// sortKey is what a resource is sorted by.
type sortKey struct {
	v  wire.Value
	ok bool // there is a value
}

func (s *search) keyOf(r schema.Resource) (k sortKey) {
	if s.sort != nil {
		k.v, k.ok = s.sort.SortKey(r)
	}
	return k
}

// compareKeys orders two keys. Resources without a value come last ascending.
func (s *search) compareKeys(a, b sortKey) (n int) {
	switch {
	case a.ok && b.ok:
		n = s.sort.CompareKeys(a.v, b.v)
	case a.ok:
		n = -1
	case b.ok:
		n = 1
	}
	if s.desc {
		return -n
	}
	return n
}
