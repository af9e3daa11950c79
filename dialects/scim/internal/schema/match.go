package schema

import (
	"fmt"
	"strings"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
	"github.com/dragoman-gateway/dragoman/dialects/scim/internal/filter"
)

// Matcher reports whether a resource meets a filter.
type Matcher func(Resource) bool

// Matcher compiles a filter. An unknown attribute, and a comparison that its type
// does not have, is a [*Fault].
func (t *ResourceType) Matcher(x filter.Expr) (Matcher, error) {
	switch x := x.(type) {
	case filter.And:
		return t.both(x.Left, x.Right, func(a, b bool) bool { return a && b })
	case filter.Or:
		return t.both(x.Left, x.Right, func(a, b bool) bool { return a || b })
	case filter.Not:
		m, err := t.Matcher(x.X)
		return func(r Resource) bool { return !m(r) }, err
	case filter.Compare:
		return t.compare(x)
	}
	return t.values(x.(filter.Values))
}

func (t *ResourceType) both(x, y filter.Expr, join func(a, b bool) bool) (Matcher, error) {
	a, err := t.Matcher(x)
	if err != nil {
		return nil, err
	}
	b, err := t.Matcher(y)
	return func(r Resource) bool { return join(a(r), b(r)) }, err
}

func badFilter(format string, args ...any) error {
	return &Fault{Type: InvalidFilter, Detail: fmt.Sprintf(format, args...)}
}

func (t *ResourceType) compare(x filter.Compare) (Matcher, error) {
	target, ok := t.Resolve(x.Attr)
	if !ok {
		return nil, badFilter("The filter names an attribute that the resource does not have.")
	}
	if target.Attr == nil {
		if x.Op != filter.Present {
			return nil, badFilter("An extension can only be asked for with pr.")
		}
		return func(r Resource) bool { return r[target.Schema.URN].Len() > 0 }, nil
	}
	test, err := target.Attr.itemTest(target.Sub, x)
	if err != nil {
		return nil, err
	}
	return func(r Resource) bool {
		v, ok := target.Get(r)
		return anyItem(target.Attr, v, ok, test)
	}, nil
}

// anyItem reports whether any value of the attribute meets test, which gets an
// unassigned value for an attribute without one.
func anyItem(a *Attribute, v wire.Value, ok bool, test leafTest) bool {
	if !ok || v.Kind() != wire.KindArray || !a.Multi && a.Type != Any {
		return test(v, ok)
	}
	if v.Len() == 0 {
		return test(wire.Value{}, false)
	}
	for _, item := range v.Items() {
		if test(item, true) {
			return true
		}
	}
	return false
}

// leafTest reports whether a value meets a comparison; ok is false for an unassigned one.
type leafTest func(v wire.Value, ok bool) bool

// itemTest compiles a comparison with one value of a, or with its sub-attribute. A
// complex attribute stands for its value.
func (a *Attribute) itemTest(sub *Attribute, x filter.Compare) (leafTest, error) {
	if a.Type != Complex {
		return a.leafTest(x)
	}
	if sub == nil && x.Op == filter.Present {
		return func(v wire.Value, ok bool) bool { return ok && v.Len() > 0 }, nil
	}
	if sub == nil {
		if sub = find(a.Sub, "value"); sub == nil {
			return nil, badFilter("The attribute %q has sub-attributes: name one of them.", a.Name)
		}
	}
	test, err := sub.leafTest(x)
	return func(v wire.Value, ok bool) bool {
		if !ok {
			return test(v, false)
		}
		return test(v.Get(sub.Name))
	}, err
}

// values compiles attr[filter] and attr[filter].sub op value.
func (t *ResourceType) values(x filter.Values) (Matcher, error) {
	target, ok := t.Resolve(x.Attr)
	if !ok || target.Attr == nil || target.Sub != nil || target.Attr.Type != Complex {
		return nil, badFilter("Only a complex attribute of the resource can have a filter in brackets.")
	}
	item, err := target.Attr.ItemMatcher(x.Filter)
	if err != nil {
		return nil, err
	}
	test := leafTest(func(v wire.Value, ok bool) bool { return ok && item(v) })
	if x.Sub != nil {
		sub := find(target.Attr.Sub, x.Sub.Attr)
		if sub == nil {
			return nil, badFilter("The attribute %q does not have the sub-attribute after the brackets.", target.Attr.Name)
		}
		compare, err := sub.leafTest(*x.Sub)
		if err != nil {
			return nil, err
		}
		test = func(v wire.Value, ok bool) bool { return ok && item(v) && compare(v.Get(sub.Name)) }
	}
	return func(r Resource) bool {
		v, ok := target.Get(r)
		return anyItem(target.Attr, v, ok, test)
	}, nil
}

