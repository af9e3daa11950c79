package syncano

import (
	"errors"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

var fieldName = regexp.MustCompile(`^[a-zA-Z][a-zA-Z0-9_]*$`)

func (s *schemaReader) fieldName(item wire.Value) (name, fault string) {
	given, _ := item.Get("name")
	kind, _ := item.Get("type")
	if isFalsy(given) || isFalsy(kind) {
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
	case reservedField(name) || s.k.v.v2 && reservedUserField(name):
		return "", "Field name \"" + name + "\" is reserved."
	}
	return name, ""
}

// isFalsy tells whether the original's language takes the value for nothing.
func isFalsy(v wire.Value) bool {
	switch v.Kind() {
	case wire.KindNull:
		return true
	case wire.KindArray, wire.KindObject:
		return v.Len() == 0
	case wire.KindBool:
		return v.Text() == "false"
	}
	return v.Text() == "" || v.Text() == "0"
}

// reservedField: the members of every object, and what the server's own model
// of an object has as attributes.
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

// hides tells whether a field of profiles, which v1 can define, has a name that
// in the flat users of v2 means something else, such as "password".
func (k *call) hides(c *class, f *field) bool {
	return k.v.v2 && c.isProfile() && reservedUserField(f.Name)
}

func fieldTypeOf(item wire.Value) (fieldType, string) {
	given, _ := item.Get("type")
	word, ok := given.Str()
	if !ok {
		return 0, "Invalid type of field type. Expected string."
	}
	t, ok := fieldTypeNamed(strings.ToLower(word))
	if !ok {
		var all []string
		for t := range typeCount {
			all = append(all, t.word())
		}
		return 0, "Invalid field type value. Possible types: " + strings.Join(all, ", ") + "."
	}
	return t, ""
}

// membersOf lists what a definition of the type may have.
func membersOf(t fieldType) []string {
	switch t {
	case typeString, typeInteger, typeFloat, typeBoolean, typeDatetime:
		return []string{"name", "type", "order_index", "filter_index", "unique"}
	case typeReference:
		return []string{"name", "type", "order_index", "filter_index", "unique", "target"}
	case typeArray, typeGeopoint:
		return []string{"name", "type", "filter_index"}
	case typeRelation:
		return []string{"name", "type", "filter_index", "target"}
	}
	return []string{"name", "type"}
}

func allowedMembers(t fieldType, item wire.Value) string {
	allowed := membersOf(t)
	for _, m := range item.Members() {
		if !contains(allowed, m.Name) {
			return "Field " + t.word() + " definition can only consist of " + strings.Join(allowed, ", ") + "."
		}
	}
	return ""
}

func (s *schemaReader) readIndexes(f *field, item wire.Value) (fault string) {
	for _, one := range []struct {
		name, said string
		to         *bool
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
			return "Invalid type of field \"" + one.said + "\". Expected boolean."
		}
	}
	if f.Unique {
		f.FilterIndex = true
		if before := s.old.field(f.Name); before != nil && !before.Unique {
			return "Unique index can only be set on a new field. Delete field first."
		}
	}
	return s.countIndexes(f)
}

func (s *schemaReader) countIndexes(f *field) string {
	for _, on := range []bool{f.OrderIndex, f.FilterIndex} {
		if !on {
			continue
		}
		s.indexes++
		if f.Type == typeGeopoint {
			s.points++
		}
	}
	switch {
	case s.indexes > maxIndexes:
		return "Too many indexes defined (exceeds 16)."
	case s.points > 1:
		return "Too many indexes defined on field type geopoint (exceeds 1)."
	}
	return ""
}

// target reads and looks up what a reference or relation points at.
func (s *schemaReader) target(t fieldType, item wire.Value) (target, fault string) {
	if t != typeReference && t != typeRelation {
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
		return target, ""
	}
	_, err := findClass(s.tx, s.k.instance.Realm, target)
	if errors.Is(err, core.ErrNotFound) {
		return "", "Class specified by target is missing."
	}
	s.err = err
	return target, ""
}
