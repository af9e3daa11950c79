package schema

import (
	"errors"
	"strings"

	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
	"github.com/dragoman-gateway/dragoman/dialects/scim/internal/filter"
)

// Op is what an operation of a PATCH does.
type Op string

// The operations.
const (
	Add     Op = "add"
	Replace Op = "replace"
	Remove  Op = "remove"
)

// Operation is one operation of a PATCH, as it was sent.
type Operation struct {
	Op    Op
	path  wire.Value
	value wire.Field[wire.Value]
}

// ReadOperations reads the body of a PATCH. Names and the words of op are understood
// in any case of letters. The error is a [*Fault].
func ReadOperations(body wire.Value) ([]Operation, error) {
	list, ok := member(body, "Operations")
	if !ok || list.Kind() != wire.KindArray {
		return nil, &Fault{InvalidSyntax, "The body needs a list of Operations."}
	}
	ops := make([]Operation, 0, list.Len())
	for _, item := range list.Items() {
		if item.Kind() != wire.KindObject {
			return nil, &Fault{InvalidSyntax, "An operation is not an object."}
		}
		word, _ := member(item, "op")
		text, _ := word.Str()
		op := Operation{Op: Op(strings.ToLower(text))}
		if op.Op != Add && op.Op != Replace && op.Op != Remove {
			return nil, &Fault{InvalidSyntax, "The op of an operation is add, replace or remove."}
		}
		op.path, _ = member(item, "path")
		if v, ok := member(item, "value"); ok {
			op.value = wire.Some(v)
		}
		ops = append(ops, op)
	}
	return ops, nil
}

// Change is what an operation does to one target.
type Change struct {
	Op      Op
	Target  Target
	Filter  filter.Expr // of the target's values; nil for all
	Value   wire.Value  // null also if none was sent
	matches func(wire.Value) bool
	// comparisons is how many the filter has.
	comparisons int
	// sent are the values of a change without a filter of an attribute with many.
	sent    []wire.Value
	sentErr error // why they cannot be read
}

// Changes resolves an operation: one with a path is one change, one without has one
// for each member of its value. The error is a [*Fault].
func (t *ResourceType) Changes(op Operation) ([]Change, error) {
	changes, err := t.changes(op)
	for i := range changes {
		if c := &changes[i]; c.ManyValued() && c.Filter == nil && c.Target.Sub == nil {
			var list wire.Value
			list, _, c.sentErr = c.Target.Attr.read(c.Value)
			c.sent = list.Items()
		}
	}
	return changes, err
}

// ManyValued reports whether the change is of an attribute with many values.
func (c Change) ManyValued() bool { return c.Target.Attr != nil && c.Target.Attr.Multi }

func (t *ResourceType) changes(op Operation) ([]Change, error) {
	value, hasValue := op.value.Get()
	path, isText := op.path.Str()
	switch {
	case op.path.IsNull() || isText && strings.TrimSpace(path) == "":
		if op.Op == Remove {
			return nil, &Fault{NoTarget, "A remove needs a path."}
		}
		return t.pathless(op.Op, value)
	case !isText:
		return nil, &Fault{InvalidPath, "The path is not a string."}
	case op.Op == Add && !hasValue:
		return nil, &Fault{InvalidValue, "An add needs a value."}
	}
	c, err := t.change(op.Op, path, value)
	if err != nil || c.Target.Attr != nil && c.Target.Attr.Name == Schemas {
		return nil, err
	}
	if err := c.check(); err != nil {
		return nil, err
	}
	return c.expand()
}

// pathless makes a change of each member, whose name is a path. Names that are
// unknown or that cannot be written are left out: clients send whole resources.
func (t *ResourceType) pathless(op Op, value wire.Value) (changes []Change, err error) {
	if value.Kind() != wire.KindObject {
		return nil, &Fault{InvalidValue, "An operation without a path needs an object as its value."}
	}
	for _, m := range value.Members() {
		c, err := t.change(op, m.Name, m.Value)
		var f *Fault
		if errors.As(err, &f) && f.Type == InvalidPath || err == nil && c.readOnly() {
			continue
		}
		if err == nil {
			err = c.check()
		}
		if err != nil {
			return nil, err
		}
		expanded, err := c.expand()
		if err != nil {
			return nil, err
		}
		changes = append(changes, expanded...)
	}
	return changes, nil
}

