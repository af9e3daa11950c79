package syncano

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"

	"github.com/dragoman-gateway/dragoman/core"
)

// uniqueKind is the kind of record that claims a value of a unique field. Its
// Key is the value, its Owner nobody, its body the object.
const uniqueKind = "syncano.unique/"

// claimBody is the stored form of a claim.
type claimBody struct {
	Object int64 `json:"object"`
}

// claimKey names a value of a field, however long it is.
func claimKey(f *field, text string) string {
	sum := sha256.Sum256([]byte(text))
	return f.Name + " " + hex.EncodeToString(sum[:])
}

func (c *change) claimRef(f *field, text string) core.RecordRef {
	return core.RecordRef{Realm: c.row.Realm, Kind: uniqueKind + c.k.targetSelf(), Key: claimKey(f, text)}
}

// claim takes the new value of a unique field and gives back the old one. A
// claim whose object has not that value any more, because another dialect
// changed or removed the person, is nobody's.
func (c *change) claim(f *field, old, text string) (taken bool, err error) {
	if err := c.disclaim(f, old); err != nil || text == "" {
		return false, err
	}
	ref := c.claimRef(f, text)
	row, err := c.tx.Record(ref)
	switch {
	case errors.Is(err, core.ErrNotFound):
		row = &core.Record{Realm: ref.Realm, Kind: ref.Kind, Key: ref.Key}
	case err != nil:
		return false, err
	default:
		holder, err := core.Decoded(row.Body, decodeJSON[claimBody])
		if err != nil {
			return false, err
		}
		if holder.Object != c.row.ID && c.holdsValue(holder.Object, f, text) {
			return true, nil
		}
	}
	if c.row.ID == 0 {
		c.pending = append(c.pending, row)
		return false, nil
	}
	return false, c.saveClaim(row)
}

func (c *change) saveClaim(row *core.Record) error {
	row.Body = document(claimBody{c.row.ID})
	return c.tx.SaveRecord(row)
}

// saveClaims stores the claims of an object that had no id yet.
func (c *change) saveClaims() error {
	for _, row := range c.pending {
		if err := c.saveClaim(row); err != nil {
			return err
		}
	}
	return nil
}

func (c *change) disclaim(f *field, old string) error {
	if old == "" {
		return nil
	}
	row, err := c.tx.Record(c.claimRef(f, old))
	if errors.Is(err, core.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	if holder, err := core.Decoded(row.Body, decodeJSON[claimBody]); err != nil || holder.Object != c.row.ID {
		return err
	}
	return c.tx.RemoveRecord(row)
}

// holdsValue tells whether that object still has the value.
func (c *change) holdsValue(object int64, f *field, text string) bool {
	row, err := c.tx.Record(core.RecordRef{Realm: c.row.Realm, Kind: objectKind(c.k.targetSelf()), ID: object})
	if err != nil {
		return false
	}
	values, err := valuesOf(c.tx, row)
	if err != nil {
		return false
	}
	stored, _ := values.Get(f.Name)
	return stored == text
}

// valuesOf returns an object's values: a profile's are the person's attributes.
func valuesOf(tx *core.Tx, row *core.Record) (core.Attributes, error) {
	if row.Kind == profileKind {
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

// attributes returns the values in the form that profiles have them in.
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
