package schema

import (
	"slices"

	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
	"github.com/dragoman-gateway/dragoman/dialects/scim/internal/filter"
)

// Apply makes a change. It returns a [*Fault] if the change is invalid, or if the changes
// so far exceed the limit of [Work]. The editor must not be used after an error.
func (e *Editor) Apply(c Change) error {
	switch {
	case c.Target.Attr == nil: // a whole extension, which is removed
		e.remove(c.Target)
		return nil
	case c.Target.Attr.Multi:
		return c.applyMulti(e)
	}
	return c.applySingle(e)
}

func (c Change) applySingle(e *Editor) error {
	t := c.Target
	old := e.get(t)
	switch {
	case c.Removes() && t.Sub == nil:
		e.remove(t)
		return nil
	case c.Value.IsNull() && c.Op == Add:
		return nil
	case t.Sub != nil:
		changed, err := setSub(old, t.Sub, c.Value, c.Removes())
		if err == nil {
			e.put(t, changed)
		}
		return err
	case t.Attr.Type == Complex:
		changed, err := t.Attr.mergeInto(old, c.Value)
		if err == nil {
			e.put(t, changed)
		}
		return err
	}
	v, ok, err := t.Attr.read(c.Value)
	if err == nil && ok {
		e.set(t, v)
	}
	return err
}

// put stores an object, or nothing for an empty one.
func (e *Editor) put(t Target, object wire.Value) {
	if object.Len() == 0 {
		e.remove(t)
		return
	}
	e.set(t, object)
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

func (c Change) applyMulti(e *Editor) error {
	old := e.get(c.Target).Items()
	if err := e.work.Spend(c.costOf(old)); err != nil {
		return err
	}
	items, err := c.newItems(slices.Clone(old), &e.work)
	if err != nil {
		return err
	}
	if len(items) == 0 {
		e.remove(c.Target)
		return nil
	}
	e.set(c.Target, wire.Array(items...))
	return nil
}

// newItems returns what the change makes of an attribute's values.
func (c Change) newItems(items []wire.Value, work *Work) ([]wire.Value, error) {
	switch {
	case c.Filter != nil && c.Removes():
		return c.removeMatching(items), nil
	case c.Filter != nil:
		return c.setMatching(items, work)
	case c.Op == Remove:
		return c.removeListed(items)
	case c.sentErr != nil:
		return nil, c.sentErr
	}
	if c.Op == Replace {
		items = nil
	}
	if len(c.sent) == 0 {
		return items, nil
	}
	list := newValues(wire.Array(items...))
	primary := -1
	for _, item := range c.sent {
		if i := list.add(item); isPrimary(item) {
			primary = i
		}
	}
	if primary >= 0 {
		setPrimary(list.items, primary)
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
	if c.Value.IsNull() || c.sentErr != nil {
		return nil, c.sentErr
	}
	gone := map[string]bool{}
	for _, item := range c.sent {
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
func (c Change) setMatching(items []wire.Value, work *Work) ([]wire.Value, error) {
	found := false
	for i := range items {
		if !c.matches(items[i]) {
			continue
		}
		found = true
		if err := c.setItem(items, i, work); err != nil {
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
	return items, c.setItem(items, len(items)-1, work)
}

// setItem changes the value at i. A replacement without a sub-attribute is of all of it.
func (c Change) setItem(items []wire.Value, i int, work *Work) (err error) {
	if err := work.Spend(weight(c.Value)); err != nil {
		return err
	}
	a := c.Target.Attr
	switch {
	case c.Target.Sub != nil:
		items[i], err = setSub(items[i], c.Target.Sub, c.Value, false)
	case c.Op == Replace:
		items[i], err = a.mergeInto(wire.Object(), c.Value)
	default:
		items[i], err = a.mergeInto(items[i], c.Value)
	}
	if err != nil || !isPrimary(items[i]) {
		return err
	}
	setPrimary(items, i)
	return work.Spend(costOfPrimary * len(items))
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

// Sent returns the values of a change without a filter of an attribute with many.
func (c Change) Sent() ([]wire.Value, error) { return c.sent, c.sentErr }

// Matches reports whether a value meets the change's filter.
func (c Change) Matches(item wire.Value) bool { return c.matches(item) }
