package syncano

import (
	"encoding/json"
	"errors"
	"strings"

	"github.com/dragoman-gateway/dragoman/core"
)

// classKind is the kind of record that is a class; its Key is the class's name.
const classKind = "syncano.class"

// profileClass is the class every instance has: its objects are the people's
// profiles, one each, made and removed with the person.
const profileClass = "user_profile"

// class is one class with what is stored of it.
type class struct {
	row *core.Record
	*classBody
}

// classBody is the stored form of a class.
type classBody struct {
	Description string          `json:"description"`
	Schema      []field         `json:"schema,omitempty"`
	Revision    int64           `json:"revision"`
	Group       int64           `json:"group,omitempty"`
	GroupRight  classRight      `json:"group_permissions"`
	OtherRight  classRight      `json:"other_permissions"`
	Metadata    json.RawMessage `json:"metadata,omitempty"`
}

func newClassBody(description string) *classBody {
	return &classBody{Description: description, Revision: 1, GroupRight: classCreate, OtherRight: classCreate}
}

// newProfileClass is the class user_profile as an instance is born with it.
func newProfileClass() *classBody { return newClassBody("Class that holds profiles for users.") }

// field is one field of a schema, as it is stored and shown.
type field struct {
	Name        string    `json:"name"`
	Type        fieldType `json:"type"`
	OrderIndex  bool      `json:"order_index,omitempty"`
	FilterIndex bool      `json:"filter_index,omitempty"`
	Unique      bool      `json:"unique,omitempty"`
	Target      string    `json:"target,omitempty"`
}

// name returns the class's name.
func (c *class) name() string { return c.row.Key }

// isProfile tells whether this is the people's class.
func (c *class) isProfile() bool { return c.row.Key == profileClass }

func (c *classBody) field(name string) *field {
	for i := range c.Schema {
		if c.Schema[i].Name == name {
			return &c.Schema[i]
		}
	}
	return nil
}

// objectKind is the kind of record of a class's objects. All kinds share one
// sequence of ids, as they share one table in the original.
func objectKind(class string) string { return "syncano.object/" + class }

// profileKind is objectKind(profileClass).
const profileKind = "syncano.object/" + profileClass

func findClass(tx *core.Tx, realm core.Realm, name string) (*class, error) {
	row, err := tx.Record(core.RecordRef{Realm: realm, Kind: classKind, Key: strings.ToLower(name)})
	if err != nil {
		return nil, err
	}
	body, err := core.Decoded(row.Body, decodeNew[classBody])
	return &class{row, body}, err
}

// findAnyClass is findClass, but user_profile never is missing.
func findAnyClass(tx *core.Tx, realm core.Realm, name string) (*class, error) {
	if name == profileClass {
		return findProfileClass(tx, realm)
	}
	return findClass(tx, realm, name)
}

// findProfileClass is findClass for user_profile, which never is missing: a
// realm whose people came before the instance has it with no fields.
func findProfileClass(tx *core.Tx, realm core.Realm) (*class, error) {
	c, err := findClass(tx, realm, profileClass)
	if errors.Is(err, core.ErrNotFound) {
		return &class{&core.Record{Realm: realm, Kind: classKind, Key: profileClass}, newProfileClass()}, nil
	}
	return c, err
}
