package syncano

import (
	"encoding/json"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/syncano/internal/schema"
)

// objectBody is the stored form of a data object. A profile has no values here:
// they are the user's attributes, which other dialects show too.
type objectBody struct {
	Revision   int64   `json:"revision"`
	Owner      int64   `json:"owner,omitempty"` // of a profile: the record's owner
	OwnerRight right   `json:"owner_permissions"`
	Group      int64   `json:"group,omitempty"`
	GroupRight right   `json:"group_permissions"`
	OtherRight right   `json:"other_permissions"`
	Channel    string  `json:"channel,omitempty"`
	Room       string  `json:"channel_room,omitempty"`
	Values     []value `json:"values,omitempty"`
	// ACL is what v2 shows and takes in place of the rights above; see acl.go.
	ACL json.RawMessage `json:"acl,omitempty"`
}

// value is the stored value of a schema field, as JSON text.
type value struct {
	Name string          `json:"name"`
	JSON json.RawMessage `json:"value"`
}

func newObjectBody() objectBody { return objectBody{Revision: 1, OwnerRight: rightFull} }

func decodeObject(row *core.Record) (*objectBody, error) {
	return core.Decoded(row.Body, decodeNew[objectBody])
}

// attributes returns the values in the form that profiles have.
func (b *objectBody) attributes() core.Attributes {
	values := make(core.Attributes, len(b.Values))
	for i, v := range b.Values {
		values[i] = core.Attribute{Name: v.Name, Value: string(v.JSON)}
	}
	return values
}

// setValues is the opposite of attributes.
func (b *objectBody) setValues(values core.Attributes) {
	b.Values = make([]value, len(values))
	for i, v := range values {
		b.Values[i] = value{v.Name, []byte(v.Value)}
	}
}

// valuesOf returns an object's values: a profile's are the user's attributes.
func valuesOf(tx *core.Tx, row *core.Record) (core.Attributes, error) {
	if row.Kind == schema.ProfileKind {
		u, err := tx.User(core.ByID(row.Realm, row.Owner))
		if err != nil {
			return nil, err
		}
		return u.Attributes, nil
	}
	body, err := decodeObject(row)
	if err != nil {
		return nil, err
	}
	return body.attributes(), nil
}

// objectRights is the part of an object's body that apply compares.
type objectRights struct {
	owner, group                       int64
	ownerRight, groupRight, otherRight right
	channel, room                      string
}

func (b *objectBody) rights() objectRights {
	return objectRights{b.Owner, b.Group, b.OwnerRight, b.GroupRight, b.OtherRight, b.Channel, b.Room}
}
