package econtext

import (
	"strings"

	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

// text is a string that is trimmed before it is looked at, which no other type
// can be.
func text(v wire.Value) (string, error) {
	s, ok := v.Str()
	if !ok {
		return "", noAttribute(v, "strip")
	}
	return strings.TrimSpace(s), nil
}

// optionalText is a string that is stored as it is sent; null is none. The
// vendor's server would store any type here.
func optionalText(v wire.Value) (wire.Field[string], error) {
	if v.IsNull() {
		return wire.Null[string](), nil
	}
	s, ok := v.Str()
	if !ok {
		return wire.Field[string]{}, noAttribute(v, "strip")
	}
	return wire.Some(s), nil
}

// textMember is optionalText of a member, which may also be absent.
func textMember(in wire.Value, name string) (wire.Field[string], error) {
	v, ok := in.Get(name)
	if !ok {
		return wire.Field[string]{}, nil
	}
	return optionalText(v)
}

// givenID is the undocumented id of a create call: "" if it is absent, null or
// blank, and one is to be made.
func givenID(in wire.Value, name string) (string, error) {
	v, ok := in.Get(name)
	if !ok || v.IsNull() {
		return "", nil
	}
	s, err := text(v)
	if err != nil || s == "" {
		return "", err
	}
	return v.Text(), nil
}

// requiredName is the name of an application, a group or an organization,
// trimmed. Anything that counts as nothing is missing.
func requiredName(in wire.Value) (string, error) {
	v, _ := in.Get("name")
	if falsy(v) {
		return "", missing("name")
	}
	name, err := text(v)
	if err == nil && name == "" {
		return "", missing("name")
	}
	return name, err
}

// status reads one of the words it may be; upper case, exactly.
func status(v wire.Value, words ...string) (string, error) {
	s, _ := v.Str()
	for _, word := range words {
		if s == word {
			return word, nil
		}
	}
	return "", invalid("status", "Invalid status")
}

// statusMember is the status of an application, a group, an organization or an API
// key: "" if the request does not speak of it.
func statusMember(in wire.Value) (string, error) {
	v, ok := in.Get("status")
	if !ok {
		return "", nil
	}
	return status(v, statusEnabled, statusDisabled)
}

// customData is what a request wants kept as custom_data: an object without
// the names that mean nothing. Whatever is no object, or empty, is null.
func customData(v wire.Value) wire.Value {
	var kept []wire.Member
	for _, m := range v.Members() {
		if m.Name != "" && m.Name != "_empty_" {
			kept = append(kept, m)
		}
	}
	if len(kept) == 0 {
		return wire.Value{}
	}
	return wire.Object(kept...)
}

// wantedID is an element of a list of ids. One that is no string is an id that nobody has.
type wantedID struct {
	text string
	none bool
}

// idList is a list of ids, each once, in the order of the request.
func idList(v wire.Value) []wantedID {
	var ids []wantedID
	seen := map[wantedID]bool{}
	for _, item := range v.Items() {
		id := wantedID{text: shownAs(item), none: item.Kind() != wire.KindString}
		if !seen[id] {
			seen[id] = true
			ids = append(ids, id)
		}
	}
	return ids
}

// shownAs is a value as the vendor's messages show it.
func shownAs(v wire.Value) string {
	switch v.Kind() {
	case wire.KindNull:
		return "None"
	case wire.KindBool:
		return strings.ToUpper(v.Text()[:1]) + v.Text()[1:]
	case wire.KindString, wire.KindNumber:
		return v.Text()
	}
	return string(wire.AppendJSON(nil, v, wire.Python()))
}
