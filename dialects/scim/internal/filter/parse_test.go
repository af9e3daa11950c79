package filter

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	oracle "github.com/scim2/filter-parser/v2"
)

func TestParse(t *testing.T) {
	eq := func(attr, text string) Compare { return Compare{attr, Equal, Value{String, text}} }
	for text, want := range map[string]Expr{
		`a eq "x"`:                           eq("a", "x"),
		`A EQ x`:                             eq("A", "x"),
		`(a eq x)`:                           eq("a", "x"),
		`a eq"x"`:                            eq("a", "x"),
		`a eq "\"\\\u00e9"`:                  eq("a", "\"\\é"),
		`a eq "x) or (y"`:                    eq("a", "x) or (y"),
		`a pr`:                               Compare{Attr: "a", Op: Present},
		`a eq null`:                          Compare{Attr: "a", Op: Equal},
		`a eq TRUE`:                          Compare{"a", Equal, Value{Bool, "true"}},
		`a gt -1.5e3`:                        Compare{"a", Greater, Value{Number, "-1.5e3"}},
		`a eq 1.2.3`:                         eq("a", "1.2.3"),
		`a pr or b pr and c pr`:              Or{Compare{Attr: "a", Op: Present}, And{Compare{Attr: "b", Op: Present}, Compare{Attr: "c", Op: Present}}},
		`not (a pr) and b pr`:                And{Not{Compare{Attr: "a", Op: Present}}, Compare{Attr: "b", Op: Present}},
		`NOT(a pr)`:                          Not{Compare{Attr: "a", Op: Present}},
		`(a pr)and(b pr)`:                    And{Compare{Attr: "a", Op: Present}, Compare{Attr: "b", Op: Present}},
		`not eq "x"`:                         eq("not", "x"),
		`urn:x:2.0:User:a.b co "y"`:          Compare{"urn:x:2.0:User:a.b", Contains, Value{String, "y"}},
		`e[type eq "w"]`:                     Values{Attr: "e", Filter: eq("type", "w")},
		`e[type eq "w"].value eq "x"`:        Values{"e", eq("type", "w"), &Compare{"value", Equal, Value{String, "x"}}},
		`e[type eq w and value pr].value pr`: Values{"e", And{eq("type", "w"), Compare{Attr: "value", Op: Present}}, &Compare{Attr: "value", Op: Present}},
		`members.$ref eq "x"`:                eq("members.$ref", "x"),
	} {
		if have, err := Parse(text); err != nil || !reflect.DeepEqual(have, want) {
			t.Errorf("%s: %#v, %v", text, have, err)
		}
	}
}

func TestRefusedFilters(t *testing.T) {
	for _, text := range []string{
		"", " ", "a", "a eq", `a eq "x`, `a eq "\q"`, `a xx "y"`, "(a pr", "a pr)", "a pr and", "and a pr", "a pr b pr", "not a pr", "a[b pr",
		"a[b[c pr]]", "a[]", "a[b pr].", "[a pr]", `a eq {"b":1}`, `"a" eq "b"`, "a eq \xff", "a pror b pr",
		strings.Repeat("(", MaxDepth+1) + "a pr" + strings.Repeat(")", MaxDepth+1),
		"a pr" + strings.Repeat(" or a pr", MaxComparisons), "a eq " + strings.Repeat("x", MaxLength),
	} {
		var e *Error
		if x, err := Parse(text); !errors.As(err, &e) || !e.InFilter {
			t.Errorf("%.60q: %v, %v", text, x, err)
		}
	}
}

func TestParsePath(t *testing.T) {
	type_ := Compare{"type", Equal, Value{String, "work"}}
	for text, want := range map[string]Path{
		"title": {Attr: "title"}, " name.givenName ": {Attr: "name.givenName"},
		`emails[type eq "work"]`: {Attr: "emails", Filter: type_}, `emails[type eq "work"].Value`: {Attr: "emails", Filter: type_, Sub: "Value"},
		"urn:x:2.0:User:a.b": {Attr: "urn:x:2.0:User:a.b"},
	} {
		if have, err := ParsePath(text); err != nil || !reflect.DeepEqual(have, want) {
			t.Errorf("%s: %#v, %v", text, have, err)
		}
	}
	for text, inFilter := range map[string]bool{"": false, "a b": false, "a[": true, "a[b pr": true, "a[b pr]c": false, "a[b pr].": false, "a[b xx c]": true, "[b pr]": false} {
		var e *Error
		if _, err := ParsePath(text); !errors.As(err, &e) || e.InFilter != inFilter {
			t.Errorf("%s: %#v", text, err)
		}
	}
}

