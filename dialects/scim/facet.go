package scim

import (
	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
	"github.com/dragoman-gateway/dragoman/dialects/scim/internal/schema"
)

// facet is the dialect's private data of a user: what the core has no field for. A
// user that SCIM never wrote has none.
type facet struct {
	value wire.Value // as stored, with members of a newer version
	// attrs are attributes as SCIM said them. Emails are among them if SCIM ever
	// said any, also if it said that there are none.
	attrs schema.Resource
	// external are the externalIds by connection.
	external wire.Value
	// email is the core's address that came from a value of emails; "" for none.
	email string
	// named says that SCIM said the name, so that a whole name is not derived.
	named bool
	// activeRemoved says that a client removed the attribute, which is shown no more.
	activeRemoved bool
}

// Names of the facet's members, each left out when it has its default.
const (
	facetAttrs         = "attributes"
	facetExternal      = "external_ids"
	facetEmail         = "email"
	facetNamed         = "named"
	facetActiveRemoved = "active_removed"
)

func facetOf(u *core.User) (*facet, error) { return core.Decoded(u.Facets.Get(Name), decodeFacet) }

// emptyFacet is that of a user whom SCIM never wrote. It never changes.
var emptyFacet = &facet{value: wire.Object(), attrs: schema.Resource{}}

func decodeFacet(text []byte) (*facet, error) {
	if len(text) == 0 {
		return emptyFacet, nil
	}
	v, err := wire.ParseJSON(text, wire.Limits{Values: maxValues})
	if err != nil {
		return nil, err
	}
	get := func(name string) wire.Value { m, _ := v.Get(name); return m }
	f := &facet{value: v, attrs: schema.Resource{}, external: get(facetExternal), email: get(facetEmail).Text()}
	for _, m := range get(facetAttrs).Members() {
		f.attrs[m.Name] = m.Value
	}
	f.named, _ = get(facetNamed).Bool()
	f.activeRemoved, _ = get(facetActiveRemoved).Bool()
	return f, nil
}

// clone returns a copy whose members can be replaced.
func (f *facet) clone() *facet {
	c := *f
	c.attrs = f.attrs.Clone()
	return &c
}

// store writes the facet to u, unless it is empty and u has none.
func (f *facet) store(u *core.User, t *schema.ResourceType) {
	v := wire.Object()
	set := func(name string, value wire.Value, there bool) {
		if there {
			v.Set(name, value)
		}
	}
	attrs := f.orderedAttrs(t)
	set(facetAttrs, attrs, attrs.Len() > 0)
	set(facetExternal, f.external, f.external.Len() > 0)
	set(facetEmail, wire.String(f.email), f.email != "")
	set(facetNamed, wire.Bool(true), f.named)
	set(facetActiveRemoved, wire.Bool(true), f.activeRemoved)
	for _, m := range f.value.Members() {
		switch m.Name {
		case facetAttrs, facetExternal, facetEmail, facetNamed, facetActiveRemoved:
		default:
			v.Set(m.Name, m.Value)
		}
	}
	if v.Len() > 0 || u.Facets.Get(Name) != nil {
		u.Facets.Set(Name, v.JSON())
	}
}

// orderedAttrs returns the attributes in the order of the tables, so that the same
// facet is the same text.
func (f *facet) orderedAttrs(t *schema.ResourceType) wire.Value {
	v := wire.Object()
	for i := range t.Core.Attributes {
		name := t.Core.Attributes[i].Name
		if value, ok := f.attrs[name]; ok {
			v.Set(name, value)
		}
	}
	if value, ok := f.attrs[urnEnterprise]; ok {
		v.Set(urnEnterprise, value)
	}
	return v
}

// externalID is the id that the connection gave the user; "" for none.
func (f *facet) externalID(connection string) string {
	v, _ := f.external.Get(connection)
	return v.Text()
}

// setExternalID sets the connection's id, or removes it.
func (f *facet) setExternalID(connection, id string) {
	f.external = withExternalID(f.external, connection, id)
}

func withExternalID(ids wire.Value, connection, id string) wire.Value {
	c := wire.Object()
	for _, m := range ids.Members() {
		if m.Name != connection {
			c.Set(m.Name, m.Value)
		}
	}
	if id != "" {
		c.Set(connection, wire.String(id))
	}
	return c
}
