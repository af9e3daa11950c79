package schema

import (
	"fmt"
	"strings"
	"time"

	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

// Read reads a representation: what a POST or a PUT sends. Unknown attributes and
// read-only ones are left out, names are spelt as in the tables. The error is a [*Fault].
func (t *ResourceType) Read(body wire.Value) (Resource, error) {
	e := NewEditor(nil)
	for _, m := range body.Members() {
		if s := t.extension(m.Name); s != nil {
			if err := s.readExtension(e, m.Value); err != nil {
				return nil, err
			}
			continue
		}
		a := find(common.Attributes, m.Name)
		if a == nil {
			a = t.core(m.Name)
		}
		if a == nil || a.Mutability == ReadOnly {
			continue
		}
		v, ok, err := a.read(m.Value)
		if err != nil {
			return nil, err
		}
		if ok {
			e.r[a.Name] = v
		} else {
			delete(e.r, a.Name)
		}
	}
	return e.Resource(), nil
}

// core finds a core attribute, with or without its URN.
func (t *ResourceType) core(name string) *Attribute {
	if len(name) > len(t.Core.URN) && strings.EqualFold(name[:len(t.Core.URN)], t.Core.URN) && name[len(t.Core.URN)] == ':' {
		name = name[len(t.Core.URN)+1:]
	}
	return find(t.Core.Attributes, name)
}

func (t *ResourceType) extension(urn string) *Schema {
	for _, s := range t.Extensions {
		if strings.EqualFold(s.URN, urn) {
			return s
		}
	}
	return nil
}

// readExtension reads an extension's object, on top of what was read.
func (s *Schema) readExtension(e *Editor, v wire.Value) error {
	if v.IsNull() {
		return nil
	}
	if v.Kind() != wire.KindObject {
		return invalid(s.URN, "is not an object")
	}
	for _, m := range v.Members() {
		a := s.find(m.Name)
		if a == nil || a.Mutability == ReadOnly || strings.EqualFold(m.Name, Schemas) {
			continue
		}
		value, ok, err := a.read(m.Value)
		if err != nil {
			return err
		}
		target := Target{Schema: s, Extension: true, Attr: a}
		if ok {
			e.set(target, value)
		} else {
			e.remove(target)
		}
	}
	return nil
}

// read reads an attribute's value; ok is false if it is unassigned.
func (a *Attribute) read(v wire.Value) (_ wire.Value, ok bool, err error) {
	switch {
	case v.IsNull():
		return v, false, nil
	case a.Multi:
		return a.readList(v)
	case v.Kind() == wire.KindArray && v.Len() == 0:
		return v, false, nil
	case v.Kind() == wire.KindArray && a.Type != Any:
		if v.Len() != 1 {
			return v, false, invalid(a.Name, "takes one value")
		}
		v = v.Items()[0]
	}
	return a.readOne(v)
}

// readList reads several values. One that is there already is left out.
func (a *Attribute) readList(v wire.Value) (wire.Value, bool, error) {
	items := []wire.Value{v}
	if v.Kind() == wire.KindArray {
		items = v.Items()
	}
	list := newValues(wire.Value{})
	for _, item := range items {
		value, ok, err := a.readOne(item)
		if err != nil {
			return v, false, err
		}
		if ok {
			list.add(value)
		}
	}
	return list.value(), len(list.items) > 0, nil
}

// OnePrimary fails if several values of an attribute are the primary one.
func (t *ResourceType) OnePrimary(r Resource) error {
	for i := range t.Core.Attributes {
		a := &t.Core.Attributes[i]
		primaries := 0
		for _, item := range r[a.Name].Items() {
			if isPrimary(item) {
				primaries++
			}
		}
		if a.Multi && primaries > 1 {
			return invalid(a.Name, "has more than one primary value")
		}
	}
	return nil
}

func isPrimary(item wire.Value) bool {
	v, _ := item.Get("primary")
	primary, _ := v.Bool()
	return primary
}

// readOne reads one value. An object without any member that is known is unassigned.
func (a *Attribute) readOne(v wire.Value) (wire.Value, bool, error) {
	if v.IsNull() {
		return v, false, nil
	}
	if a.Type != Complex {
		v, err := a.readScalar(v)
		return v, err == nil, err
	}
	if text, ok := v.Str(); ok && find(a.Sub, "value") != nil {
		return wire.Object(wire.Member{Name: "value", Value: wire.String(text)}), true, nil
	}
	if v.Kind() != wire.KindObject {
		return v, false, invalid(a.Name, "is not an object")
	}
	object := wire.Object()
	for _, m := range v.Members() {
		sub := find(a.Sub, m.Name)
		if sub == nil || sub.Mutability == ReadOnly {
			continue
		}
		value, ok, err := sub.read(m.Value)
		if err != nil {
			return v, false, err
		}
		if ok {
			object.Set(sub.Name, value)
		}
	}
	return object, object.Len() > 0, nil
}

func (a *Attribute) readScalar(v wire.Value) (wire.Value, error) {
	text, isText := v.Str()
	if isText && strings.ContainsRune(text, 0) {
		return v, invalid(a.Name, "contains a zero character")
	}
	switch a.Type {
	case Boolean:
		return a.readBoolean(v)
	case Integer:
		if _, ok := v.Int(); !ok {
			return v, invalid(a.Name, "is not an integer")
		}
	case Decimal:
		if _, ok := v.Float(); !ok {
			return v, invalid(a.Name, "is not a number")
		}
	case DateTime:
		if _, ok := ParseTime(text); !ok {
			return v, invalid(a.Name, "is not a date and time")
		}
	case Any:
		return a.readAny(v)
	default:
		if !isText {
			return v, invalid(a.Name, "is not a string")
		}
		if a.Required && strings.TrimSpace(text) == "" {
			return v, invalid(a.Name, "is blank")
		}
	}
	return v, nil
}

// readBoolean takes a boolean, and the texts that some clients send for one.
func (a *Attribute) readBoolean(v wire.Value) (wire.Value, error) {
	if v.Kind() == wire.KindBool {
		return v, nil
	}
	switch text, _ := v.Str(); text {
	case "True", "true":
		return wire.Bool(true), nil
	case "False", "false":
		return wire.Bool(false), nil
	}
	return v, invalid(a.Name, "is not a boolean")
}

// readAny takes a scalar or a list of scalars.
func (a *Attribute) readAny(v wire.Value) (wire.Value, error) {
	for _, item := range v.Items() {
		if item.Kind() == wire.KindObject || item.Kind() == wire.KindArray || item.IsNull() {
			return v, invalid(a.Name, "is not a list of texts, numbers and booleans")
		}
	}
	if v.Kind() == wire.KindObject {
		return v, invalid(a.Name, "is not a text, a number, a boolean or a list of these")
	}
	return v, nil
}

func invalid(name, problem string) error {
	return &Fault{Type: InvalidValue, Detail: fmt.Sprintf("The attribute %q %s.", name, problem)}
}

// ParseTime reads an xsd:dateTime; one without a zone is in UTC.
func ParseTime(text string) (time.Time, bool) {
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05.999999999"} {
		if t, err := time.Parse(layout, text); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}

// Carries reports whether a stored value can be shown as one of the attribute.
func (a *Attribute) Carries(v wire.Value) bool {
	_, ok, err := a.read(v)
	if a.Multi && v.Kind() != wire.KindArray || !a.Multi && a.Type != Any && v.Kind() == wire.KindArray {
		return false
	}
	if a.Type == Boolean && v.Kind() == wire.KindString {
		return false
	}
	return ok && err == nil
}
