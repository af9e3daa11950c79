// Package schema has the classes of an instance: the definitions of their
// fields, and the values of those fields as they come in, as they are stored
// and as they are shown.
//
// Values are stored as plain JSON, so that other dialects show something
// readable: a datetime as its text, a reference as its id, a file as its name.
package schema

import (
	"encoding/json"
	"errors"
	"strings"

	"github.com/dragoman-gateway/dragoman/core"
)

// ClassKind is the kind of record that stores a class. Its Key is the class's name.
const ClassKind = "syncano.class"

// ProfileClass is the class that every instance has. Its objects are the users'
// profiles, one each, created and removed with the user.
const ProfileClass = "user_profile"

// ProfileKind is ObjectKind(ProfileClass).
const ProfileKind = objectKind + ProfileClass

const objectKind = "syncano.object/"

// ObjectKind is the kind of record of a class's objects. All kinds share one
// sequence of ids, as they share one table in the original.
func ObjectKind(class string) string { return objectKind + class }

// Class is a class and its record.
type Class struct {
	Row *core.Record
	*ClassBody
}

// ClassBody is the stored form of a class.
type ClassBody struct {
	Description string          `json:"description"`
	Schema      Fields          `json:"schema,omitempty"`
	Revision    int64           `json:"revision"`
	Group       int64           `json:"group,omitempty"`
	GroupRight  ClassRight      `json:"group_permissions"`
	OtherRight  ClassRight      `json:"other_permissions"`
	Metadata    json.RawMessage `json:"metadata,omitempty"`
}

// NewClassBody returns a class without fields and with the default rights.
func NewClassBody(description string) *ClassBody {
	return &ClassBody{Description: description, Revision: 1, GroupRight: ClassCreate, OtherRight: ClassCreate}
}

// NewProfileClass returns user_profile as a new instance has it.
func NewProfileClass() *ClassBody { return NewClassBody("Class that holds profiles for users.") }

// DecodeClass decodes a class's record.
func DecodeClass(row *core.Record) (*Class, error) {
	body, err := core.Decoded(row.Body, decodeClassBody)
	return &Class{row, body}, err
}

func decodeClassBody(text []byte) (*ClassBody, error) {
	body := new(ClassBody)
	return body, json.Unmarshal(text, body)
}

// FindClass finds a class by its name in any case. It fails with core.ErrNotFound.
func FindClass(tx *core.Tx, realm core.Realm, name string) (*Class, error) {
	row, err := tx.Record(core.RecordRef{Realm: realm, Kind: ClassKind, Key: strings.ToLower(name)})
	if err != nil {
		return nil, err
	}
	return DecodeClass(row)
}

// FindProfileClass finds user_profile. A realm that has none, because its users
// are older than the instance, gets the class without fields.
func FindProfileClass(tx *core.Tx, realm core.Realm) (*Class, error) {
	c, err := FindClass(tx, realm, ProfileClass)
	if errors.Is(err, core.ErrNotFound) {
		return &Class{&core.Record{Realm: realm, Kind: ClassKind, Key: ProfileClass}, NewProfileClass()}, nil
	}
	return c, err
}

// FindAnyClass is FindClass, or FindProfileClass for user_profile.
func FindAnyClass(tx *core.Tx, realm core.Realm, name string) (*Class, error) {
	if name == ProfileClass {
		return FindProfileClass(tx, realm)
	}
	return FindClass(tx, realm, name)
}

// Name returns the class's name.
func (c *Class) Name() string { return c.Row.Key }

// IsProfile reports whether c is user_profile.
func (c *Class) IsProfile() bool { return c.Row.Key == ProfileClass }

// Hides reports whether v2 leaves out the field: a field of profiles, which v1
// can define, whose name means something else in the flat users of v2, such as
// "password".
func (c *Class) Hides(f *Field) bool { return c.IsProfile() && reservedUserField(f.Name) }
