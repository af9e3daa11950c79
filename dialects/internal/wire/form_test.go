package wire

import (
	"errors"
	"net/url"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestParseForm(t *testing.T) {
	for name, c := range map[string]struct{ in, want string }{
		"order and repeats are kept":            {"b=1&a=2&b=3", `[["b","1"],["a","2"],["b","3"]]`},
		"plus and percent are decoded":          {"a+b=%C3%A9+%2B%26%3D", `[["a b","é +&="]]`},
		"a name without a sign is null":         {"short&a=", `[["short",null],["a",""]]`},
		"the first sign parts":                  {"a=b=c", `[["a","b=c"]]`},
		"empty pieces are skipped":              {"&&a=1&", `[["a","1"]]`},
		"a percent without digits stays":        {"a=100%&b=%zz&c=%4", `[["a","100%"],["b","%zz"],["c","%4"]]`},
		"nothing is no pair":                    {"", `[]`},
		"a semicolon is text":                   {"a=1;b=2", `[["a","1;b=2"]]`},
		"brackets may come escaped":             {"user%5Blogin%5D=bob", `[["user[login]","bob"]]`},
		"a sign without a name is a pair":       {"=1", `[["","1"]]`},
		"digits in either case are hex":         {"a=%3c%3C", `[["a","<<"]]`},
		"an escaped escape is decoded but once": {"a=%2541", `[["a","%41"]]`},
	} {
		t.Run(name, func(t *testing.T) {
			pairs, err := ParseForm([]byte(c.in), Limits{})
			if got := string(pairList(pairs).JSON()); err != nil || got != c.want {
				t.Errorf("got %s, %v, want %s", got, err, c.want)
			}
		})
	}
}

func pairList(pairs []Pair) Value {
	list := Array()
	for _, p := range pairs {
		list.Append(Array(String(p.Name), p.Value))
	}
	return list
}

func TestParseFormRefuses(t *testing.T) {
	var syntax *SyntaxError
	if _, err := ParseForm([]byte("a=1&b=%ff"), Limits{}); !errors.As(err, &syntax) || syntax.Offset != 4 {
		t.Errorf("a value that is not UTF-8: %v", err)
	}
	if _, err := ParseForm([]byte("%ff=1"), Limits{}); !errors.As(err, &syntax) {
		t.Errorf("a name that is not UTF-8: %v", err)
	}
	if _, err := ParseForm([]byte("a&b&c"), Limits{Pairs: 2}); !errors.Is(err, ErrTooMany) {
		t.Errorf("three pairs of two: %v", err)
	}
	if _, err := ParseForm([]byte(strings.Repeat("&", 100)), Limits{Pairs: 2}); !errors.Is(err, ErrTooMany) {
		t.Errorf("a hundred empty pairs of two: %v", err)
	}
}

func TestLastAndAll(t *testing.T) {
	pairs := must(ParseForm([]byte("a=1&b=2&a=3"), Limits{}))(t)
	last, ok := Last(pairs, "a")
	if _, found := Last(pairs, "c"); last.Text() != "3" || !ok || found {
		t.Errorf("Last(a) = %s, %t; Last(c) found = %t", last.JSON(), ok, found)
	}
	if got := string(Array(All(pairs, "a")...).JSON()); got != `["1","3"]` {
		t.Errorf("All(a) = %s", got)
	}
}

// The standard library is the oracle wherever it takes the text; it refuses bad escapes and semicolons.
func FuzzParseForm(f *testing.F) {
	f.Add("a[b]=1&a[]=2&c.d=%C3%A9+x&e")
	f.Add("%=%4&&=;")
	f.Fuzz(func(t *testing.T, text string) {
		pairs, err := ParseForm([]byte(text), Limits{})
		want, standardErr := url.ParseQuery(text)
		if standardErr != nil || err != nil {
			return
		}
		got := url.Values{}
		for _, p := range pairs {
			got.Add(p.Name, p.Value.Text())
		}
		if got.Encode() != want.Encode() {
			t.Fatalf("%q became %q, want %q", text, got.Encode(), want.Encode())
		}
		if tree, err := NestRails(pairs, Limits{}); err == nil && !utf8.Valid(tree.JSON()) {
			t.Fatalf("%q nested into text that is not UTF-8", text)
		}
		if _, err := NestDotted(pairs, Limits{}); err != nil && !errors.Is(err, ErrTooDeep) {
			t.Fatalf("%q: %v", text, err)
		}
	})
}
