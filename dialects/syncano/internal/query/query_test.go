package query_test

import (
	"errors"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/syncano/internal/query"
	"github.com/dragoman-gateway/dragoman/dialects/syncano/internal/schema"
)

// object is an object with an id and one stored value.
type object struct {
	id    int64
	value string
}

func (o object) ListID() int64 { return o.id }

func (o object) Builtin(string) query.Operand { return query.Number(o.id) }

func (o object) Stored(string) (string, bool) { return o.value, o.value != "" }

func class(f schema.Field) *schema.Class {
	body := schema.NewClassBody("")
	f.Name, f.OrderIndex, f.FilterIndex = "v", true, true
	body.Schema = schema.Fields{f}
	return &schema.Class{Row: &core.Record{Key: "book"}, ClassBody: body}
}

func TestConditionsSelectByTheStoredValue(t *testing.T) {
	for _, one := range []struct {
		typ          schema.Type
		query        string
		match, other string
	}{
		{schema.Integer, `{"v": {"_gt": 9}}`, `10`, `9`},
		{schema.Integer, `{"v": {"_neq": 9}}`, ``, `9`},
		{schema.String, `{"v": {"_in": ["a", "b"]}}`, `"b"`, `"c"`},
		{schema.String, `{"v": {"_ilike": "%A_c%"}}`, `"xabcy"`, `"xac"`},
		{schema.Boolean, `{"v": {"_exists": true}}`, `false`, `"no"`},
		{schema.Array, `{"v": {"_contains": [1]}}`, `[2,1]`, `[2]`},
		{schema.Geopoint, `{"v": {"_near": {"longitude": 0, "latitude": 0, "distance_in_miles": 70}}}`,
			`{"longitude":1,"latitude":0}`, `{"longitude":2,"latitude":0}`},
	} {
		r := query.Reader{}
		m, err := r.Read(nil, class(schema.Field{Type: one.typ}), query.ObjectFields(), []string{one.query})
		if err != nil {
			t.Errorf("%s: %v", one.query, err)
			continue
		}
		for value, want := range map[string]bool{one.match: true, one.other: false} {
			if got, err := m.Matches(nil, object{1, value}); got != want || err != nil {
				t.Errorf("%s on %s: %v %v", one.query, value, got, err)
			}
		}
	}
}

func TestFaultsOfAQuerySayWhereTheyAre(t *testing.T) {
	r := query.Reader{}
	for text, want := range map[string]query.Error{
		`{`:                      {Place: query.Query, Message: "Not a valid JSON string."},
		`[]`:                     {Place: query.Format, Message: "Query passed in invalid format."},
		`{"w": {"_eq": 1}}`:      {Place: query.Query, Message: `Invalid field name defined: "w".`},
		`{"v": {"_near": 1}}`:    {Place: query.Query, Message: `Invalid lookup "_near" defined for field "v".`},
		`{"owner": {"_eq": {}}}`: {Place: query.Query, Message: `Invalid value type provided for "eq" lookup of field "owner".`},
	} {
		_, err := r.Read(nil, class(schema.Field{}), query.ObjectFields(), []string{text})
		var got *query.Error
		if !errors.As(err, &got) || *got != want {
			t.Errorf("%s: %v, want %v", text, err, want)
		}
	}
}

func TestIdsNarrowAQuery(t *testing.T) {
	r := query.Reader{}
	m, err := r.Read(nil, class(schema.Field{}), query.ObjectFields(), []string{`{"id": {"_in": [3, 1, 3]}, "owner": {"_gt": 7}}`})
	if err != nil {
		t.Fatal(err)
	}
	if n := m.Narrow(); !slices.Equal(n.IDs, []int64{1, 3}) || n.Owners != nil {
		t.Errorf("narrowed to %v", n)
	}
}

