package schema

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"strconv"

	"github.com/dragoman-gateway/dragoman/core"
)

const claimKind = "syncano.unique/"

// ClaimKind is the kind of record that claims a value of a unique field for an
// object of the class. Its Key is made of the value, its body names the object.
func ClaimKind(class string) string { return claimKind + class }

// Claims keeps the values of unique fields unique, for one object that a
// transaction writes.
type Claims struct {
	Tx     *core.Tx
	Realm  core.Realm
	Class  string
	Object int64 // 0: not stored yet
	// Holds reports whether an object has the stored value in the field. A claim
	// of an object that does not, because another dialect changed or removed the
	// user, is void.
	Holds func(object int64, f *Field, stored string) bool

	pending []*core.Record // claims of an object that has no id yet
}

// Replace claims the new value of a field in place of the old one; "" is none.
// taken reports that another object has the new one.
func (c *Claims) Replace(f *Field, old, stored string) (taken bool, err error) {
	if err := c.drop(f, old); err != nil || stored == "" {
		return false, err
	}
	ref := c.ref(f, stored)
	row, holder, err := c.find(ref)
	if err != nil {
		return false, err
	}
	if row == nil {
		row = &core.Record{Realm: ref.Realm, Kind: ref.Kind, Key: ref.Key}
	} else if holder != c.Object && c.Holds(holder, f, stored) {
		return true, nil
	}
	if c.Object == 0 {
		c.pending = append(c.pending, row)
		return false, nil
	}
	return false, c.save(row)
}

// Taken reports whether another object has the value of a field.
func (c *Claims) Taken(f *Field, stored string) (bool, error) {
	row, holder, err := c.find(c.ref(f, stored))
	if err != nil || row == nil || holder == c.Object {
		return false, err
	}
	return c.Holds(holder, f, stored), nil
}

// Keep claims a value that is not taken for the object, which is stored.
func (c *Claims) Keep(f *Field, stored string) error {
	if row, holder, err := c.find(c.ref(f, stored)); err != nil || row != nil && holder == c.Object {
		return err
	}
	_, err := c.Replace(f, "", stored)
	return err
}

// SavePending stores the claims of a new object, which now has its id.
func (c *Claims) SavePending(object int64) error {
	c.Object = object
	for _, row := range c.pending {
		if err := c.save(row); err != nil {
			return err
		}
	}
	return nil
}

func (c *Claims) save(row *core.Record) error {
	row.Body = core.NewDocument([]byte(`{"object":` + strconv.FormatInt(c.Object, 10) + `}`))
	return c.Tx.SaveRecord(row)
}

func (c *Claims) drop(f *Field, old string) error {
	if old == "" {
		return nil
	}
	row, holder, err := c.find(c.ref(f, old))
	if err != nil || row == nil || holder != c.Object {
		return err
	}
	return c.Tx.RemoveRecord(row)
}

// ref hashes the value, which may be long.
func (c *Claims) ref(f *Field, stored string) core.RecordRef {
	sum := sha256.Sum256([]byte(stored))
	return core.RecordRef{Realm: c.Realm, Kind: ClaimKind(c.Class), Key: f.Name + " " + hex.EncodeToString(sum[:])}
}

// find returns the claim and the object that has it; a nil record for none.
func (c *Claims) find(ref core.RecordRef) (row *core.Record, holder int64, err error) {
	row, err = c.Tx.Record(ref)
	if errors.Is(err, core.ErrNotFound) {
		return nil, 0, nil
	}
	if err != nil {
		return nil, 0, err
	}
	holder, err = core.Decoded(row.Body, decodeClaim)
	return row, holder, err
}

func decodeClaim(text []byte) (object int64, err error) {
	var body struct {
		Object int64 `json:"object"`
	}
	err = json.Unmarshal(text, &body)
	return body.Object, err
}
