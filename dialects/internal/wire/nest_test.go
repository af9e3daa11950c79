package wire

import (
	"errors"
	"strings"
	"testing"
)

func TestNestRails(t *testing.T) {
	for name, c := range map[string]struct{ in, want string }{
		"a name in brackets nests":             {"user[login]=bob&user[email]=b@c.de", `{"user":{"login":"bob","email":"b@c.de"}}`},
		"empty brackets append":                {"a[]=1&a[]=2", `{"a":["1","2"]}`},
		"a nested array appends":               {"user[role_ids][]=1&user[role_ids][]=2", `{"user":{"role_ids":["1","2"]}}`},
		"an empty item stays":                  {"role_ids[]=", `{"role_ids":[""]}`},
		"indexes are names":                    {"a[0]=2&a[1]=3", `{"a":{"0":"2","1":"3"}}`},
		"a plain name keeps its last value":    {"a=1&a=2", `{"a":"2"}`},
		"a nested name keeps its last value":   {"a[b]=1&a[b]=2", `{"a":{"b":"2"}}`},
		"a plain value wins over earlier ones": {"a[b]=1&a=2", `{"a":"2"}`},
		"objects in an array are filled":       {"f[][name]=n&f[][value]=v&f[][name]=m&f[][value]=w", `{"f":[{"name":"n","value":"v"},{"name":"m","value":"w"}]}`},
		"deep objects in an array are filled":  {"f[][a][b]=1&f[][a][c]=2&f[][a][b]=3", `{"f":[{"a":{"b":"1","c":"2"}},{"a":{"b":"3"}}]}`},
		"arrays in objects in an array":        {"f[][a][]=1&f[][a][]=2", `{"f":[{"a":["1","2"]}]}`},
		"indexed objects keep their indexes":   {"f[0][name]=n&f[0][value]=v", `{"f":{"0":{"name":"n","value":"v"}}}`},
		"an open bracket is part of the name":  {"a[b=1", `{"a[b":"1"}`},
		"a tail is part of the name":           {"a[b]c=1", `{"a[b]c":"1"}`},
		"a bracket in front is part of it":     {"[a]=1", `{"[a]":"1"}`},
		"a name alone is null":                 {"short", `{"short":null}`},
		"nothing is an empty object":           {"", `{}`},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := NestRails(must(ParseForm([]byte(c.in), Limits{}))(t), Limits{})
			if err != nil || string(got.JSON()) != c.want {
				t.Errorf("got %s, %v, want %s", got.JSON(), err, c.want)
			}
		})
	}
}

func TestNestRailsRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		in   string
		want error
	}{
		"a value that becomes an object":  {"a=1&a[b]=2", ErrFormShape},
		"a value that becomes an array":   {"a=1&a[]=2", ErrFormShape},
		"an object that becomes an array": {"a[b]=1&a[]=2", ErrFormShape},
		"an array that becomes an object": {"a[]=1&a[b]=2", ErrFormShape},
		"a name that is too deep":         {"a" + strings.Repeat("[b]", 100) + "=1", ErrTooDeep},
		"an endless name":                 {"a" + strings.Repeat("[", 1e6) + "=1", ErrTooDeep},
		"an array that is too deep":       {"a" + strings.Repeat("[]", 5000) + "=1", ErrTooDeep},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := NestRails(must(ParseForm([]byte(c.in), Limits{}))(t), Limits{})
			if !errors.Is(err, c.want) {
				t.Errorf("got %v, want %v", err, c.want)
			}
		})
	}
}

func TestAsList(t *testing.T) {
	for name, c := range map[string]struct{ in, want string }{
		"an array is a list":                   {`[1,"2"]`, `[1,"2"]`},
		"an empty array is a list":             {`[]`, `[]`},
		"an object of indexes is a list":       {`{"0":"a","1":"b"}`, `["a","b"]`},
		"indexes keep the order sent":          {`{"7":"a","1":"b"}`, `["a","b"]`},
		"an object with another name is none":  {`{"0":"a","x":"b"}`, ``},
		"an object with an empty name is none": {`{"":"a"}`, ``},
		"an empty object is none":              {`{}`, ``},
		"a text is none":                       {`"1"`, ``},
	} {
		t.Run(name, func(t *testing.T) {
			list, ok := AsList(must(ParseJSON([]byte(c.in), Limits{}))(t))
			if got := string(Array(list...).JSON()); ok != (c.want != "") || ok && got != c.want {
				t.Errorf("got %s, %t, want %s", got, ok, c.want)
			}
		})
	}
}

func TestNestDotted(t *testing.T) {
	for name, c := range map[string]struct{ in, want string }{
		"a dot nests":                            {"username=ann&profile.age=3&profile.city=x", `{"username":"ann","profile":{"age":"3","city":"x"}}`},
		"two dots nest twice":                    {"a.b.c=1", `{"a":{"b":{"c":"1"}}}`},
		"a name keeps its last value":            {"a.b=1&a.b=2", `{"a":{"b":"2"}}`},
		"a nested object wins over a later text": {"a.b=1&a=2", `{"a":{"b":"1"}}`},
		"and over an earlier one":                {"a=2&a.b=1", `{"a":{"b":"1"}}`},
		"an empty part is part of the name":      {".a=1&b.=2&c..d=3&.=4", `{".a":"1","b.":"2","c..d":"3",".":"4"}`},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := NestDotted(must(ParseForm([]byte(c.in), Limits{}))(t), Limits{})
			if err != nil || string(got.JSON()) != c.want {
				t.Errorf("got %s, %v, want %s", got.JSON(), err, c.want)
			}
		})
	}
}

func TestNestDottedRefusesDepth(t *testing.T) {
	pairs := []Pair{{Name: "a" + strings.Repeat(".a", 100)}}
	if _, err := NestDotted(pairs, Limits{}); !errors.Is(err, ErrTooDeep) {
		t.Errorf("got %v", err)
	}
}
