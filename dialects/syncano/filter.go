package syncano

import (
	"net/url"
	"slices"
	"strings"

	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

// memberFilter is what ?fields= and ?excluded_fields= ask for; see REFERENCE.md,
// "Filtered members". It works on the finished document.
type memberFilter struct{ only, drop []string }

// readFilter returns nil when the query asks for nothing.
func readFilter(q url.Values) *memberFilter {
	f := &memberFilter{only: memberNames(q.Get("fields")), drop: memberNames(q.Get("excluded_fields"))}
	if f.only == nil && f.drop == nil {
		return nil
	}
	return f
}

func memberNames(given string) []string {
	if given == "" {
		return nil
	}
	list := strings.Split(given, ",")
	for i := range list {
		list[i] = strings.TrimSpace(list[i])
	}
	return list
}

// shape says which members of a filtered object hold objects, or lists of
// objects, that are filtered too. All other values stay whole.
type shape struct {
	inner map[string]*shape
	// whole: the object itself keeps all its members, as the envelope of a list.
	whole bool
	// always is a member that stays, as the user or group of a membership.
	always string
}

// Shapes of the responses. A nil shape is not filtered. They never change.
var (
	plainShape     = &shape{}
	userShape      = &shape{inner: map[string]*shape{"profile": plainShape, "groups": plainShape}}
	flatUserShape  = &shape{inner: map[string]*shape{"groups": plainShape}}
	instanceShape  = &shape{inner: map[string]*shape{"owner": plainShape}}
	userGroupShape = &shape{inner: map[string]*shape{"group": plainShape}, always: "group"}
	groupUserShape = &shape{inner: map[string]*shape{"user": userShape}, always: "user"}
	groupFlatShape = &shape{inner: map[string]*shape{"user": plainShape}, always: "user"}
	objectShape    = plainShape
	accountShape   = plainShape
	groupShape     = plainShape
	apiKeyShape    = plainShape
	classShape     = plainShape
)

func listOf(of *shape) *shape { return &shape{inner: map[string]*shape{"objects": of}, whole: true} }

func (f *memberFilter) keeps(s *shape, name string) bool {
	return s.whole || name == s.always || (f.only == nil || slices.Contains(f.only, name)) && !slices.Contains(f.drop, name)
}

// apply filters an object of the shape, or each of a list.
func (f *memberFilter) apply(v wire.Value, s *shape) wire.Value {
	switch v.Kind() {
	case wire.KindArray:
		items := make([]wire.Value, 0, v.Len())
		for _, item := range v.Items() {
			items = append(items, f.apply(item, s))
		}
		return wire.Array(items...)
	case wire.KindObject:
		kept := wire.Object()
		for _, m := range v.Members() {
			if !f.keeps(s, m.Name) {
				continue
			}
			if inner := s.inner[m.Name]; inner != nil {
				m.Value = f.apply(m.Value, inner)
			}
			kept.Set(m.Name, m.Value)
		}
		return kept
	}
	return v
}
