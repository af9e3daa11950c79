package scim

import (
	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

// KeepFacet returns the facet of an imported user with what the stored one has and the
// other server does not show: attributes that it has no value for, and the externalIds of
// other connections.
func KeepFacet(brought, stored *core.Document) (*core.Document, error) {
	f, err := core.Decoded(brought, decodeFacet)
	if err != nil || stored == nil {
		return brought, err
	}
	kept, err := core.Decoded(stored, decodeFacet)
	if err != nil {
		return nil, err
	}
	f = f.clone()
	_, says := f.attrs[attrEmails]
	if !says {
		f.email = kept.email
	}
	for name, value := range kept.attrs {
		if now, ok := f.attrs[name]; !ok {
			f.attrs[name] = value
		} else if name == urnEnterprise {
			f.attrs[name] = withMembers(value, now)
		}
	}
	f.external, f.named = withMembers(kept.external, f.external), f.named || kept.named
	f.value = withMembers(kept.value, f.value)
	u := &core.User{Facets: core.Facets{{Dialect: Name, Doc: brought}}}
	f.store(u, userType(nil))
	return u.Facets.Get(Name), nil
}

// KeepGroup is KeepFacet for the body of a group. Its version never falls, since clients
// send the one that they saw with a change.
func KeepGroup(brought, stored *core.Document) (*core.Document, error) {
	b, err := core.Decoded(brought, decodeBody)
	if err != nil {
		return nil, err
	}
	kept, err := core.Decoded(stored, decodeBody)
	if err != nil {
		return nil, err
	}
	merged := groupBody{value: withMembers(kept.value, b.value)}
	merged.version, merged.external = max(b.version, kept.version), withMembers(kept.external, b.external)
	return merged.document(), nil
}

// withMembers returns the members of both objects; those of the second count.
func withMembers(a, b wire.Value) wire.Value {
	all := wire.Object(a.Members()...)
	for _, m := range b.Members() {
		all.Set(m.Name, m.Value)
	}
	return all
}
