package schema

import (
	"slices"

	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
	"github.com/dragoman-gateway/dragoman/dialects/scim/internal/filter"
)

// Apply changes r. Values in it are replaced and never changed. The error is a [*Fault].
func (c Change) Apply(r Resource) error {
	t := c.Target
	if t.Attr == nil { // a whole extension, which is removed
		t.Delete(r)
		return nil
	}
	if t.Attr.Multi {
		return c.applyMulti(r)
	}
	return c.applySingle(r)
}

func (c Change) applySingle(r Resource) error {
	t := c.Target
	old, _ := t.Get(r)
	switch {
	case c.Removes() && t.Sub == nil:
		t.Delete(r)
		return nil
	case c.Value.IsNull() && c.Op == Add:
		return nil
	case t.Sub != nil:
		changed, err := setSub(old, t.Sub, c.Value, c.Removes())
		if err == nil {
			put(t, r, changed)
		}
		return err
	case t.Attr.Type == Complex:
		changed, err := t.Attr.mergeInto(old, c.Value)
		if err == nil {
			put(t, r, changed)
		}
		return err
	}
	v, ok, err := t.Attr.read(c.Value)
	if err == nil && ok {
		t.Set(r, v)
	}
	return err
}

// put stores an object, or nothing for an empty one.
func put(t Target, r Resource, object wire.Value) {
	if object.Len() == 0 {
		t.Delete(r)
		return
	}
	t.Set(r, object)
}

// setSub returns the object with another value of a sub-attribute, or without it.
func setSub(object wire.Value, sub *Attribute, v wire.Value, remove bool) (wire.Value, error) {
	if remove {
		return without(object, sub.Name), nil
	}
	value, ok, err := sub.read(v)
	if err != nil {
		return object, err
	}
	if !ok {
		return without(object, sub.Name), nil
	}
	return with(object, sub.Name, value), nil
}

// mergeInto sets the sub-attributes that v names and leaves the others.
func (a *Attribute) mergeInto(old, v wire.Value) (wire.Value, error) {
	if v.Kind() == wire.KindArray && v.Len() == 1 {
		v = v.Items()[0]
	}
	if text, ok := v.Str(); ok && find(a.Sub, "value") != nil {
		v = wire.Object(wire.Member{Name: "value", Value: wire.String(text)})
	}
	if v.Kind() != wire.KindObject {
		return old, invalid(a.Name, "is not an object")
	}
	if v.Has("value") && !v.Has("$ref") {
		old = without(old, "$ref") // it was another value's
	}
	for _, m := range v.Members() {
		sub := find(a.Sub, m.Name)
		if sub == nil || sub.Mutability == ReadOnly {
			continue
		}
		var err error
		if old, err = setSub(old, sub, m.Value, m.Value.IsNull()); err != nil {
			return old, err
		}
	}
	return old, nil
}

func (c Change) applyMulti(r Resource) error {
	old, _ := c.Target.Get(r)
	items, err := c.newItems(slices.Clone(old.Items()))
	if err != nil {
		return err
	}
	if len(items) == 0 {
		c.Target.Delete(r)
		return nil
	}
	c.Target.Set(r, wire.Array(items...))
	return nil
}

// newItems returns what the change makes of an attribute's values.
func (c Change) newItems(items []wire.Value) ([]wire.Value, error) {
	switch {
	case c.Filter != nil && c.Removes():
		return c.removeMatching(items), nil
	case c.Filter != nil:
		return c.setMatching(items)
	case c.Op == Remove:
		return c.removeListed(items)
	}
	sent, ok, err := c.Target.Attr.read(c.Value)
	if err != nil {
		return nil, err
	}
	if c.Op == Replace {
		items = nil
	}
	if !ok {
		return items, nil
	}
	list := newValues(wire.Array(items...))
	for _, item := range sent.Items() {
		list.add(item)
	}
	for _, item := range sent.Items() {
		if isPrimary(item) {
			setPrimary(list.items, list.seen[identity(item)])
		}
	}
	return list.items, nil
}

