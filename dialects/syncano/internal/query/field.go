package query

import (
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
	"github.com/dragoman-gateway/dragoman/dialects/syncano/internal/schema"
)

// field is a field that a query or an order names.
type field struct {
	name   string
	kind   schema.Type
	schema *schema.Field // nil for a builtin field
	class  string        // whose field it is
}

func findField(c *schema.Class, builtins []Builtin, name string) (*field, error) {
	for _, b := range builtins {
		if b.Name == name {
			return &field{name: b.Name, kind: b.Type}, nil
		}
	}
	f := c.Schema.Find(name)
	switch {
	case f == nil:
		return nil, queryError("Invalid field name defined: \"" + name + "\".")
	case !f.FilterIndex:
		return nil, queryError("Field \"" + name + "\" cannot be used in a query as it is not indexed.")
	}
	return &field{name, f.Type, f, c.Name()}, nil
}

// value is the object's value of the field.
func (f *field) value(o Object) Operand {
	if f.schema == nil {
		return o.Builtin(f.name)
	}
	stored, ok := o.Stored(f.name)
	if !ok {
		return Operand{}
	}
	return storedOperand(f.kind, stored)
}

// tree is the object's value as JSON, if it fits the field's type.
func (f *field) tree(o Object) (wire.Value, bool) {
	stored, ok := o.Stored(f.name)
	if !ok {
		return wire.Value{}, false
	}
	v, err := wire.ParseJSON([]byte(stored), wire.Limits{})
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

// exists reports whether the object has a value that fits the field's type.
func (f *field) exists(o Object) bool {
	switch f.kind {
	case schema.Array, schema.Relation, schema.Geopoint:
		_, ok := f.tree(o)
		return ok
	}
	return f.value(o).kind != nullOperand
}

// targets returns the ids in a reference or relation.
func (f *field) targets(o Object) []int64 {
	v, ok := f.tree(o)
	if !ok {
		return nil
	}
	if id, isID := v.Int(); isID {
		return []int64{id}
	}
	ids, _ := schema.ReadIDs(v)
	return ids
}

// supports reports whether the field's type has the lookup.
func (f *field) supports(lookup string) bool {
	switch f.kind {
	case schema.Array:
		return lookup == "_contains" || lookup == "_exists"
	case schema.Relation:
		return lookup == "_contains" || lookup == "_is" || lookup == "_exists"
	case schema.Geopoint:
		return lookup == "_near" || lookup == "_exists"
	case schema.Reference:
		return lookup == "_is" && f.schema != nil || compares(lookup)
	case schema.String:
		return compares(lookup) || (f.schema != nil || f.folds()) && isTextLookup(lookup)
	}
	return compares(lookup)
}

// takesShown reports whether v is a datetime as answers show it.
func (f *field) takesShown(v wire.Value) bool {
	return f.kind == schema.Datetime && v.Kind() == wire.KindObject
}

// folds reports whether the field's values and all that they are compared with
// are in lower case.
func (f *field) folds() bool { return f.schema == nil && f.name == "username" }

// invalid and wrongKind name the lookup without its underscore.
func (f *field) invalid(lookup, fault string) error {
	return queryError("Validation of value provided for \"" + lookup[1:] + "\" lookup of field \"" + f.name + "\" failed: " + fault)
}

func (f *field) wrongKind(lookup string) error {
	return queryError("Invalid value type provided for \"" + lookup[1:] + "\" lookup of field \"" + f.name + "\".")
}
