package scim

import (
	"slices"
	"strconv"
	"strings"

	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
	"github.com/dragoman-gateway/dragoman/dialects/scim/internal/filter"
	"github.com/dragoman-gateway/dragoman/dialects/scim/internal/schema"
)

const urnList = "urn:ietf:params:scim:api:messages:2.0:ListResponse"

// search is what a list is asked for.
type search struct {
	filter  filter.Expr    // nil for all
	matches schema.Matcher // of filter
	sort    *schema.Target // nil: by birth
	desc    bool
	start   int // from 1
	count   int
	shown   schema.Projection
}

// readSearch reads the parameters of a list: param returns one by its name.
func readSearch(t *schema.ResourceType, param func(string) string, shown schema.Projection) (s *search, err error) {
	s = &search{shown: shown, desc: strings.EqualFold(param("sortOrder"), "descending")}
	if text := param("filter"); strings.TrimSpace(text) != "" {
		if s.filter, s.matches, err = compile(t, text); err != nil {
			return nil, err
		}
	}
	if by := strings.TrimSpace(param("sortBy")); by != "" {
		target, ok := t.Resolve(by)
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
	return s, nil
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
	if text = strings.TrimSpace(text); text == "" {
		return absent, nil
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil && (n == 0 || !strings.Contains(err.Error(), strconv.ErrRange.Error())) {
		return 0, bad(schema.InvalidValue, "startIndex and count are integers.")
	}
	const most = 1 << 31
	return int(min(max(n, -most), most)), nil
}

// page is a part of a list.
type page struct {
	total     int
	start     int // 0: not said
	resources []listed
	next      string // cursor; "" for none
}

// listed is a resource and its type.
type listed struct {
	t *schema.ResourceType
	r schema.Resource
}

// cut returns the page of all resources that were found.
func (s *search) cut(found []schema.Resource) []schema.Resource {
	if s.start > len(found) {
		return nil
	}
	return found[s.start-1 : min(s.start-1+s.count, len(found))]
}

// order sorts resources that were found in order of birth.
func (s *search) order(found []schema.Resource) {
	if s.sort == nil {
		if s.desc {
			slices.Reverse(found)
		}
		return
	}
	type keyed struct {
		r   schema.Resource
		key wire.Value
		ok  bool
	}
	all := make([]keyed, len(found))
	for i, r := range found {
		all[i].r = r
		all[i].key, all[i].ok = s.sort.SortKey(r)
	}
	slices.SortStableFunc(all, func(a, b keyed) int {
		n := 0
		switch {
		case a.ok && b.ok:
			n = s.sort.CompareKeys(a.key, b.key)
		case a.ok:
			n = -1 // users without a value come last
		case b.ok:
			n = 1
		}
		if s.desc {
			return -n
		}
		return n
	})
	for i := range all {
		found[i] = all[i].r
	}
}

func (c *call) listReply(p *page, shown schema.Projection) *reply {
	return &reply{render: func(e *wire.Enc) {
		e.Obj()
		schemasOf(e, urnList)
		e.RawKey("totalResults").Int(int64(p.total))
		if p.start > 0 {
			e.RawKey("startIndex").Int(int64(p.start))
		}
		e.RawKey("itemsPerPage").Int(int64(len(p.resources)))
		if p.next != "" {
			e.RawKey("nextCursor").Str(p.next)
		}
		e.RawKey("Resources").Arr()
		for _, i := range p.resources {
			i.t.Encode(e, shown.Apply(i.r))
		}
		e.End().End()
	}}
}