// ItemMatcher compiles a filter on the values of a complex attribute: its names are
// sub-attributes.
func (a *Attribute) ItemMatcher(x filter.Expr) (func(wire.Value) bool, error) {
	switch x := x.(type) {
	case filter.And:
		return a.bothItems(x.Left, x.Right, func(a, b bool) bool { return a && b })
	case filter.Or:
		return a.bothItems(x.Left, x.Right, func(a, b bool) bool { return a || b })
	case filter.Not:
		m, err := a.ItemMatcher(x.X)
		return func(v wire.Value) bool { return !m(v) }, err
	case filter.Compare:
		sub := find(a.Sub, x.Attr)
		if sub == nil {
			return nil, badFilter("The attribute %q does not have a sub-attribute that the filter names.", a.Name)
		}
		test, err := sub.leafTest(x)
		return func(v wire.Value) bool { return test(v.Get(sub.Name)) }, err
	}
	return nil, badFilter("A filter of values cannot hold another one.")
}

func (a *Attribute) bothItems(x, y filter.Expr, join func(a, b bool) bool) (func(wire.Value) bool, error) {
	m, err := a.ItemMatcher(x)
	if err != nil {
		return nil, err
	}
	n, err := a.ItemMatcher(y)
	return func(v wire.Value) bool { return join(m(v), n(v)) }, err
}

// leafTest compiles a comparison with a value of a, which is not complex.
func (a *Attribute) leafTest(x filter.Compare) (leafTest, error) {
	if a.Mutability == WriteOnly {
		return nil, badFilter("The attribute %q cannot be filtered on.", a.Name)
	}
	switch {
	case x.Op == filter.Present:
		return func(v wire.Value, ok bool) bool { return ok && !v.IsNull() && !isEmptyText(v) }, nil
	case x.Value.Kind == filter.Null && x.Op == filter.Equal:
		return func(v wire.Value, ok bool) bool { return !ok || v.IsNull() }, nil
	case x.Value.Kind == filter.Null && x.Op == filter.NotEqual:
		return func(v wire.Value, ok bool) bool { return ok && !v.IsNull() }, nil
	case x.Value.Kind == filter.Null:
		return nil, badFilter("null can only be compared with eq and ne.")
	}
	test, err := a.typedTest(x)
	unassigned := x.Op == filter.NotEqual
	return func(v wire.Value, ok bool) bool {
		if !ok || v.IsNull() {
			return unassigned
		}
		return test(v)
	}, err
}

func isEmptyText(v wire.Value) bool {
	text, ok := v.Str()
	return ok && text == ""
}

func (a *Attribute) typedTest(x filter.Compare) (func(wire.Value) bool, error) {
	switch a.Type {
	case Boolean:
		return a.booleanTest(x)
	case Integer, Decimal:
		return a.numberTest(x)
	case DateTime:
		return a.timeTest(x)
	case Any:
		return anyTest(x), nil
	case Binary:
		if isOrder(x.Op) {
			return nil, badFilter("The attribute %q is binary, which has no order.", a.Name)
		}
	}
	if x.Value.Kind == filter.Bool {
		return nil, badFilter("The attribute %q is compared with a text.", a.Name)
	}
	exact := a.CaseExact || a.Type == Binary
	want := x.Value.Text
	if !exact {
		want = core.Fold(want)
	}
	return func(v wire.Value) bool {
		have := v.Text()
		if !exact {
			have = core.Fold(have)
		}
		return textMeets(have, x.Op, want)
	}, nil
}

func isOrder(op filter.Op) bool {
	return op == filter.Greater || op == filter.GreaterEqual || op == filter.Less || op == filter.LessEqual
}

func textMeets(have string, op filter.Op, want string) bool {
	switch op {
	case filter.Contains:
		return strings.Contains(have, want)
	case filter.StartsWith:
		return strings.HasPrefix(have, want)
	case filter.EndsWith:
		return strings.HasSuffix(have, want)
	}
	return meets(strings.Compare(have, want), op)
}

// meets reports whether the order of two values is what the operator asks for.
func meets(order int, op filter.Op) bool {
	switch op {
	case filter.Equal:
		return order == 0
	case filter.NotEqual:
		return order != 0
	case filter.Greater:
		return order > 0
	case filter.GreaterEqual:
		return order >= 0
	case filter.Less:
		return order < 0
	case filter.LessEqual:
		return order <= 0
	}
	return false
}
