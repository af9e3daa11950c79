package syncano

import (
	"encoding/json"
	"errors"
	"strconv"
	"strings"

	"github.com/dragoman-gateway/dragoman/core"
)

// accountsRealm holds what lies above instances: accounts, instances, and the
// index of API keys.
const accountsRealm core.Realm = "syncano:accounts"

// Kinds of record in accountsRealm.
const (
	instanceKind = "syncano.instance"
	roleKind     = "syncano.role"
	realmKind    = "syncano.realm" // a realm that is or was an instance's; see realmBody
)

// instance is one instance with what is stored of it. Its name is the record's
// key, its owner the record's.
type instance struct {
	row *core.Record
	*instanceBody
}

// instanceBody is the stored form of an instance.
type instanceBody struct {
	Realm core.Realm `json:"realm"`
	// Shared says that an operator chose the realm: other dialects, or another
	// instance, may speak for it too.
	Shared      bool            `json:"shared,omitempty"`
	Description string          `json:"description"`
	Metadata    json.RawMessage `json:"metadata,omitempty"`
}

func decodeInstance(row *core.Record) (*instance, error) {
	body, err := core.Decoded(row.Body, decodeNew[instanceBody])
	if err != nil {
		return nil, err
	}
	return &instance{row, body}, nil
}

// findInstance finds an instance by its name in any case.
func findInstance(tx *core.Tx, name string) (*instance, error) {
	row, err := tx.Record(core.RecordRef{Realm: accountsRealm, Kind: instanceKind, Key: strings.ToLower(name)})
	if err != nil {
		return nil, err
	}
	return decodeInstance(row)
}

// enterInstance finds the instance that the path names.
func (c *call) enterInstance(tx *core.Tx) error {
	in, err := findInstance(tx, c.echo.Param("instance"))
	if errors.Is(err, core.ErrNotFound) {
		return errNoInstance
	}
	if err != nil {
		return err
	}
	c.setInstance(in)
	return nil
}

func (c *call) setInstance(in *instance) {
	c.instance = in
	c.enc.setInstance(c.v, in)
}

// roleBody is the stored form of an account's role in an instance that is not
// its own; the record belongs to the account.
type roleBody struct {
	Instance int64 `json:"instance"`
	Role     role  `json:"role"`
}

func roleKey(instance, account int64) string {
	return strconv.FormatInt(instance, 10) + "/" + strconv.FormatInt(account, 10)
}

// roleOf returns what the account may do in the instance.
func (in *instance) roleOf(tx *core.Tx, account *core.User) (role, error) {
	if in.row.Owner == account.ID {
		return ownerRole, nil
	}
	row, err := tx.Record(core.RecordRef{Realm: accountsRealm, Kind: roleKind, Key: roleKey(in.row.ID, account.ID)})
	if errors.Is(err, core.ErrNotFound) {
		return noRole, nil
	}
	if err != nil {
		return noRole, err
	}
	body, err := core.Decoded(row.Body, decodeJSON[roleBody])
	return body.Role, err
}

// decodeJSON decodes a stored document; an empty one is the zero value.
func decodeJSON[T any](text []byte) (v T, err error) {
	if len(text) > 0 {
		err = json.Unmarshal(text, &v)
	}
	return v, err
}

// decodeNew is decodeJSON for what is kept behind a pointer.
func decodeNew[T any](text []byte) (*T, error) {
	v, err := decodeJSON[T](text)
	return &v, err
}

// document encodes what decodeJSON decodes. The types stored here have nothing
// that could fail.
func document(v any) *core.Document {
	text, err := json.Marshal(v)
	if err != nil {
		panic("syncano: " + err.Error())
	}
	return core.NewDocument(text)
}