// change resolves a path.
func (t *ResourceType) change(op Op, text string, value wire.Value) (Change, error) {
	path, err := filter.ParsePath(text)
	var syntax *filter.Error
	if errors.As(err, &syntax) {
		if syntax.InFilter {
			return Change{}, badFilter("The filter in the path is malformed: %s.", syntax.Msg)
		}
		return Change{}, badPath("The path is malformed: " + syntax.Msg + ".")
	}
	target, ok := t.Resolve(path.Attr)
	if !ok {
		return Change{}, badPath("The path names an attribute that the resource does not have.")
	}
	c := Change{Op: op, Target: target, Value: value}
	if path.Filter == nil {
		if target.Sub != nil && target.Attr.Multi && op != Remove {
			return c, badPath("The path names a sub-attribute of many values: say which in brackets.")
		}
		return c, nil
	}
	if target.Attr == nil || target.Sub != nil || !target.Attr.Multi || target.Attr.Type != Complex {
		return c, badPath("Only an attribute with many values can have a filter in brackets.")
	}
	if path.Sub != "" {
		if c.Target.Sub = find(target.Attr.Sub, path.Sub); c.Target.Sub == nil {
			return c, badPath("The path names a sub-attribute that the attribute does not have.")
		}
	}
	c.Filter, c.comparisons = path.Filter, comparisonsOf(path.Filter)
	c.matches, err = target.Attr.ItemMatcher(path.Filter)
	return c, err
}

func badPath(detail string) error { return &Fault{InvalidPath, detail} }

func (c Change) readOnly() bool {
	a := c.Target.Attr
	return a != nil && (a.Mutability == ReadOnly || c.Target.Sub != nil && c.Target.Sub.Mutability == ReadOnly)
}

// check refuses changes that no value makes right.
func (c Change) check() error {
	a, sub := c.Target.Attr, c.Target.Sub
	switch {
	case a == nil:
		return nil
	case c.readOnly():
		return &Fault{IsReadOnly, "The attribute \"" + a.Name + "\" cannot be changed."}
	case sub != nil && sub.Mutability == Immutable:
		return &Fault{IsReadOnly, "The sub-attribute \"" + sub.Name + "\" of \"" + a.Name + "\" cannot be changed."}
	case a.Required && c.Removes():
		return &Fault{IsReadOnly, "The attribute \"" + a.Name + "\" is required."}
	}
	return nil
}

// Removes reports whether the change leaves the target without a value.
func (c Change) Removes() bool {
	empty := c.Value.IsNull() || c.Value.Kind() == wire.KindArray && c.Value.Len() == 0
	return c.Op == Remove || c.Op == Replace && empty
}

// expand turns a change of a whole extension into those of its attributes.
func (c Change) expand() ([]Change, error) {
	if c.Target.Attr != nil || c.Removes() {
		return []Change{c}, nil
	}
	if c.Value.Kind() != wire.KindObject {
		return nil, invalid(c.Target.Schema.URN, "is not an object")
	}
	var changes []Change
	for _, m := range c.Value.Members() {
		name, sub, _ := strings.Cut(m.Name, ".")
		part := Change{Op: c.Op, Value: m.Value, Target: Target{Schema: c.Target.Schema, Extension: true}}
		if part.Target.Attr = c.Target.Schema.find(name); part.Target.Attr == nil || strings.EqualFold(name, Schemas) {
			continue
		}
		if sub != "" {
			if part.Target.Sub = find(part.Target.Attr.Sub, sub); part.Target.Sub == nil {
				continue
			}
		}
		if !part.readOnly() {
			changes = append(changes, part)
		}
	}
	return changes, nil
}
