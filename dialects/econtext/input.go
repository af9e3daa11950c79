package econtext

import (
	"slices"
	"strings"

	"github.com/dragoman-gateway/dragoman/dialects/internal/pystyle"
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

// trimmedText reads a string and trims it. Another type is an exception of the vendor's server.
func trimmedText(v wire.Value) (string, error) {
	s, ok := v.Str()
	if !ok {
		return "", noAttribute(v, "strip")
	}
	return strings.TrimSpace(s), nil
}

// textField reads a member that is a string or null and is stored as sent. The
// vendor's server would store any type here.
func textField(in wire.Value, name string) (wire.Field[string], error) {
	return wire.Convert(in.Field(name), func(v wire.Value) (string, error) {
		s, ok := v.Str()
		if !ok {
			return "", noAttribute(v, "strip")
		}
		return s, nil
	})
}

// stringOf returns a member's text; "" for anything but a string.
func stringOf(in wire.Value, name string) string {
	s, _ := member(in, name).Str()
	return s
}

// givenID reads the undocumented id of a create call: "" if it is absent, null
// or blank, and one is to be made.
func givenID(in wire.Value, name string) (string, error) {
	v := member(in, name)
	if v.IsNull() {
		return "", nil
	}
	s, err := trimmedText(v)
	if err != nil || s == "" {
		return "", err
	}
	return v.Text(), nil
}

// requiredName reads the name of an application, a group or an organization, trimmed.
func requiredName(in wire.Value) (string, error) {
	v := member(in, "name")
	if pystyle.Falsy(v) {
		return "", missing("name")
	}
	name, err := trimmedText(v)
	if err == nil && name == "" {
		return "", missing("name")
	}
	return name, err
}

// statusField reads the status of an application, a group, an organization or an
// API key: "" if it is absent.
func statusField(in wire.Value) (string, error) {
	v, ok := in.Get(memberStatus)
	s, _ := v.Str()
	if ok && s != statusEnabled && s != statusDisabled {
		return "", invalid("status", textInvalidStatus)
	}
	return s, nil
}

// customData reads the custom_data of a request; ok is false if there is none.
// In the profile v2 "data", a list of pairs, replaces it, and an empty one is none.
// See REFERENCE.md, "Objects" and "Profile v2".
func (d *Dialect) customData(in wire.Value) (custom wire.Value, ok bool) {
	v, ok := in.Get(memberCustomData)
	if data, has := in.Get("data"); has && d.v2 {
		v = wire.Object()
		for _, pair := range data.Items() {
			v.Set(stringOf(pair, "key"), member(pair, "value"))
		}
	}
	kept := slices.DeleteFunc(slices.Clone(v.Members()), func(m wire.Member) bool { return m.Name == "" || m.Name == "_empty_" })
	if len(kept) == 0 {
		return wire.Value{}, ok && !d.v2
	}
	return wire.Object(kept...), true
}

// listedID is an element of a list of ids. One that is not a string matches no object.
type listedID struct {
	text     string
	isString bool
}

func idOf(v wire.Value) listedID {
	return listedID{text: textOf(v), isString: v.Kind() == wire.KindString}
}

// idList returns the ids of a list, each once, in the order of the request.
func idList(v wire.Value) (ids []listedID) {
	for _, item := range v.Items() {
		id := idOf(item)
		if !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	return ids
}

// orNull is the value to store for a text.
func orNull(f wire.Field[string]) wire.Value {
	if s, ok := f.Get(); ok {
		return wire.String(s)
	}
	return wire.Value{}
}
