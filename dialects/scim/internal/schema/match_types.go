package schema

import (
	"cmp"
	"strconv"
	"strings"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
	"github.com/dragoman-gateway/dragoman/dialects/scim/internal/filter"
)

// booleanTest takes the texts that some clients send for a boolean.
func (a *Attribute) booleanTest(x filter.Compare) (func(wire.Value) bool, error) {
	if x.Op != filter.Equal && x.Op != filter.NotEqual {
		return nil, badFilter("The attribute %q is a boolean, which has only eq, ne and pr.", a.Name)
	}
	text := strings.ToLower(x.Value.Text)
	if x.Value.Kind == filter.Number || text != "true" && text != "false" {
		return nil, badFilter("The attribute %q is compared with true or false.", a.Name)
	}
	return func(v wire.Value) bool { return (v.Text() == text) == (x.Op == filter.Equal) }, nil
}

func isPart(op filter.Op) bool {
	return op == filter.Contains || op == filter.StartsWith || op == filter.EndsWith
}

func (a *Attribute) numberTest(x filter.Compare) (func(wire.Value) bool, error) {
	if isPart(x.Op) || x.Value.Kind != filter.Number {
		return nil, badFilter("The attribute %q is a number, and is compared with one.", a.Name)
	}
	return func(v wire.Value) bool {
		order, ok := compareNumbers(v.Text(), x.Value.Text)
		return ok && meets(order, x.Op)
	}, nil
}

// compareNumbers compares integers exactly and others as floats.
func compareNumbers(a, b string) (order int, ok bool) {
	i, errI := strconv.ParseInt(a, 10, 64)
	j, errJ := strconv.ParseInt(b, 10, 64)
	if errI == nil && errJ == nil {
		return cmp.Compare(i, j), true
	}
	f, errF := strconv.ParseFloat(a, 64)
	g, errG := strconv.ParseFloat(b, 64)
	return cmp.Compare(f, g), errF == nil && errG == nil
}

func (a *Attribute) timeTest(x filter.Compare) (func(wire.Value) bool, error) {
	want, ok := ParseTime(x.Value.Text)
	if isPart(x.Op) || x.Value.Kind != filter.String || !ok {
		return nil, badFilter("The attribute %q is a date and time, and is compared with one.", a.Name)
	}
	return func(v wire.Value) bool {
		have, ok := ParseTime(v.Text())
		return ok && meets(have.Compare(want), x.Op)
	}, nil
}

// anyTest compares a value with one of its own kind; those of other kinds differ.
func anyTest(x filter.Compare) func(wire.Value) bool {
	kinds := map[filter.Kind]wire.Kind{filter.Bool: wire.KindBool, filter.Number: wire.KindNumber, filter.String: wire.KindString}
	want := core.Fold(x.Value.Text)
	return func(v wire.Value) bool {
		switch {
		case v.Kind() != kinds[x.Value.Kind]:
			return x.Op == filter.NotEqual
		case v.Kind() == wire.KindNumber:
			order, ok := compareNumbers(v.Text(), want)
			return ok && meets(order, x.Op)
		}
		return textMeets(core.Fold(v.Text()), x.Op, want)
	}
}

// SortKey is what a resource is sorted by: ok is false without a value. Of several
// values it is the primary one, else the first.
func (t Target) SortKey(r Resource) (v wire.Value, ok bool) {
	if v, ok = t.Get(r); !ok || t.Attr == nil {
		return v, ok
	}
	if v.Kind() == wire.KindArray {
		items := v.Items()
		if len(items) == 0 {
			return v, false
		}
		v = items[0]
		for _, item := range items {
			if isPrimary(item) {
				v = item
			}
		}
	}
	if t.Attr.Type != Complex {
		return v, true
	}
	if t.Sub != nil {
		return v.Get(t.Sub.Name)
	}
	return v.Get("value")
}

// CompareKeys orders two sort keys of the target.
func (t Target) CompareKeys(a, b wire.Value) int {
	leaf := t.leaf()
	switch leaf.Type {
	case Integer, Decimal:
		order, _ := compareNumbers(a.Text(), b.Text())
		return order
	case DateTime:
		x, _ := ParseTime(a.Text())
		y, _ := ParseTime(b.Text())
		return x.Compare(y)
	}
	if leaf.CaseExact || leaf.Type == Binary {
		return strings.Compare(a.Text(), b.Text())
	}
	return strings.Compare(core.Fold(a.Text()), core.Fold(b.Text()))
}

// leaf is the attribute whose values the target's are.
func (t Target) leaf() *Attribute {
	if t.Sub != nil {
		return t.Sub
	}
	if t.Attr.Type == Complex {
		if value := find(t.Attr.Sub, "value"); value != nil {
			return value
		}
	}
	return t.Attr
}