// What another parser of the grammar accepts, this one accepts with the same meaning.
// Strings have no escapes here, which the other one does not decode.
func TestParserAgreesWithAnother(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	agreed := 0
	for range 3000 {
		text := randomFilter(random, 3, true)
		theirs, err := oracle.ParseFilter([]byte(text))
		if err != nil {
			continue
		}
		agreed++
		ours, err := Parse(text)
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		if want := converted(theirs); print(ours) != want {
			t.Fatalf("%s\nhave %s\nwant %s", text, print(ours), want)
		}
	}
	if agreed < 1000 {
		t.Errorf("the other parser accepts only %d", agreed)
	}
}

func pick(random *rand.Rand, all ...string) string { return all[random.IntN(len(all))] }

func randomFilter(random *rand.Rand, depth int, values bool) string {
	if depth > 0 {
		switch random.IntN(6) {
		case 0, 1:
			return randomFilter(random, depth-1, values) + pick(random, " and ", " or ", " AND ") + randomFilter(random, depth-1, values)
		case 2:
			return pick(random, "not (", "(") + randomFilter(random, depth-1, values) + ")"
		case 3:
			if values {
				return pick(random, "emails[", "urn:ietf:params:scim:schemas:core:2.0:User:emails[") + randomFilter(random, depth-1, false) + "]"
			}
		}
	}
	attr := pick(random, "userName", "name.familyName", "a-b", "x_1", "urn:ietf:params:scim:schemas:core:2.0:User:name.givenName", "title")
	if random.IntN(5) == 0 {
		return attr + " pr"
	}
	return attr + " " + pick(random, "eq", "ne", "co", "sw", "ew", "gt", "ge", "lt", "le", "EQ") + " " +
		pick(random, `"x"`, `"a b"`, `""`, `"2011-05-13T04:42:34Z"`, "true", "false", "null", "7", "-1", "1.5")
}

// converted prints the other parser's tree as print does.
func converted(x oracle.Expression) string {
	switch x := x.(type) {
	case *oracle.LogicalExpression:
		return joined(converted(x.Left), strings.ToLower(string(x.Operator)), converted(x.Right))
	case *oracle.NotExpression:
		return fmt.Sprintf("not(%s)", converted(x.Expression))
	case *oracle.ValuePath:
		return fmt.Sprintf("%s[%s]", x.AttributePath.String(), converted(x.ValueFilter))
	case *oracle.AttributeExpression:
		if x.Operator == oracle.PR {
			return x.AttributePath.String() + " pr"
		}
		return fmt.Sprintf("%s %s %v", x.AttributePath.String(), strings.ToLower(string(x.Operator)), x.CompareValue)
	}
	return fmt.Sprintf("%T", x)
}

// joined prints a chain of one operator alike, wherever its brackets were.
func joined(left, op, right string) string {
	strip := func(s string) string {
		if inner, ok := strings.CutPrefix(s, op+"{"); ok {
			return strings.TrimSuffix(inner, "}")
		}
		return s
	}
	return op + "{" + strip(left) + " " + op + " " + strip(right) + "}"
}

func print(x Expr) string {
	switch x := x.(type) {
	case And:
		return joined(print(x.Left), "and", print(x.Right))
	case Or:
		return joined(print(x.Left), "or", print(x.Right))
	case Not:
		return fmt.Sprintf("not(%s)", print(x.X))
	case Values:
		return fmt.Sprintf("%s[%s]", x.Attr, print(x.Filter))
	case Compare:
		if x.Op == Present {
			return x.Attr + " pr"
		}
		if x.Value.Kind == Null {
			return fmt.Sprintf("%s %s %v", x.Attr, x.Op, nil)
		}
		return fmt.Sprintf("%s %s %s", x.Attr, x.Op, x.Value.Text)
	}
	return ""
}

func FuzzParse(f *testing.F) {
	f.Add(`a eq "x" and not (b[c pr].d sw y)`)
	f.Fuzz(func(t *testing.T, text string) {
		_, _ = Parse(text)
		_, _ = ParsePath(text)
	})
}
