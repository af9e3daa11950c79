// Package schema is the attribute tables of SCIM's resources (RFC 7643), and what
// follows from them: reading and showing a representation, finding what a path
// names, filtering, PATCH and projection. It knows no user and no request.
package schema

import (
	"strings"

	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

// Type is the data type of an attribute, as /Schemas prints it.
type Type string

// The types. Any is that of an attribute that is not declared.
const (
	String    Type = "string"
	Boolean   Type = "boolean"
	Integer   Type = "integer"
	Decimal   Type = "decimal"
	DateTime  Type = "dateTime"
	Binary    Type = "binary"
	Reference Type = "reference"
	Complex   Type = "complex"
	Any       Type = ""
)

// Mutability says who may write an attribute. The zero value is ReadWrite.
type Mutability uint8

// The mutabilities.
const (
	ReadWrite Mutability = iota
	ReadOnly
	Immutable
	WriteOnly
)

// Attribute is a row of a table.
type Attribute struct {
	Name, Description string
	Type              Type
	Multi             bool
	Required          bool
	CaseExact         bool
	Unique            bool // in the server
	Mutability        Mutability
	Canonical         []string    // suggested values
	References        []string    // what a Reference is to
	Sub               []Attribute // of Complex
}

// Schema is a table.
type Schema struct {
	URN, Name, Description string
	Attributes             []Attribute
	// Open says that further attributes may be set, of type Any.
	Open bool
}

// ResourceType is a kind of resource.
type ResourceType struct {
	Name, Endpoint, Description string
	Core                        *Schema
	Extensions                  []*Schema
}

// Resource is a resource's attributes: by the name of a common or core attribute,
// or by an extension's URN, which holds an object. Names are spelt as in the tables.
// An attribute without a value is absent.
type Resource map[string]wire.Value

// Clone returns a copy whose attributes can be replaced. Values are shared and must
// not be changed.
func (r Resource) Clone() Resource {
	c := make(Resource, len(r)+1)
	for k, v := range r {
		c[k] = v
	}
	return c
}

// Names of common attributes.
const (
	ID         = "id"
	ExternalID = "externalId"
	Schemas    = "schemas"
	Meta       = "meta"
)

// common are the attributes of every resource, which no schema lists.
var common = &Schema{Attributes: []Attribute{
	{Name: Schemas, Type: Reference, Multi: true, Mutability: ReadOnly},
	{Name: ID, Type: String, CaseExact: true, Mutability: ReadOnly},
	{Name: ExternalID, Type: String, CaseExact: true},
	{Name: Meta, Type: Complex, Mutability: ReadOnly, Sub: []Attribute{
		{Name: "resourceType", Type: String, CaseExact: true, Mutability: ReadOnly},
		{Name: "created", Type: DateTime, Mutability: ReadOnly},
		{Name: "lastModified", Type: DateTime, Mutability: ReadOnly},
		{Name: "location", Type: Reference, CaseExact: true, Mutability: ReadOnly},
		{Name: "version", Type: String, CaseExact: true, Mutability: ReadOnly},
	}},
}}

// Target is what a path names: an attribute, one of its sub-attributes, or for a
// nil Attr the whole extension Schema.
type Target struct {
	Schema    *Schema
	Extension bool
	Attr, Sub *Attribute
}

// Key is the target's place in a [Resource]: where its attribute is, or for an
// attribute of an extension where the extension is.
func (t Target) Key() string {
	if t.Extension {
		return t.Schema.URN
	}
	return t.Attr.Name
}

// find returns the attribute of that name, in any case of letters.
func find(attrs []Attribute, name string) *Attribute {
	for i := range attrs {
		if strings.EqualFold(attrs[i].Name, name) {
			return &attrs[i]
		}
	}
	return nil
}

func (s *Schema) find(name string) *Attribute {
	if a := find(s.Attributes, name); a != nil || !s.Open || !IsName(name) {
		return a
	}
	return &Attribute{Name: name, Type: Any}
}

// IsName reports whether a name can be that of an attribute: a letter, and letters,
// digits, "-", "_" and "$".
func IsName(name string) bool {
	for i := range len(name) {
		c := name[i]
		letter := 'a' <= c|0x20 && c|0x20 <= 'z'
		if !letter && (i == 0 || !strings.ContainsRune("0123456789-_$", rune(c))) {
			return false
		}
	}
	return name != ""
}

// Resolve finds what a path names, which may begin with a URN. Without one, a name
// that core lacks is an extension's. Letters' case does not matter.
func (t *ResourceType) Resolve(path string) (Target, bool) {
	if len(path) > 4 && strings.EqualFold(path[:4], "urn:") {
		return t.resolveURN(path)
	}
	if target, ok := in(common, false, path); ok {
		return target, true
	}
	if target, ok := in(t.Core, false, path); ok {
		return target, true
	}
	for _, s := range t.Extensions {
		if !s.Open {
			if target, ok := in(s, true, path); ok {
				return target, true
			}
		}
	}
	return Target{}, false
}

// resolveURN finds the schema whose URN the path begins with: a version in it has
// points, so a path must not be split at them.
func (t *ResourceType) resolveURN(path string) (Target, bool) {
	for i, s := range append([]*Schema{t.Core}, t.Extensions...) {
		extension := i > 0
		if len(path) < len(s.URN) || !strings.EqualFold(path[:len(s.URN)], s.URN) {
			continue
		}
		rest := path[len(s.URN):]
		switch {
		case rest == "":
			return Target{Schema: s, Extension: true}, extension
		case rest[0] == ':', rest[0] == '.' && extension: // older clients write a point
			return in(s, extension, rest[1:])
		}
	}
	return Target{}, false
}

func in(s *Schema, extension bool, path string) (Target, bool) {
	name, sub, dotted := strings.Cut(path, ".")
	t := Target{Schema: s, Extension: extension, Attr: s.find(name)}
	if t.Attr == nil || !dotted {
		return t, t.Attr != nil
	}
	t.Sub = find(t.Attr.Sub, sub)
	return t, t.Sub != nil
}

// Get returns the value of the target's attribute, not of its sub-attribute.
func (t Target) Get(r Resource) (wire.Value, bool) {
	v, ok := r[t.Key()]
	if !ok || !t.Extension || t.Attr == nil {
		return v, ok
	}
	return member(v, t.Attr.Name)
}

// member finds an object's member, in any case of letters: names of an open schema
// are spelt as they were first written.
func member(v wire.Value, name string) (wire.Value, bool) {
	for _, m := range v.Members() {
		if strings.EqualFold(m.Name, name) {
			return m.Value, true
		}
	}
	return wire.Value{}, false
}

// with returns a copy of the object with a member in place of one of its name.
func with(object wire.Value, name string, v wire.Value) wire.Value {
	c, done := wire.Object(), false
	for _, m := range object.Members() {
		if strings.EqualFold(m.Name, name) {
			m.Value, done = v, true
		}
		c.Set(m.Name, m.Value)
	}
	if !done {
		c.Set(name, v)
	}
	return c
}

// without returns a copy of the object without the member.
func without(object wire.Value, name string) wire.Value {
	c := wire.Object()
	for _, m := range object.Members() {
		if !strings.EqualFold(m.Name, name) {
			c.Set(m.Name, m.Value)
		}
	}
	return c
}

// Fault is why a request is refused: one of SCIM's words and a sentence for a person.
type Fault struct {
	Type   string // scimType
	Detail string
}

func (f *Fault) Error() string { return f.Type + ": " + f.Detail }

// The words of faults.
const (
	InvalidFilter = "invalidFilter"
	InvalidPath   = "invalidPath"
	InvalidSyntax = "invalidSyntax"
	InvalidValue  = "invalidValue"
	IsReadOnly    = "mutability"
	NoTarget      = "noTarget"
	TooMany       = "tooMany"
)
