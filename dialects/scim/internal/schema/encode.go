package schema

import "github.com/dragoman-gateway/dragoman/dialects/internal/wire"

// Encode writes a resource: schemas, id and externalId, then the attributes in the
// order of the tables, extensions, and meta.
func (t *ResourceType) Encode(e *wire.Enc, r Resource) {
	e.Obj()
	for _, key := range []string{Schemas, ID, ExternalID} {
		encodeMember(e, r, key)
	}
	for i := range t.Core.Attributes {
		if a := &t.Core.Attributes[i]; a.Mutability != WriteOnly {
			encodeMember(e, r, a.Name)
		}
	}
	for _, s := range t.Extensions {
		encodeMember(e, r, s.URN)
	}
	encodeMember(e, r, Meta)
	e.End()
}

func encodeMember(e *wire.Enc, r Resource, key string) {
	if v, ok := r[key]; ok {
		e.RawKey(key).Value(v)
	}
}

// EncodeSchema writes a table as /Schemas shows it. Every characteristic is written,
// since typed clients take a missing one for unknown.
func (s *Schema) EncodeSchema(e *wire.Enc, base string) {
	e.Obj().RawKey("schemas").Arr().Str("urn:ietf:params:scim:schemas:core:2.0:Schema").End()
	e.RawKey("id").Str(s.URN).RawKey("name").Str(s.Name).RawKey("description").Str(s.Description)
	encodeAttributes(e.RawKey("attributes"), s.Attributes)
	e.RawKey("meta").Obj().RawKey("resourceType").Str("Schema").RawKey("location").Str(base + "/Schemas/" + s.URN).End()
	e.End()
}

func encodeAttributes(e *wire.Enc, attrs []Attribute) {
	e.Arr()
	for i := range attrs {
		attrs[i].encode(e)
	}
	e.End()
}

func (a *Attribute) encode(e *wire.Enc) {
	e.Obj().RawKey("name").Str(a.Name).RawKey("type").Str(string(a.Type)).RawKey("multiValued").Bool(a.Multi)
	e.RawKey("description").Str(a.Description).RawKey("required").Bool(a.Required)
	if a.Type == String || a.Type == Reference || a.Type == Binary {
		e.RawKey("caseExact").Bool(a.CaseExact)
	}
	strs(e, "canonicalValues", a.Canonical)
	e.RawKey("mutability").Str([]string{"readWrite", "readOnly", "immutable", "writeOnly"}[a.Mutability])
	e.RawKey("returned").Str(map[bool]string{true: "never", false: "default"}[a.Mutability == WriteOnly])
	if a.Type != Complex && a.Type != Boolean {
		e.RawKey("uniqueness").Str(map[bool]string{true: "server", false: "none"}[a.Unique])
	}
	strs(e, "referenceTypes", a.References)
	if a.Type == Complex {
		encodeAttributes(e.RawKey("subAttributes"), a.Sub)
	}
	e.End()
}

// strs writes a list of texts, if there are any.
func strs(e *wire.Enc, name string, texts []string) {
	if len(texts) == 0 {
		return
	}
	e.RawKey(name).Arr()
	for _, text := range texts {
		e.Str(text)
	}
	e.End()
}
