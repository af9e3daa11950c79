package syncano

import (
	"unicode/utf8"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
	"github.com/dragoman-gateway/dragoman/dialects/syncano/internal/schema"
	"github.com/dragoman-gateway/dragoman/dialects/syncano/internal/upload"
)

// change is a change of an object inside a transaction.
type change struct {
	tx            *core.Tx
	files         *upload.Uses
	class         *schema.Class
	row           *core.Record
	body          objectBody
	values        *core.Attributes // of a profile the user's attributes
	claims        schema.Claims
	limit         int  // of objects of the class
	dirty         bool // something is to be stored
	valuesChanged bool // a value of the schema is different
}

// begin prepares the change of a stored or new object.
func begin(c *call, tx *core.Tx, of *schema.Class, row *core.Record, values *core.Attributes) (*change, error) {
	body, err := decodeObject(row)
	if err != nil {
		return nil, err
	}
	return beginWith(c, tx, of, row, *body, values), nil
}

func beginWith(k *call, tx *core.Tx, of *schema.Class, row *core.Record, body objectBody, values *core.Attributes) *change {
	c := &change{tx: tx, files: countFiles(k, tx, row.Realm), class: of, row: row, body: body, values: values, limit: k.d.cfg.MaxObjects}
	c.claims = schema.Claims{Tx: tx, Realm: row.Realm, Class: of.Name(), Object: row.ID, Holds: c.holdsValue}
	return c
}

// holdsValue reports whether an object of the class still has the value.
func (c *change) holdsValue(object int64, f *schema.Field, stored string) bool {
	row, err := c.tx.Record(core.RecordRef{Realm: c.row.Realm, Kind: schema.ObjectKind(c.class.Name()), ID: object})
	if err != nil {
		return false
	}
	values, err := valuesOf(c.tx, row)
	if err != nil {
		return false
	}
	have, _ := values.Get(f.Name)
	return have == stored
}

// apply makes the changes that in names. It fails with the client's error
// for a stale expectation and for a value that another object has.
func (c *change) apply(in *objectInput) error {
	if in.expected != 0 && in.expected != c.body.Revision {
		return revisionMismatch(in.expected, c.body.Revision)
	}
	before := c.body.rights()
	c.applyRights(in)
	if c.body.rights() != before {
		c.dirty = true
	}
	if in.acl != nil && string(c.body.ACL) != in.acl.json() {
		c.body.ACL, c.dirty = []byte(in.acl.json()), true
	}
	p := &problems{}
	for i := range in.values {
		if err := c.applyValue(&in.values[i], p); err != nil {
			return err
		}
	}
	if c.valuesChanged {
		c.body.Revision++
		c.dirty = true
		c.checkSize(in.class, p)
	}
	return p.err()
}

// maxObject is the most an object's values may hold, in characters of JSON.
const maxObject = 32768

// checkSize judges the whole object as it is going to be.
func (c *change) checkSize(of *schema.Class, p *problems) {
	size := 0
	for i := range of.Schema {
		stored, _ := c.values.Get(of.Schema[i].Name)
		size += utf8.RuneCountInString(stored)
	}
	if size > maxObject {
		p.add("non_field_errors", msgObjectTooLarge)
	}
}

func (c *change) applyRights(in *objectInput) {
	c.body.OwnerRight = in.granted(in.ownerRight, rightFull, c.body.OwnerRight)
	c.body.GroupRight = in.granted(in.groupRight, rightNone, c.body.GroupRight)
	c.body.OtherRight = in.granted(in.otherRight, rightNone, c.body.OtherRight)
	if in.group.Present() {
		c.body.Group = in.group.Or(0)
	}
	if in.owner.Present() && !in.class.IsProfile() {
		c.body.Owner = in.owner.Or(0)
	}
	if in.channel.Present() {
		c.body.Channel = in.channel.Or("")
	}
	if in.room.Present() {
		c.body.Room = in.room.Or("")
	}
}

// granted is what a right becomes: as sent, or its default in a full write, or
// as it was; and what the request sets is never more than the caller has.
func (in *objectInput) granted(sent wire.Field[right], byDefault, old right) right {
	if !in.full && !sent.Present() {
		return old
	}
	r := sent.Or(byDefault)
	if in.limited {
		r = min(r, in.most)
	}
	return r
}

// applyValue stores one value. An unchanged value changes nothing.
func (c *change) applyValue(in *schema.Input, p *problems) error {
	f := in.Field
	old, _ := c.values.Get(f.Name)
	stored := in.JSON
	if in.Apply != nil {
		var fault string
		if stored, fault = in.Apply(old); fault != "" {
			p.add(f.Name, fault)
			return nil
		}
	}
	if stored == old || old == "null" && stored == "" {
		return nil
	}
	if f.Unique {
		if taken, err := c.claims.Replace(f, old, stored); err != nil || taken {
			p.add(f.Name, msgUnique)
			return err
		}
	}
	if f.Type == schema.File {
		if err := c.replaceFile(old, in); err != nil {
			return err
		}
	}
	c.valuesChanged = true
	switch {
	case stored != "":
		c.values.Set(f.Name, stored)
	case c.class.IsProfile():
		return core.ClearAttribute(c.tx, c.row.Realm, c.values, f.Name)
	default:
		c.values.Delete(f.Name)
	}
	return nil
}

func (c *change) replaceFile(old string, in *schema.Input) error {
	name, _ := schema.StoredString(old)
	if err := c.files.Release(name, c.row.Owner); err != nil || in.File == "" {
		return err
	}
	return c.files.Add(in.File, in.Upload, c.row.Owner)
}

// beginProfile is begin for a user's profile, whose values are the attributes.
func beginProfile(c *call, tx *core.Tx, of *schema.Class, u *core.User) (*change, error) {
	f, err := facetOf(u, of)
	if err != nil {
		return nil, err
	}
	row := &core.Record{Realm: u.Realm, Kind: schema.ProfileKind, ID: f.row.ID, Owner: u.ID, CreatedAt: f.row.CreatedAt}
	return beginWith(c, tx, of, row, *f.body, &u.Attributes), nil
}

// applyProfile changes the profile of a stored user. The caller saves the user
// with saveChanged.
func (in *objectInput) applyProfile(k *call, tx *core.Tx, u *core.User) (dirty, valuesChanged bool, err error) {
	c, err := beginProfile(k, tx, in.class, u)
	if err != nil {
		return false, false, err
	}
	if err := c.apply(in); err != nil || !c.dirty {
		return false, false, err
	}
	c.row.UpdatedAt = tx.Now()
	setFacet(u, in.class, c.row, c.body)
	return true, c.valuesChanged, nil
}

// saveChanged saves a user. UpdatedAt moves only if something changed that all
// dialects show.
func saveChanged(tx *core.Tx, u *core.User, dirty, shared bool) error {
	switch {
	case shared:
		return tx.SaveUser(u)
	case dirty:
		return tx.SaveUserKeepingUpdatedAt(u)
	}
	return nil
}

func revisionMismatch(expected, got int64) error {
	return plainError("expected_revision", "Revision mismatch. Expected "+decimal(expected)+", got "+decimal(got)+".")
}
