package wire

import (
	"errors"
	"strings"
	"testing"
)

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
			got, err := NestDotted(pairsOf(c.in), Limits{})
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

// pairsOf reads pairs that need no decoding.
func pairsOf(text string) (pairs []Pair) {
	for _, piece := range strings.Split(text, "&") {
		name, value, _ := strings.Cut(piece, "=")
		pairs = append(pairs, Pair{Name: name, Value: String(value)})
	}
	return pairs
}

func TestLast(t *testing.T) {
	pairs := pairsOf("a=1&b=2&a=3")
	last, ok := Last(pairs, "a")
	if _, found := Last(pairs, "c"); last.Text() != "3" || !ok || found {
		t.Errorf("Last(a) = %s, %t; Last(c) found = %t", last.JSON(), ok, found)
	}
}

func FuzzNestDotted(f *testing.F) {
	for _, text := range []string{"username=ann&profile.age=3", "a.b=1&a=2", ".a=1&b.=2&c..d=3", "a.a.a.a=1&a.a=2"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		pairs := pairsOf(text)
		tree, err := NestDotted(pairs, Limits{})
		if err != nil && !errors.Is(err, ErrTooDeep) {
			t.Fatalf("%q: %v", text, err)
		}
		if again, errAgain := NestDotted(pairs, Limits{}); errAgain != err || !Equal(tree, again) {
			t.Fatalf("%q: %s, then %s", text, tree.JSON(), again.JSON())
		}
	})
}
