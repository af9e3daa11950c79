package syncano

import (
	"unicode/utf8"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

// change is an object being changed inside a transaction.
type change struct {
	k      *call
	tx     *core.Tx
	row    *core.Record
	body   objectBody
	values *core.Attributes // of a profile the person's attributes
	moved  bool             // something is to be stored
	data   bool             // a value of the schema really changed
	// pending are claims of unique values, to be saved when the object has its id.
	pending []*core.Record
}

// begin prepares the change of a stored or new object.
func (k *call) begin(tx *core.Tx, row *core.Record, values *core.Attributes) (*change, error) {
	body, err := decodeObject(row)
	if err != nil {
		return nil, err
	}
	k.dropped = nil // fn may run again
	return &change{k: k, tx: tx, row: row, body: *body, values: values}, nil
}

// apply makes the changes that in speaks of. It fails with the client's error
// for a stale expectation and for a value that another object has.
func (c *change) apply(in *objectInput) error {
	if in.expected != 0 && in.expected != c.body.Revision {
		return revisionMismatch(in.expected, c.body.Revision)
	}
	before := c.body.head()
	c.applyHead(in)
	if c.body.head() != before {
		c.moved = true
	}
	if in.acl != nil && string(c.body.ACL) != in.acl.json() {
		c.body.ACL, c.moved = []byte(in.acl.json()), true
	}
	p := &problems{}
	for i := range in.values {
		if err := c.applyValue(&in.values[i], p); err != nil {
			return err
		}
	}
	if c.data {
		c.body.Revision++
		c.moved = true
		c.checkSize(in.class, p)
	}
	return p.err()
}

// maxObject is the most an object's values may hold, in characters of JSON.
const maxObject = 32768

// checkSize judges the whole object as it is going to be.
func (c *change) checkSize(of *class, p *problems) {
	size := 0
	for i := range of.Schema {
		stored, _ := c.values.Get(of.Schema[i].Name)
		size += utf8.RuneCountInString(stored)
	}
	if size > maxObject {
		p.add("non_field_errors", "Object maximum size exceeded.")
	}
}

// objectHead is the part of an object's body that can be compared.
type objectHead struct {
	owner, group                       int64
	ownerRight, groupRight, otherRight right
	channel, room                      string
}

func (b *objectBody) head() objectHead {
	return objectHead{b.Owner, b.Group, b.OwnerRight, b.GroupRight, b.OtherRight, b.Channel, b.Room}
}

func (c *change) applyHead(in *objectInput) {
	c.body.OwnerRight = in.granted(in.ownerRight, rightFull, c.body.OwnerRight)
	c.body.GroupRight = in.granted(in.groupRight, rightNone, c.body.GroupRight)
	c.body.OtherRight = in.granted(in.otherRight, rightNone, c.body.OtherRight)
	if in.group.Present() {
		c.body.Group = in.group.Or(0)
	}
	if in.owner.Present() && !in.class.isProfile() {
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

// applyValue stores one value. A value that is the same as before moves nothing.
func (c *change) applyValue(in *valueInput, p *problems) error {
	f := in.field
	old, _ := c.values.Get(f.Name)
	text := in.json
	if in.apply != nil {
		var fault string
		if text, fault = in.apply(old); fault != "" {
			p.add(f.Name, fault)
			return nil
		}
	}
	if text == old || old == "null" && text == "" {
		return nil
	}
	if f.Unique {
		if taken, err := c.claim(f, old, text); err != nil || taken {
			p.add(f.Name, msgUnique)
			return err
		}
	}
	if f.Type == typeFile {
		if err := c.swapFile(old, in); err != nil {
			return err
		}
	}
	c.data = true
	if text == "" {
		c.values.Delete(f.Name)
	} else {
		c.values.Set(f.Name, text)
	}
	return nil
}

// saveNewProfile stores the profile of a person who has just been added; c is
// nil when the request said nothing of it.
func (c *change) saveNewProfile(tx *core.Tx, row *core.Record, u *core.User) error {
	row.Key, row.Owner = profileKey(u.ID), u.ID
	row.CreatedAt, row.UpdatedAt = u.CreatedAt, u.CreatedAt
	body := newObjectBody()
	if c != nil {
		c.body.Revision = 1
		body = c.body
		row.Body = document(body)
	}
	if err := tx.SaveRecord(row); err != nil {
		return err
	}
	if err := keepFirstCopy(tx, u, row, body); err != nil || c == nil {
		return err
	}
	return c.saveClaims()
}

// keepFirstCopy puts the copy into a person who could not have it before the
// profile had its id.
func keepFirstCopy(tx *core.Tx, u *core.User, row *core.Record, body objectBody) error {
	c, err := findProfileClass(tx, u.Realm)
	if err != nil {
		return err
	}
	keepCopy(u, c, row, body)
	return tx.SaveUserKeepingUpdatedAt(u)
}

// saveProfile changes the profile, whose values are u's attributes, and stores
// its record. u itself is the caller's to store if the profile moved, and
// quietly if its data did not.
func (in *objectInput) saveProfile(k *call, tx *core.Tx, row *core.Record, u *core.User) (moved, data bool, err error) {
	c, err := k.begin(tx, row, &u.Attributes)
	if err != nil {
		return false, false, err
	}
	if err := c.apply(in); err != nil || !c.moved {
		return false, false, err
	}
	row.Body = document(c.body)
	if err := tx.SaveRecord(row); err != nil {
		return false, false, err
	}
	keepCopy(u, in.class, row, c.body)
	return true, c.data, nil
}

// saveMoved stores a person: loudly if what all dialects show changed, quietly
// if only this one's did.
func saveMoved(tx *core.Tx, u *core.User, quiet, loud bool) error {
	switch {
	case loud:
		return tx.SaveUser(u)
	case quiet:
		return tx.SaveUserKeepingUpdatedAt(u)
	}
	return nil
}

func revisionMismatch(expected, got int64) error {
	return plainError("expected_revision", "Revision mismatch. Expected "+decimal(expected)+", got "+decimal(got)+".")
}
