package schema

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/dragoman-gateway/dragoman/dialects/internal/pystyle"
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

// Limits of a schema.
const (
	maxFields    = 32
	maxIndexes   = 16
	maxFieldName = 64
)

const msgSchemaFormat = "Schema passed in invalid format."

// Definitions is what the definitions of a schema are checked against.
type Definitions struct {
	V2  bool   // the names that users of v2 use are reserved
	Old Fields // the schema so far
	// Exists reports whether there is a class of that name.
	Exists func(class string) (bool, error)
}

// Read reads a schema, up to its first fault. err is Exists's.
func (d Definitions) Read(v wire.Value) (fields Fields, fault string, err error) {
	r := definitionReader{Definitions: d}
	fault = r.read(v)
	return r.fields, fault, r.err
}

type definitionReader struct {
	Definitions
	fields  Fields
	indexes int
	points  int // indexes on geopoints
	err     error
}

func (r *definitionReader) read(v wire.Value) (fault string) {
	if v.Kind() != wire.KindArray {
		return msgSchemaFormat
	}
	if v.Len() > maxFields {
		return "Too many fields defined (exceeds 32)."
	}
	for i, item := range v.Items() {
		if item.Kind() != wire.KindObject {
			return msgSchemaFormat
		}
		f, fault := r.field(item)
		if fault != "" {
			return "Error processing field definition \"" + definitionName(item) + "\" #" + strconv.Itoa(i) + ": " + fault
		}
		r.fields = append(r.fields, f)
	}
	return ""
}

func definitionName(item wire.Value) string {
	if name, ok := item.Get("name"); ok && name.Text() != "" {
		return name.Text()
	}
	return "unknown"
}

func (r *definitionReader) field(item wire.Value) (f Field, fault string) {
	if f.Name, fault = r.name(item); fault != "" {
		return f, fault
	}
	if f.Type, fault = definedType(item); fault != "" {
		return f, fault
	}
	if fault = allowedMembers(f.Type, item); fault != "" {
		return f, fault
	}
	if r.fields.Find(f.Name) != nil {
		return f, "Field \"" + f.Name + "\" defined more than once."
	}
	if fault = r.readIndexes(&f, item); fault != "" {
		return f, fault
	}
	f.Target, fault = r.target(f.Type, item)
	return f, fault
}

var fieldName = regexp.MustCompile(`^[a-zA-Z][a-zA-Z0-9_]*$`)

func (r *definitionReader) name(item wire.Value) (name, fault string) {
	given, _ := item.Get("name")
	kind, _ := item.Get("type")
	if pystyle.Falsy(given) || pystyle.Falsy(kind) {
		return "", "Field name and type is required."
	}
	name, ok := given.Str()
	switch {
	case !ok:
		return "", "Invalid type of field name. Expected string."
	case utf8.RuneCountInString(name) > maxFieldName:
		return "", "Value of field name is too long, maximum length is 64."
	case !fieldName.MatchString(name):
		return "", "Wrong characters used in field name \"" + name +
			"\". Allowed characters are: letters, numbers and underscores. Name has to start with a letter."
	case reservedField(name) || r.V2 && reservedUserField(name):
		return "", "Field name \"" + name + "\" is reserved."
	}
	return name, ""
}

// reservedField reports whether the name is a member of every object, or an
// attribute of the original's own model of an object.
func reservedField(name string) bool {
	switch name {
	case "id", "created_at", "updated_at", "revision", "owner", "owner_permissions", "group", "group_permissions",
		"other_permissions", "channel", "channel_room", "links", "expected_revision", "self", "acl",
		"store", "save", "delete", "pk", "objects", "files", "refresh_from_db", "clean", "full_clean",
		"validate_unique", "check", "from_db", "serializable_value", "get_deferred_fields":
		return true
	}
	return false
}

func reservedUserField(name string) bool {
	switch name {
	case "username", "user_key", "password", "groups":
		return true
	}
	return false
}

func definedType(item wire.Value) (Type, string) {
	given, _ := item.Get("type")
	word, ok := given.Str()
	if !ok {
		return 0, "Invalid type of field type. Expected string."
	}
	t, ok := typeNamed(strings.ToLower(word))
	if !ok {
		return 0, "Invalid field type value. Possible types: " + strings.Join(allTypes(), ", ") + "."
	}
	return t, ""
}

// membersOf lists the members that a definition of the type may have.
func membersOf(t Type) []string {
	switch t {
	case String, Integer, Float, Boolean, Datetime:
		return []string{"name", "type", "order_index", "filter_index", "unique"}
	case Reference:
		return []string{"name", "type", "order_index", "filter_index", "unique", "target"}
	case Array, Geopoint:
		return []string{"name", "type", "filter_index"}
	case Relation:
		return []string{"name", "type", "filter_index", "target"}
	}
	return []string{"name", "type"}
}

func allowedMembers(t Type, item wire.Value) string {
	allowed := membersOf(t)
	for _, m := range item.Members() {
		if !slices.Contains(allowed, m.Name) {
			return "Field " + t.Word() + " definition can only consist of " + strings.Join(allowed, ", ") + "."
		}
	}
	return ""
}

func (r *definitionReader) readIndexes(f *Field, item wire.Value) (fault string) {
	for _, one := range []struct {
		name, label string
		to          *bool
	}{
		{"order_index", "order index", &f.OrderIndex},
		{"filter_index", "filter index", &f.FilterIndex},
		{"unique", "unique", &f.Unique},
	} {
		v, ok := item.Get(one.name)
		if !ok {
			continue
		}
		if *one.to, ok = v.Bool(); !ok {
			return "Invalid type of field \"" + one.label + "\". Expected boolean."
		}
	}
	if f.Unique {
		f.FilterIndex = true
		if before := r.Old.Find(f.Name); before != nil && !before.Unique {
			return "Unique index can only be set on a new field. Delete field first."
		}
	}
	return r.countIndexes(f)
}

func (r *definitionReader) countIndexes(f *Field) string {
	for _, on := range []bool{f.OrderIndex, f.FilterIndex} {
		if !on {
			continue
		}
		r.indexes++
		if f.Type == Geopoint {
			r.points++
		}
	}
	switch {
	case r.indexes > maxIndexes:
		return "Too many indexes defined (exceeds 16)."
	case r.points > 1:
		return "Too many indexes defined on field type geopoint (exceeds 1)."
	}
	return ""
}

// target reads what a reference or relation points at, and checks that the
// class exists. The name keeps its case.
func (r *definitionReader) target(t Type, item wire.Value) (target, fault string) {
	if t != Reference && t != Relation {
		return "", ""
	}
	given, ok := item.Get("target")
	if !ok {
		return "", "Target must specify class name or \"self\"."
	}
	text, _ := given.Str()
	switch target = strings.ToLower(text); target {
	case "":
		return "", "Invalid value of target. Expected non-empty string."
	case "users":
		return "", "Target cannot be set to \"users\". Use \"user\" instead."
	case "self", "user":
		return text, ""
	}
	exists, err := r.Exists(target)
	if err == nil && !exists {
		return "", MsgNoTargetClass
	}
	r.err = err
	return text, ""
}
