package query

import (
	"errors"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
	"github.com/dragoman-gateway/dragoman/dialects/syncano/internal/schema"
)

// lookup makes a condition of {"_gt": 5} on a field.
func (r *Reader) lookup(tx *core.Tx, f *field, name string, v wire.Value) (condition, error) {
	switch {
	case !f.supports(name):
		return nil, queryError("Invalid lookup \"" + name + "\" defined for field \"" + f.name + "\".")
	case !takes(name, v.Kind()) && !f.takesShown(v):
		return nil, f.wrongKind(name)
	}
	switch name {
	case "_exists":
		return existsLookup(f, v)
	case "_in", "_nin":
		return listLookup(f, name, v)
	case "_gt", "_gte", "_lt", "_lte", "_eq", "_neq":
		return compareLookup(f, name, v)
	case "_near":
		return nearLookup(f, v)
	case "_is":
		return r.isLookup(tx, f, v)
	}
	if f.kind == schema.Array || f.kind == schema.Relation {
		return containsLookup(f, v)
	}
	return r.textLookup(f, name, v)
}

// compares reports whether the lookup is one that all comparable types have.
func compares(lookup string) bool {
	switch lookup {
	case "_gt", "_gte", "_lt", "_lte", "_eq", "_neq", "_exists", "_in", "_nin":
		return true
	}
	return false
}

// takes reports whether the lookup has operands of the kind. On arrays and relations
// _contains wants a list, which containsLookup checks.
func takes(lookup string, kind wire.Kind) bool {
	switch lookup {
	case "_exists":
		return kind == wire.KindBool
	case "_in", "_nin":
		return kind == wire.KindArray
	case "_contains":
		return kind != wire.KindNull && kind != wire.KindObject
	case "_is", "_near":
		return true // they say themselves what is wrong
	}
	return isScalar(kind)
}

func isScalar(kind wire.Kind) bool {
	return kind == wire.KindString || kind == wire.KindNumber || kind == wire.KindBool
}

func existsLookup(f *field, v wire.Value) (condition, error) {
	want, _ := v.Bool()
	return func(_ *core.Tx, o Object) (bool, error) { return f.exists(o) == want, nil }, nil
}

// operand reads a value to compare with the field's.
func operand(f *field, lookup string, v wire.Value) (Operand, error) {
	stored, fault := schema.ReadOperand(f.kind, v)
	if fault != "" {
		return Operand{}, f.invalid(lookup, fault)
	}
	want := storedOperand(f.kind, stored)
	if f.folds() {
		want.s = core.Fold(want.s)
	}
	return want, nil
}

func compareLookup(f *field, name string, v wire.Value) (condition, error) {
	want, err := operand(f, name, v)
	return func(_ *core.Tx, o Object) (bool, error) {
		have := f.value(o)
		if have.kind == nullOperand {
			return name == "_neq", nil
		}
		return holdsOrder(name, have.compare(want)), nil
	}, err
}

func holdsOrder(lookup string, c int) bool {
	switch lookup {
	case "_gt":
		return c > 0
	case "_gte":
		return c >= 0
	case "_lt":
		return c < 0
	case "_lte":
		return c <= 0
	case "_eq":
		return c == 0
	}
	return c != 0
}

func listLookup(f *field, name string, v wire.Value) (condition, error) {
	if v.Len() > maxValues {
		return nil, f.invalid(name, "Too many values (exceeds 128).")
	}
	var wanted []Operand
	for _, item := range v.Items() {
		if !isScalar(item.Kind()) && !f.takesShown(item) {
			return nil, f.wrongKind(name)
		}
		want, err := operand(f, name, item)
		if err != nil {
			return nil, err
		}
		wanted = append(wanted, want)
	}
	return func(_ *core.Tx, o Object) (bool, error) {
		have, found := f.value(o), false
		for _, want := range wanted {
			found = found || have.kind != nullOperand && have.compare(want) == 0
		}
		return found == (name == "_in"), nil
	}, nil
}

// containsLookup wants all the values in an array or relation.
func containsLookup(f *field, v wire.Value) (condition, error) {
	if v.Kind() != wire.KindArray {
		return nil, f.wrongKind("_contains")
	}
	if v.Len() > maxValues || !schema.IsArray(v) {
		return nil, f.invalid("_contains", "Expected a list of values.")
	}
	return func(_ *core.Tx, o Object) (bool, error) {
		have, ok := f.tree(o)
		if !ok {
			return false, nil
		}
		for _, want := range v.Items() {
			if !schema.Contains(have.Items(), want) {
				return false, nil
			}
		}
		return true, nil
	}, nil
}

// milesToKilometres converts a distance.
const milesToKilometres = 1.609344

func nearLookup(f *field, v wire.Value) (condition, error) {
	center, ok := schema.ReadPoint(v)
	if !ok {
		return nil, f.invalid("_near", schema.MsgNotGeopoint)
	}
	reach := 100 * milesToKilometres
	for _, unit := range []struct {
		name string
		size float64
	}{{"distance_in_kilometers", 1}, {"distance_in_miles", milesToKilometres}} {
		given, ok := v.Get(unit.name)
		if !ok {
			continue
		}
		n, ok := schema.FloatOf(given)
		if !ok || n < 0 {
			return nil, f.invalid("_near", schema.MsgNotNumber)
		}
		reach = n * unit.size
	}
	return func(_ *core.Tx, o Object) (bool, error) {
		v, ok := f.tree(o)
		at, _ := schema.ReadPoint(v)
		return ok && center.Distance(at) <= reach, nil
	}, nil
}

// isLookup wants a reference, or one of a relation's, to point at an object that
// a nested query matches.
func (r *Reader) isLookup(tx *core.Tx, f *field, v wire.Value) (condition, error) {
	name, builtins := f.schema.TargetClass(), ObjectFields()
	users := name == "user"
	switch name {
	case "self":
		name = f.class
	case "user":
		name, builtins = schema.ProfileClass, UserFields()
	}
	class, err := schema.FindClass(tx, r.Realm, name)
	if errors.Is(err, core.ErrNotFound) {
		return nil, f.invalid("_is", schema.MsgNoTargetClass)
	}
	if err != nil {
		return nil, err
	}
	nested := &Matcher{}
	if err := r.parseNested(tx, class, builtins, v, nested); err != nil {
		return nil, err
	}
	return remembered(func(tx *core.Tx, o Object) (bool, error) {
		ids := f.targets(o)
		if len(ids) == 0 {
			return false, nil
		}
		if err := r.checkTime(); err != nil {
			return false, err
		}
		objects, err := r.Load(tx, class, ids, users)
		for _, target := range objects {
			if ok, err := nested.Matches(tx, target); ok || err != nil {
				return ok, err
			}
		}
		return false, err
	}), nil
}

// parseNested adds the conditions of a query in a query to all.
func (r *Reader) parseNested(tx *core.Tx, class *schema.Class, builtins []Builtin, v wire.Value, all *Matcher) error {
	if r.depth >= maxDepth {
		return errTooDeep
	}
	r.depth++
	defer func() { r.depth-- }()
	return r.parse(tx, class, builtins, v, all)
}

// remembered returns the condition, computed once for each object: objects that point
// at each other would be loaded again and again.
func remembered(holds condition) condition {
	known := map[int64]bool{}
	return func(tx *core.Tx, o Object) (ok bool, err error) {
		if ok, found := known[o.ListID()]; found {
			return ok, nil
		}
		if ok, err = holds(tx, o); err == nil {
			known[o.ListID()] = ok
		}
		return ok, err
	}
}
