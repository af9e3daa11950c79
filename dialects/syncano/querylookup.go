package syncano

import (
	"strings"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
	"github.com/dragoman-gateway/dragoman/dialects/syncano/internal/schema"
)

// lookup makes a condition of {"_gt": 5} on a field.
func (k *call) lookup(tx *core.Tx, f queryField, name string, v wire.Value) (condition, error) {
	switch {
	case !strings.HasPrefix(name, "_"):
		return nil, queryError("Invalid value type provided for \"" + name + "\" lookup of field \"" + f.name + "\".")
	case !knownLookup(name):
		return nil, queryError("Invalid lookup \"" + name + "\" defined for field \"" + f.name + "\".")
	case !f.supports(name):
		return nil, queryError(name + " is not supported on this field type.")
	}
	switch name {
	case "_exists":
		return k.existsLookup(f, v)
	case "_in", "_nin":
		return k.listLookup(f, name, v)
	case "_gt", "_gte", "_lt", "_lte", "_eq", "_neq":
		return k.compareLookup(f, name, v)
	case "_near":
		return nearLookup(f, v)
	case "_is":
		return k.isLookup(tx, f, v)
	}
	if f.kind == schema.Array || f.kind == schema.Relation {
		return k.containsLookup(f, v)
	}
	return k.textLookup(f, name, v)
}

func knownLookup(name string) bool {
	switch name {
	case "_gt", "_gte", "_lt", "_lte", "_eq", "_neq", "_exists", "_in", "_nin", "_is", "_near":
		return true
	}
	return textLookups(name) != nil
}

// supports tells whether the lookup makes sense for the field's type.
func (f queryField) supports(name string) bool {
	switch f.kind {
	case schema.Array:
		return name == "_contains" || name == "_exists"
	case schema.Relation:
		return name == "_contains" || name == "_is" || name == "_exists"
	case schema.Geopoint:
		return name == "_near" || name == "_exists"
	case schema.Reference:
		return name == "_is" && f.schema != nil || compares(name)
	case schema.String:
		return compares(name) || (f.schema != nil || f.name == "username") && textLookups(name) != nil
	}
	return compares(name)
}

func compares(name string) bool {
	switch name {
	case "_gt", "_gte", "_lt", "_lte", "_eq", "_neq", "_exists", "_in", "_nin":
		return true
	}
	return false
}

func (f queryField) invalid(lookup, why string) error {
	return queryError("Validation of value provided for \"" + lookup + "\" lookup of field \"" + f.name + "\" failed: " + why)
}

func (k *call) existsLookup(f queryField, v wire.Value) (condition, error) {
	want, ok := v.Bool()
	if !ok {
		return nil, f.invalid("_exists", notBoolean(choiceText(v)))
	}
	return func(_ *core.Tx, o *dataObject) (bool, error) { return f.has(o) == want, nil }, nil
}

// has tells whether the object has a value there that fits the field's type.
func (f queryField) has(o *dataObject) bool {
	switch f.kind {
	case schema.Array, schema.Relation, schema.Geopoint:
		_, ok := f.stored(o)
		return ok
	}
	return f.get(o).kind != nullOperand
}

// stored is the field's value as a tree, if it fits the type.
func (f queryField) stored(o *dataObject) (wire.Value, bool) {
	given, ok := o.values.Get(f.name)
	if !ok {
		return wire.Value{}, false
	}
	v, err := wire.ParseJSON([]byte(given), wire.Limits{})
	if err != nil {
		return v, false
	}
	switch f.kind {
	case schema.Array:
		return v, schema.IsArray(v)
	case schema.Relation:
		ids, ok := schema.ReadIDs(v)
		return v, ok && len(ids) > 0
	case schema.Geopoint:
		_, ok := schema.ReadPoint(v)
		return v, ok
	}
	return v, true
}

func (k *call) compareLookup(f queryField, name string, v wire.Value) (condition, error) {
	want, why := k.operandOf(f.kind, v)
	if why != "" {
		return nil, f.invalid(name, why)
	}
	return func(_ *core.Tx, o *dataObject) (bool, error) {
		have := f.get(o)
		if have.kind == nullOperand {
			return name == "_neq", nil
		}
		return holdsOrder(name, have.compare(want)), nil
	}, nil
}

func holdsOrder(name string, c int) bool {
	switch name {
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

func (k *call) listLookup(f queryField, name string, v wire.Value) (condition, error) {
	if v.Kind() != wire.KindArray {
		return nil, f.invalid(name, "Expected a list of values.")
	}
	if v.Len() > maxQueryList {
		return nil, f.invalid(name, "Too many values (exceeds 128).")
	}
	var wanted []operand
	for _, item := range v.Items() {
		want, why := k.operandOf(f.kind, item)
		if why != "" {
			return nil, f.invalid(name, why)
		}
		wanted = append(wanted, want)
	}
	return func(_ *core.Tx, o *dataObject) (bool, error) {
		have, found := f.get(o), false
		for _, want := range wanted {
			found = found || have.kind != nullOperand && have.compare(want) == 0
		}
		return found == (name == "_in"), nil
	}, nil
}

// containsLookup wants all the values in an array or relation.
func (k *call) containsLookup(f queryField, v wire.Value) (condition, error) {
	if v.Kind() != wire.KindArray || v.Len() > maxQueryList || !schema.IsArray(v) {
		return nil, f.invalid("_contains", "Expected a list of values.")
	}
	return func(_ *core.Tx, o *dataObject) (bool, error) {
		have, ok := f.stored(o)
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

func nearLookup(f queryField, v wire.Value) (condition, error) {
	center, ok := schema.ReadPoint(v)
	if !ok {
		return nil, f.invalid("_near", schema.MsgNotGeopoint)
	}
	reach := 100 * milesToKilometres
	for _, unit := range []struct {
		name string
		size float64
	}{{"distance_in_kilometers", 1}, {"distance_in_miles", milesToKilometres}} {
		given, said := v.Get(unit.name)
		if !said {
			continue
		}
		n, ok := schema.FloatOf(given)
		if !ok || n < 0 {
			return nil, f.invalid("_near", schema.MsgNotNumber)
		}
		reach = n * unit.size
	}
	return func(_ *core.Tx, o *dataObject) (bool, error) {
		stored, ok := f.stored(o)
		at, _ := schema.ReadPoint(stored)
		return ok && center.Distance(at) <= reach, nil
	}, nil
}