// removeListed removes the values that the change lists, or all without a list. A
// sub-attribute is removed from all.
func (c Change) removeListed(items []wire.Value) ([]wire.Value, error) {
	if c.Target.Sub != nil {
		c.matches = func(wire.Value) bool { return true }
		return c.removeMatching(items), nil
	}
	if c.Value.IsNull() {
		return nil, nil
	}
	listed, _, err := c.Target.Attr.readList(c.Value)
	if err != nil {
		return nil, err
	}
	gone := map[string]bool{}
	for _, item := range listed.Items() {
		gone[ValueOf(item)] = true
	}
	return slices.DeleteFunc(items, func(item wire.Value) bool { return gone[ValueOf(item)] }), nil
}

// ValueOf returns the text of a value: its sub-attribute "value", or the scalar.
func ValueOf(item wire.Value) string {
	if item.Kind() == wire.KindObject {
		item, _ = item.Get("value")
	}
	return item.Text()
}

func (c Change) removeMatching(items []wire.Value) []wire.Value {
	if c.Target.Sub == nil {
		return slices.DeleteFunc(items, c.matches)
	}
	for i, item := range items {
		if c.matches(item) {
			items[i] = without(item, c.Target.Sub.Name)
		}
	}
	return slices.DeleteFunc(items, func(item wire.Value) bool { return item.Len() == 0 })
}

// setMatching changes the values that match. If none does, an add makes one of what
// the filter says: Entra ID sends that for the first value of an attribute.
func (c Change) setMatching(items []wire.Value) ([]wire.Value, error) {
	found := false
	for i := range items {
		if !c.matches(items[i]) {
			continue
		}
		found = true
		if err := c.setItem(items, i); err != nil {
			return nil, err
		}
	}
	if found {
		return items, nil
	}
	if c.Op == Replace {
		return nil, &Fault{NoTarget, "No value matches the filter in the path."}
	}
	made, err := c.Target.Attr.described(c.Filter, wire.Object())
	if err != nil {
		return nil, err
	}
	items = append(items, made)
	return items, c.setItem(items, len(items)-1)
}

// setItem changes the value at i. A replacement without a sub-attribute is of all of it.
func (c Change) setItem(items []wire.Value, i int) (err error) {
	a := c.Target.Attr
	switch {
	case c.Target.Sub != nil:
		items[i], err = setSub(items[i], c.Target.Sub, c.Value, false)
	case c.Op == Replace:
		items[i], err = a.mergeInto(wire.Object(), c.Value)
	default:
		items[i], err = a.mergeInto(items[i], c.Value)
	}
	if isPrimary(items[i]) {
		setPrimary(items, i)
	}
	return err
}

// described returns the object with what the eq terms of a filter say of it.
func (a *Attribute) described(x filter.Expr, object wire.Value) (wire.Value, error) {
	switch x := x.(type) {
	case filter.And:
		object, err := a.described(x.Left, object)
		if err != nil {
			return object, err
		}
		return a.described(x.Right, object)
	case filter.Compare:
		sub := find(a.Sub, x.Attr)
		if x.Op != filter.Equal || sub == nil || x.Value.Kind == filter.Null {
			return object, nil
		}
		v := map[filter.Kind]wire.Value{
			filter.Bool: wire.Bool(x.Value.Text == "true"), filter.Number: wire.String(x.Value.Text), filter.String: wire.String(x.Value.Text),
		}[x.Value.Kind]
		return setSub(object, sub, v, false)
	}
	return object, nil
}

// Sent reads the value of a change of an attribute with many values.
func (c Change) Sent() ([]wire.Value, error) {
	sent, _, err := c.Target.Attr.read(c.Value)
	return sent.Items(), err
}

// Matches reports whether a value meets the change's filter.
func (c Change) Matches(item wire.Value) bool { return c.matches(item) }
