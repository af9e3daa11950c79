package syncano

import (
	"errors"
	"net/http"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/syncano/internal/schema"
)

func createObject(c *call) (reply, error) {
	input, err := readObjectBody(c, inputContext{full: true, creating: true})
	if err != nil {
		return reply{}, err
	}
	r, err := writeObjectAfter(c, input, func(tx *core.Tx) (*change, error) {
		body := newObjectBody()
		body.Owner = c.creator()
		row := &core.Record{Realm: c.instance.Realm, Kind: schema.ObjectKind(c.class.Name()), Body: document(body)}
		return begin(c, tx, c.class, row, &core.Attributes{})
	})
	r.status = http.StatusCreated
	return r, err
}

// creator is the user that owns what the caller creates; 0 for none.
func (c *call) creator() int64 {
	if c.caller.user == nil {
		return 0
	}
	return c.caller.user.ID
}

func saveObject(c *call) (reply, error) {
	input, err := readObjectBody(c, inputContext{full: c.method != http.MethodPatch, operators: true})
	if err != nil {
		return reply{}, err
	}
	if c.class.IsProfile() {
		return saveProfileObject(c, input)
	}
	return writeObjectAfter(c, input, func(tx *core.Tx) (*change, error) {
		row, err := tx.Record(core.RecordRef{Realm: c.object.Realm, Kind: c.object.Kind, ID: c.object.ID})
		if err != nil {
			return nil, err
		}
		values, err := valuesOf(tx, row)
		if err != nil {
			return nil, err
		}
		return begin(c, tx, c.class, row, &values)
	})
}

// readObjectBody reads and judges the whole body of an object's URL.
func readObjectBody(c *call, at inputContext) (*objectInput, error) {
	in, err := c.bodyObject()
	if err != nil {
		return nil, err
	}
	p := &problems{}
	var input *objectInput
	err = c.d.dir.View(c.req.Context(), func(tx *core.Tx) error {
		*p = problems{}
		input = readObject(c, c.class, in, at, p)
		return lookUp(c, tx, input, p)
	})
	if err != nil {
		return nil, err
	}
	lowerRights(c, input)
	return input, p.err()
}

// lowerRights takes what a person grants down to what the person has.
func lowerRights(c *call, in *objectInput) {
	if c.caller.user == nil || c.object == nil || c.caller.key.IgnoreACL {
		return
	}
	in.most = c.objectRight
	in.limited = true
}

// writeObjectAfter changes the object that get begins with, stores and shows it.
func writeObjectAfter(k *call, input *objectInput, get func(*core.Tx) (*change, error)) (reply, error) {
	var shown dataObject
	err := updateWith(k, input, func(tx *core.Tx) error {
		c, err := get(tx)
		if err != nil {
			return err
		}
		if err := c.apply(input); err != nil {
			return err
		}
		if err := c.store(); err != nil {
			return err
		}
		shown, err = c.shown()
		return err
	})
	if err != nil {
		return reply{}, err
	}
	return show(nil, func(e *encoder) { e.object(&shown) })
}

// updateWith is an update whose input may bring files. It fails if the class changed since
// the input was read.
func updateWith(c *call, input *objectInput, fn func(*core.Tx) error) error {
	return withFiles(c, input, func() error {
		return c.update(func(tx *core.Tx) error {
			if input != nil {
				if err := confirmClass(tx, c.instance.Realm, input.class); err != nil {
					return err
				}
			}
			return fn(tx)
		})
	})
}

// confirmClass fails if the class is gone, or if it is another than when it was read.
func confirmClass(tx *core.Tx, realm core.Realm, read *schema.Class) error {
	now, err := schema.FindAnyClass(tx, realm, read.Name())
	switch {
	case errors.Is(err, core.ErrNotFound) || err == nil && now.Row.ID != read.Row.ID:
		return errNoClass
	case err == nil && now.Row.Revision != read.Row.Revision:
		return &core.Error{Kind: core.Busy, Op: "write object", Subject: "class"}
	}
	return err
}

// store stores the object if anything of it changed, and what goes with a new one.
func (c *change) store() error {
	isNew := c.row.ID == 0
	if !isNew && !c.dirty {
		return nil
	}
	if isNew {
		c.body.Revision = 1
	}
	c.body.setValues(*c.values)
	c.row.Body = document(c.body)
	if err := c.tx.SaveRecord(c.row); err != nil {
		return err
	}
	if isNew {
		if err := c.checkCount(); err != nil {
			return err
		}
	}
	return c.claims.SavePending(c.row.ID)
}

// checkCount fails if the new object is one too many; see checkUserCount.
func (c *change) checkCount() error {
	if c.limit < 0 || c.row.ID <= int64(c.limit) {
		return nil
	}
	n, err := c.tx.CountRecords(core.RecordQuery{Realm: c.row.Realm, Kind: c.row.Kind})
	if err == nil && n > c.limit {
		err = countExceeded("Object", c.limit)
	}
	return err
}

// shown is the object as it is now stored.
func (c *change) shown() (o dataObject, err error) {
	o = dataObject{class: c.class, row: c.row, body: &c.body, values: *c.values}
	if o.group, err = existingGroup(c.tx, c.row.Realm, c.body.Group); err != nil {
		return o, err
	}
	o.owner, err = existingUser(c.tx, c.row.Realm, c.body.Owner)
	return o, err
}

// existingUser returns id if there is such a user, else 0.
func existingUser(tx *core.Tx, realm core.Realm, id int64) (int64, error) {
	if id == 0 {
		return 0, nil
	}
	_, err := tx.User(core.ByID(realm, id))
	if errors.Is(err, core.ErrNotFound) {
		return 0, nil
	}
	return id, err
}

// saveProfileObject changes a profile through its own URL.
func saveProfileObject(c *call, input *objectInput) (reply, error) {
	var shown dataObject
	err := updateWith(c, input, func(tx *core.Tx) error {
		u, err := tx.User(core.ByID(c.object.Realm, c.object.Owner))
		if err != nil {
			return err
		}
		dirty, valuesChanged, err := input.applyProfile(c, tx, u)
		if err == nil {
			err = saveChanged(tx, u, dirty, valuesChanged)
		}
		if err != nil {
			return err
		}
		if err := shown.fillProfile(c.class, u); err != nil {
			return err
		}
		shown.group, err = existingGroup(tx, u.Realm, shown.body.Group)
		return err
	})
	if err != nil {
		return reply{}, err
	}
	return show(nil, func(e *encoder) { e.object(&shown) })
}

func deleteObject(c *call) (reply, error) {
	return noContent(updateWith(c, nil, func(tx *core.Tx) error {
		row, err := tx.Record(core.RecordRef{Realm: c.object.Realm, Kind: c.object.Kind, ID: c.object.ID})
		if err != nil {
			return err
		}
		if err := releaseFiles(c, tx, c.class, row); err != nil {
			return err
		}
		return tx.RemoveRecord(row)
	}))
}
