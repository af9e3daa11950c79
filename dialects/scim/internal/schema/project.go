package schema

import (
	"strings"

	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

// Projection is which attributes an answer shows. The zero Projection shows all.
type Projection struct {
	only     bool // shows what is named, and else hides it
	attrs    names
	narrowed bool
}

// names is a tree of names in lower case. A name without others below it is whole.
type names map[string]names

// Projection reads the parameters "attributes" and "excludedAttributes", of which
// one may be used. Unknown names are left out. The error is a [*Fault].
func (t *ResourceType) Projection(attributes, excluded []string) (Projection, error) {
	if len(attributes) > 0 && len(excluded) > 0 {
		return Projection{}, &Fault{InvalidValue, "The parameters attributes and excludedAttributes are mutually exclusive."}
	}
	p := Projection{only: len(attributes) > 0, attrs: names{}, narrowed: len(attributes)+len(excluded) > 0}
	for _, path := range append(attributes, excluded...) {
		if start := strings.IndexByte(path, '['); start >= 0 { // clients send paths of a PATCH
			end := strings.LastIndexByte(path, ']')
			path = path[:start] + path[max(end, start)+1:]
		}
		if target, ok := t.Resolve(strings.TrimSpace(path)); ok {
			p.attrs.add(target)
		}
	}
	return p, nil
}

func (n names) add(t Target) {
	path := []string{t.Key()}
	if t.Extension && t.Attr != nil {
		path = append(path, t.Attr.Name)
	}
	if t.Sub != nil {
		path = append(path, t.Sub.Name)
	}
	for i, name := range path {
		name = strings.ToLower(name)
		below, there := n[name]
		switch {
		case there && below == nil: // whole already
			return
		case i == len(path)-1:
			n[name] = nil
		case !there:
			below = names{}
			n[name] = below
		}
		n = below
	}
}

// Shows reports whether an attribute is shown, wholly or in part.
func (p Projection) Shows(key string) bool {
	below, named := p.attrs[strings.ToLower(key)]
	if p.only {
		return named
	}
	return !named || below != nil
}

// Narrowed reports whether the client asked for a part.
func (p Projection) Narrowed() bool { return p.narrowed }

// Apply returns what is shown of r. The id and schemas always are.
func (p Projection) Apply(r Resource) Resource {
	if !p.narrowed {
		return r
	}
	shown := Resource{}
	for key, v := range r {
		if key == ID || key == Schemas {
			shown[key] = v
			continue
		}
		below, named := p.attrs[strings.ToLower(key)]
		if named && below != nil {
			if v = below.part(v, p.only); v.Len() > 0 {
				shown[key] = v
			}
		} else if named == p.only {
			shown[key] = v
		}
	}
	return shown
}

// part returns the members of an object, or of each object of a list, that are
// named, or those that are not.
func (n names) part(v wire.Value, only bool) wire.Value {
	if v.Kind() == wire.KindArray {
		list := wire.Array()
		for _, item := range v.Items() {
			if item = n.part(item, only); item.Len() > 0 {
				list.Append(item)
			}
		}
		return list
	}
	part := wire.Object()
	for _, m := range v.Members() {
		below, named := n[strings.ToLower(m.Name)]
		if named && below != nil {
			if inner := below.part(m.Value, only); inner.Len() > 0 {
				part.Set(m.Name, inner)
			}
		} else if named == only {
			part.Set(m.Name, m.Value)
		}
	}
	return part
}