// pages reads pages of the objects, which are in the order of their ids.
func page(t *testing.T, all []object, given string) (ids []int64) {
	t.Helper()
	q, _ := url.ParseQuery(given)
	p, err := query.ReadPage(q)
	if err != nil {
		t.Fatal(err)
	}
	order, err := query.ReadOrder(q, p, class(schema.Field{Type: schema.Integer}))
	if err != nil {
		t.Fatal(err)
	}
	next := func(at query.Range) (chunk query.Chunk[object], err error) {
		rows := slices.Clone(all)
		if at.Desc {
			slices.Reverse(rows)
		}
		for _, o := range rows {
			if o.id > at.After && (at.Before == 0 || o.id < at.Before) && chunk.Read < min(at.Limit, 3) {
				chunk.Found, chunk.Last = append(chunk.Found, o), o.id
				chunk.Read++
			}
		}
		if chunk.Read == 3 {
			chunk.Read = at.Limit // more follows
		}
		return chunk, nil
	}
	found, err := query.OrderedPage(query.Scanner[object]{Next: next, CheckTime: func() error { return nil }}, p, order)
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range found {
		ids = append(ids, o.id)
	}
	return ids
}

func TestPagesAreCutFromTheOrder(t *testing.T) {
	var all []object
	for i, v := range []string{`5`, ``, `3`, `9`, `3`, `1`, `7`} {
		all = append(all, object{int64(i + 1), v})
	}
	for given, want := range map[string][]int64{
		"":                                  {1, 2, 3, 4, 5, 6, 7},
		"page_size=0":                       nil,
		"page_size=2":                       {1, 2},
		"page_size=2&direction=1&last_pk=4": {5, 6},
		"page_size=2&direction=0&last_pk=4": {2, 3},
		"page_size=2&direction=0":           {6, 7},
		"order_by=-id&page_size=3":          {7, 6, 5},
		"order_by=v":                        {6, 3, 5, 1, 7, 4, 2},
		"order_by=-v&page_size=2":           {2, 4},
		"order_by=v&page_size=2&direction=1&last_pk=3&last_value=3": {5, 1},
		"order_by=v&page_size=2&direction=0&last_pk=1&last_value=5": {3, 5},
	} {
		if got := page(t, all, given); !slices.Equal(got, want) {
			t.Errorf("?%s: %v, want %v", given, got, want)
		}
	}
}

func TestAScanStopsWhenTimeIsOver(t *testing.T) {
	late, calls := errors.New("late"), 0
	s := query.Scanner[object]{
		Next: func(at query.Range) (query.Chunk[object], error) {
			return query.Chunk[object]{Read: at.Limit, Last: at.After + 1}, nil
		},
		CheckTime: func() error {
			if calls++; calls > 3 {
				return late
			}
			return nil
		},
	}
	p, err := query.ReadPage(nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Page(p); !errors.Is(err, late) {
		t.Errorf("the scan ends with %v", err)
	}
}

func TestAQueryHas128ConditionsAtMost(t *testing.T) {
	read := func(n int) error {
		r := query.Reader{}
		_, err := r.Read(nil, class(schema.Field{}), query.ObjectFields(), slices.Repeat([]string{`{"id": {"_exists": true}}`}, n))
		return err
	}
	if err := read(128); err != nil {
		t.Error(err)
	}
	var got *query.Error
	if err := read(129); !errors.As(err, &got) || got.Message != "Too many conditions defined (exceeds 128)." {
		t.Errorf("beyond the bound: %v", err)
	}
}

// A string of another dialect may be far longer than those of this one.
func TestOneComparisonStopsWhenTimeIsOver(t *testing.T) {
	late := errors.New("late")
	for _, lookup := range []string{"_like", "_ilike"} {
		r := query.Reader{CheckTime: func() error { return late }}
		text := `{"v": {"` + lookup + `": "%` + strings.Repeat("a", 3000) + `b"}}`
		m, err := r.Read(nil, class(schema.Field{Type: schema.String}), query.ObjectFields(), []string{text})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := m.Matches(nil, object{1, `"` + strings.Repeat("a", 900_000) + `"`}); !errors.Is(err, late) {
			t.Errorf("%s ends with %v", lookup, err)
		}
	}
}
